// How do two programs come to share one section? This one opens it.
#include "message.h"
#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <atomic>
#include <exception>
#include <iostream>

using winipc::mapped_view;
using winipc::unique_handle;

//! [open]
unique_handle open_section()
{
    unique_handle section{::OpenFileMappingW(FILE_MAP_READ, FALSE, section_name)};
    if (!section)
        winipc::throw_last_error("OpenFileMappingW");
    return section;
}
//! [open]

//! [poll]
void wait_until_ready(const message& source)
{
    while (source.ready.load(std::memory_order_acquire) == 0)
        ::Sleep(10); // milliseconds; nobody tells us, so we look again and again
}
//! [poll]

//! [main]
int wmain()
try {
    const auto section = open_section();
    const mapped_view view(section.get(), FILE_MAP_READ);
    const auto& source = *view.as<const message>();

    wait_until_ready(source);
    std::wcout << source.text << L'\n';
    return 0;
} catch (const std::exception& error) {
    return winipc::report(error);
}
//! [main]
