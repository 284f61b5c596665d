// Runs a program of a lesson for ./learn run, and leaves no process behind:
//
//   run lesson07/parent [argument...]
//
// The program lies in a folder beside this one. It gets this program's console and standard
// handles, and its arguments as they are. What it has started, and what still runs when it has
// ended, is ended too. Returns the program's exit code.
#include "winipc/error.h"
#include "winipc/job.h"
#include "winipc/process.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using winipc::check;
using winipc::throw_last_error;
using winipc::unique_handle;

namespace {

// A process that ends at this moment is not one that is left behind.
constexpr DWORD time_to_end = 500; // milliseconds

// Ctrl+C is for the program, which may have something to say. A console that closes ends both.
BOOL WINAPI leave_to_the_program(DWORD event)
{
    return event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT ? TRUE : FALSE;
}

// A command line without its first word; quotes keep a word with blanks together.
std::wstring_view without_first_word(std::wstring_view line)
{
    bool quoted = false;
    std::size_t end = 0;
    for (; end < line.size() && (quoted || (line[end] != L' ' && line[end] != L'\t')); ++end)
        quoted = quoted != (line[end] == L'"');
    return line.substr(std::min(line.find_first_not_of(L" \t", end), line.size()));
}

HANDLE inheritable(DWORD which)
{
    const HANDLE handle = ::GetStdHandle(which);
    ::SetHandleInformation(handle, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
    return handle;
}

unique_handle start(const std::wstring& program, std::wstring_view arguments,
                    const unique_handle& job)
{
    auto command_line = L'"' + program + L'"';
    if (!arguments.empty())
        command_line.append(L" ").append(arguments);
    STARTUPINFOW startup{};
    startup.cb = sizeof startup;
    startup.dwFlags = STARTF_USESTDHANDLES;
    startup.hStdInput = inheritable(STD_INPUT_HANDLE);
    startup.hStdOutput = inheritable(STD_OUTPUT_HANDLE);
    startup.hStdError = inheritable(STD_ERROR_HANDLE);
    PROCESS_INFORMATION started{};
    check(::CreateProcessW(program.c_str(), command_line.data(), nullptr, nullptr, TRUE,
                           CREATE_SUSPENDED, nullptr, nullptr, &startup, &started),
          "CreateProcessW");
    unique_handle process{started.hProcess};
    const unique_handle thread{started.hThread};

    if (!::AssignProcessToJobObject(job.get(), process.get())) {
        const DWORD code = ::GetLastError();
        ::TerminateProcess(process.get(), 1); // it has not begun
        throw_last_error("AssignProcessToJobObject", code);
    }
    ::ResumeThread(thread.get());
    return process;
}

void wait_for(const unique_handle& process)
{
    if (::WaitForSingleObject(process.get(), INFINITE) != WAIT_OBJECT_0)
        throw_last_error("WaitForSingleObject");
}

std::vector<ULONG_PTR> processes_in(const unique_handle& job)
{
    constexpr std::size_t limit = 64; // of those that are looked at; the job ends all
    std::array<std::byte, sizeof(JOBOBJECT_BASIC_PROCESS_ID_LIST) + limit * sizeof(ULONG_PTR)>
        memory{};
    auto* const list = reinterpret_cast<JOBOBJECT_BASIC_PROCESS_ID_LIST*>(memory.data());
    if (!::QueryInformationJobObject(job.get(), JobObjectBasicProcessIdList, list,
                                     static_cast<DWORD>(memory.size()), nullptr) &&
        ::GetLastError() != ERROR_MORE_DATA)
        throw_last_error("QueryInformationJobObject");
    const std::span ids(&list->ProcessIdList[0], list->NumberOfProcessIdsInList);
    return {ids.begin(), ids.end()};
}

std::wstring name_of(const unique_handle& process)
{
    std::wstring path(32'768, L'\0'); // characters
    auto length = static_cast<DWORD>(path.size());
    check(::QueryFullProcessImageNameW(process.get(), 0, path.data(), &length),
          "QueryFullProcessImageNameW");
    path.resize(length);
    return std::filesystem::path(path).filename().native();
}

// The job's end would do it; this says so.
void end_what_still_runs(const unique_handle& job)
{
    for (const auto id : processes_in(job)) {
        const unique_handle process{
            ::OpenProcess(SYNCHRONIZE | PROCESS_QUERY_LIMITED_INFORMATION | PROCESS_TERMINATE,
                          FALSE, static_cast<DWORD>(id))};
        if (!process || ::WaitForSingleObject(process.get(), time_to_end) == WAIT_OBJECT_0)
            continue; // it has ended meanwhile
        const auto name = name_of(process);
        ::TerminateProcess(process.get(), 1);
        // On a line of its own, whatever the programs have printed last.
        std::wcerr << L"\nlearn: " << name << L" was still running: it has been ended\n";
    }
}

} // namespace

int wmain(int count, wchar_t** arguments)
try {
    if (count < 2)
        throw std::runtime_error("usage: run <folder>/<program> [argument...]");
    auto name = std::filesystem::path(arguments[1]).make_preferred();
    const auto program = winipc::path_beside_this_program((name += L".exe").native());

    ::SetConsoleCtrlHandler(leave_to_the_program, TRUE);
    const auto job = winipc::create_job();
    winipc::kill_on_close(job, true);
    const auto rest = without_first_word(without_first_word(::GetCommandLineW()));
    const auto process = start(program, rest, job);
    wait_for(process);
    DWORD exit_code = 0;
    check(::GetExitCodeProcess(process.get(), &exit_code), "GetExitCodeProcess");
    end_what_still_runs(job);
    return static_cast<int>(exit_code);
} catch (const std::exception& error) {
    return winipc::report(error);
}
