// How does a program get the console's handles? on_console <program> starts it with them, waits for
// its end and ends with its exit code.
//
// Windows opens a console's handles for a program that is started on it; Wine 8 does so for the
// first program on a terminal and not on a pseudo console, where standard handles are missing.
#include "winipc/error.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

HANDLE standard_or_console(DWORD which, const wchar_t* console_name)
{
    HANDLE handle = ::GetStdHandle(which);
    if (handle == nullptr)
        handle =
            ::CreateFileW(console_name, GENERIC_READ | GENERIC_WRITE,
                          FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING, 0, nullptr);
    if (handle == INVALID_HANDLE_VALUE)
        winipc::throw_last_error("CreateFileW");
    winipc::check(::SetHandleInformation(handle, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT),
                  "SetHandleInformation");
    return handle; // closed by the system
}

winipc::unique_handle start(const std::wstring& program)
{
    auto command_line = L'"' + program + L'"';
    STARTUPINFOW startup{};
    startup.cb = sizeof startup;
    startup.dwFlags = STARTF_USESTDHANDLES;
    startup.hStdInput = standard_or_console(STD_INPUT_HANDLE, L"CONIN$");
    startup.hStdOutput = standard_or_console(STD_OUTPUT_HANDLE, L"CONOUT$");
    startup.hStdError = standard_or_console(STD_ERROR_HANDLE, L"CONOUT$");

    PROCESS_INFORMATION started{};
    winipc::check(::CreateProcessW(program.c_str(), command_line.data(), nullptr, nullptr, TRUE, 0,
                                   nullptr, nullptr, &startup, &started),
                  "CreateProcessW");
    const winipc::unique_handle thread{started.hThread};
    return winipc::unique_handle{started.hProcess};
}

// Tells pseudo_console that nothing more will come.
void mark_the_end()
{
    constexpr std::wstring_view end_of_run = L"\r\n[end of the run]";
    const winipc::unique_file console{::CreateFileW(L"CONOUT$", GENERIC_READ | GENERIC_WRITE,
                                                    FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr,
                                                    OPEN_EXISTING, 0, nullptr)};
    if (!console)
        winipc::throw_last_error("CreateFileW");
    DWORD written = 0;
    winipc::check(::WriteConsoleW(console.get(), end_of_run.data(),
                                  static_cast<DWORD>(end_of_run.size()), &written, nullptr),
                  "WriteConsoleW");
}

// Ctrl+C is for the program. To ignore it here would hand that down to the program as well.
// @source "SetConsoleCtrlHandler function"
BOOL WINAPI is_ctrl_c(DWORD what)
{
    return what == CTRL_C_EVENT;
}

// Until the program has ended; meanwhile Ctrl+C, as often as the test asks for it.
void wait_for_end(const winipc::unique_handle& process, const winipc::unique_handle& ctrl_c)
{
    const HANDLE handles[] = {process.get(), ctrl_c.get()};
    for (;;) {
        switch (::WaitForMultipleObjects(2, handles, FALSE, INFINITE)) {
        case WAIT_OBJECT_0:
            return;
        case WAIT_OBJECT_0 + 1:
            winipc::check(::GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0), "GenerateConsoleCtrlEvent");
            break;
        default:
            winipc::throw_last_error("WaitForMultipleObjects");
        }
    }
}

} // namespace

int wmain(int count, wchar_t** arguments)
try {
    if (count != 2)
        throw std::invalid_argument("usage: on_console <program>");
    winipc::check(::SetConsoleCtrlHandler(is_ctrl_c, TRUE), "SetConsoleCtrlHandler");
    const winipc::unique_handle ctrl_c{
        ::OpenEventW(SYNCHRONIZE, FALSE, L"Local\\winipc-testing-ctrl-c")};
    if (!ctrl_c)
        winipc::throw_last_error("OpenEventW");
    const auto process = start(arguments[1]);
    wait_for_end(process, ctrl_c);
    DWORD exit_code = 0;
    winipc::check(::GetExitCodeProcess(process.get(), &exit_code), "GetExitCodeProcess");
    mark_the_end();
    return static_cast<int>(exit_code);
} catch (const std::exception& error) {
    winipc::report(error);
    return 250; // none of a lesson's programs ends with this
}
