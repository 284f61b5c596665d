// How do two programs come to share one section? This one opens it.
#include "message.h"
#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <exception>
#include <iostream>

using winipc::mapped_view;
using winipc::unique_handle;

// TODO(3.4): Open the section by its name, to read only. Do not create one.

// TODO(3.5): void wait_until_ready(const message& source): look again and again until it is ready,
// ten milliseconds apart.

int wmain()
try {
    // TODO(3.6): Open the section, map it to read only, wait until the message is ready, and print
    // it and a line end on std::wcout.
    return 0;
} catch (const std::exception& error) {
    return winipc::report(error);
}
