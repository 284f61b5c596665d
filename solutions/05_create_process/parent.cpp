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

//! [path]
std::wstring path_beside_this_program(const wchar_t* name)
{
    std::wstring path(32'768, L'\0'); // characters: no path is longer
    const DWORD length =
        ::GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size()));
    if (length == 0)
        winipc::throw_last_error("GetModuleFileNameW");
    path.resize(path.find_last_of(L'\\', length) + 1);
    return path + name;
}
//! [path]

//! [start]
unique_handle start_child()
{
    const auto program = path_beside_this_program(L"child.exe");
    auto command_line = L'"' + program + L'"';
    STARTUPINFOW startup{};
    startup.cb = sizeof startup;
    PROCESS_INFORMATION child{};

    winipc::check(::CreateProcessW(program.c_str(), command_line.data(), nullptr, nullptr, FALSE, 0,
                                   nullptr, nullptr, &startup, &child),
                  "CreateProcessW");
    const unique_handle thread{child.hThread};
    return unique_handle{child.hProcess};
}
//! [start]

//! [exit]
int wait_for_exit_code(const unique_handle& process)
{
    if (::WaitForSingleObject(process.get(), INFINITE) != WAIT_OBJECT_0)
        winipc::throw_last_error("WaitForSingleObject");
    DWORD exit_code = 0;
    winipc::check(::GetExitCodeProcess(process.get(), &exit_code), "GetExitCodeProcess");
    return static_cast<int>(exit_code);
}
//! [exit]

//! [main]
int wmain()
try {
    const auto section = create_section();
    const auto message_ready = create_event();
    const mapped_view view(section.get(), FILE_MAP_WRITE);
    const auto child = start_child();

    write(*view.as<message>(), read_line());
    winipc::check(::SetEvent(message_ready.get()), "SetEvent");
    return wait_for_exit_code(child);
} catch (const std::exception& error) {
    return winipc::report(error);
}
//! [main]
