// How can a reader wait for a message instead of looking again and again? This one tells it.
#include "message.h"
#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <atomic>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

using winipc::mapped_view;
using winipc::unique_handle;

unique_handle create_section()
{
    unique_handle section{::CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0,
                                               sizeof(message), section_name)};
    const DWORD code = ::GetLastError();
    if (!section || code == ERROR_ALREADY_EXISTS)
        winipc::throw_last_error("CreateFileMappingW", code);
    return section;
}

// TODO(4.2): Create the event, auto-reset, not signalled; refuse one that is there already.

std::wstring read_line()
{
    std::wstring line;
    if (!std::getline(std::wcin, line))
        throw std::runtime_error("there is no line to write");
    return line;
}

void write(message& target, const std::wstring& text)
{
    if (text.size() >= std::size(target.text))
        throw std::length_error("the line is too long");
    text.copy(target.text, text.size());
    target.ready.store(1, std::memory_order_release);
}

void wait_for_enter()
{
    std::wcout << L"the message is there; press Enter to end\n" << std::flush;
    std::wstring ignored;
    std::getline(std::wcin, ignored);
}

int wmain()
try {
    const auto section = create_section();
    const mapped_view view(section.get(), FILE_MAP_WRITE);

    // TODO(4.3): Set the event when the message is complete, and not before.
    write(*view.as<message>(), read_line());
    wait_for_enter();
    return 0;
} catch (const std::exception& error) {
    return winipc::report(error);
}
