// How does text come in and go out whole?
#include "message.h"
#include "text.h"
#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/process.h"
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

// TODO(6.9): A line may be as long as text, since there is no zero at the end. Write the length
// too.
void write(message& target, const std::wstring& text)
{
    if (text.size() >= std::size(target.text))
        throw std::length_error("the line is too long");
    text.copy(target.text, text.size());
}

int wait_for_exit_code(const unique_handle& process)
{
    if (::WaitForSingleObject(process.get(), INFINITE) != WAIT_OBJECT_0)
        winipc::throw_last_error("WaitForSingleObject");
    DWORD exit_code = 0;
    winipc::check(::GetExitCodeProcess(process.get(), &exit_code), "GetExitCodeProcess");
    return static_cast<int>(exit_code);
}

int wmain()
try {
    const auto section = create_section();
    const auto message_ready = create_event();
    const mapped_view view(section.get(), FILE_MAP_WRITE);

    // TODO(6.10): Read lines with a line_reader until there are no more. For each of them: write
    // it, set the event, start a child that prints it, and wait for its end. When a child fails,
    // end with its exit code; when all is read, with 0. read_line is not needed any more.
    const auto child = winipc::start_process(winipc::path_beside_this_program(L"child.exe"));
    write(*view.as<message>(), read_line());
    winipc::check(::SetEvent(message_ready.get()), "SetEvent");
    return wait_for_exit_code(child);
} catch (const std::exception& error) {
    return winipc::report(error);
}
