// How can a reader wait for a message instead of looking again and again? This one waits.
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

unique_handle open_section()
{
    unique_handle section{::OpenFileMappingW(FILE_MAP_READ, FALSE, section_name)};
    if (!section)
        winipc::throw_last_error("OpenFileMappingW");
    return section;
}

// TODO(4.4): Open the event, with no more access than waiting needs.

// TODO(4.5): Instead of looking again and again, wait for the event, a minute at most. A wait ends
// in one of four ways: handle each.
void wait_until_ready(const message& source)
{
    while (source.ready.load(std::memory_order_acquire) == 0)
        ::Sleep(10); // milliseconds; nobody tells us, so we look again and again
}

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
