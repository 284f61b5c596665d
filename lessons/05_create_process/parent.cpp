// How does one program start the other?
#include "message.h"
#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/unique_handle.h"

#include <windows.h>

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

unique_handle create_event()
{
    constexpr BOOL manual_reset = FALSE;
    constexpr BOOL signalled = FALSE;
    unique_handle event{::CreateEventW(nullptr, manual_reset, signalled, event_name)};
    const DWORD code = ::GetLastError();
    if (!event || code == ERROR_ALREADY_EXISTS)
        winipc::throw_last_error("CreateEventW", code);
    return event;
}

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
}

// TODO(5.1): std::wstring path_beside_this_program(const wchar_t* name): where this program lies,
// and there the other one.

// TODO(5.2): unique_handle start_child(): start child.exe and return the handle to its process. Its
// command line begins with its own path, in quotes. It inherits nothing. Close the other handle.

// TODO(5.3): int wait_for_exit_code(const unique_handle& process): wait for the child's end, for
// ever if need be, and return its exit code.

// TODO(5.4): Start the child before the line is read, and end with its exit code. Nobody needs to
// press Enter any more.
void wait_for_enter()
{
    std::wcout << L"the message is there; press Enter to end\n" << std::flush;
    std::wstring ignored;
    std::getline(std::wcin, ignored);
}

int wmain()
try {
    const auto section = create_section();
    const auto message_ready = create_event();
    const mapped_view view(section.get(), FILE_MAP_WRITE);

    write(*view.as<message>(), read_line());
    winipc::check(::SetEvent(message_ready.get()), "SetEvent");
    wait_for_enter();
    return 0;
} catch (const std::exception& error) {
    return winipc::report(error);
}
