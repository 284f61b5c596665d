#include "uncontrolled.h"

#include "winipc/error.h"
#include "winipc/inheritance.h"
#include "winipc/job.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace winipc::testing {
namespace {

unique_handle create_killing_job()
{
    auto job = create_job();
    kill_on_close(job, true);
    return job;
}

} // namespace

turn::turn() : mutex_(::CreateMutexW(nullptr, FALSE, L"Local\\winipc-testing-uncontrolled"))
{
    if (!mutex_)
        throw_last_error("CreateMutexW");
    // Whoever has it is a test like this one, and has guards of its own. A mutex is abandoned by a
    // test that has crashed: its programs have ended with it.
    const DWORD result = ::WaitForSingleObject(mutex_.get(), static_cast<DWORD>(3 * guard.count()));
    if (result != WAIT_OBJECT_0 && result != WAIT_ABANDONED)
        throw std::runtime_error("another test does not end: it runs programs that have the same "
                                 "names for their objects");
}

uncontrolled_program::uncontrolled_program(const std::filesystem::path& program,
                                           const std::wstring& argument,
                                           const standard_handles& handles, HPCON console)
    : job_(create_killing_job())
{
    std::vector<HANDLE> inherited{handles.input, handles.output, handles.error_output};
    std::erase(inherited, HANDLE{nullptr});
    const BOOL inherits = !inherited.empty();
    process_attributes attributes(2);
    if (inherits)
        attributes.add(PROC_THREAD_ATTRIBUTE_HANDLE_LIST, inherited);
    if (console)
        attributes.add(PROC_THREAD_ATTRIBUTE_PSEUDOCONSOLE, console, sizeof console);

    STARTUPINFOEXW startup{};
    startup.StartupInfo.cb = sizeof startup;
    startup.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
    startup.StartupInfo.hStdInput = handles.input;
    startup.StartupInfo.hStdOutput = handles.output;
    startup.StartupInfo.hStdError = handles.error_output;
    startup.lpAttributeList = attributes.get();

    auto command_line = L'"' + program.native() + L'"';
    if (!argument.empty())
        command_line += L" \"" + argument + L'"';
    PROCESS_INFORMATION started{};
    check(::CreateProcessW(program.c_str(), command_line.data(), nullptr, nullptr, inherits,
                           CREATE_SUSPENDED | EXTENDED_STARTUPINFO_PRESENT, nullptr, nullptr,
                           &startup.StartupInfo, &started),
          "CreateProcessW");
    process_.reset(started.hProcess);
    const unique_handle thread{started.hThread};
    if (!::AssignProcessToJobObject(job_.get(), process_.get())) {
        const DWORD error = ::GetLastError();
        ::TerminateProcess(process_.get(), 1);
        throw_last_error("AssignProcessToJobObject", error);
    }
    ::ResumeThread(thread.get());
}

uncontrolled_program::~uncontrolled_program()
{
    ::TerminateJobObject(job_.get(), 1);
    ::WaitForSingleObject(process_.get(), static_cast<DWORD>(guard.count()));
}

std::optional<DWORD> uncontrolled_program::exit_code() const
{
    const DWORD milliseconds = static_cast<DWORD>(guard.count());
    if (::WaitForSingleObject(process_.get(), milliseconds) != WAIT_OBJECT_0)
        return std::nullopt;
    DWORD code = 0;
    check(::GetExitCodeProcess(process_.get(), &code), "GetExitCodeProcess");
    return code;
}

} // namespace winipc::testing
