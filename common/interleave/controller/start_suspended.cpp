#include "controller/execution_state.h"
#include "interleave/execution.h"
#include "shared/import_table.h"
#include "shared/protocol.h"
#include "shared/start_again.h"
#include "winipc/error.h"
#include "winipc/inheritance.h"
#include "winipc/mapped_view.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <algorithm>
#include <cwchar>
#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace interleave {
namespace {

using winipc::check;
using winipc::open_inheritable;
using winipc::throw_last_error;
using winipc::unique_file;

// As the C runtime takes a command line apart: a quote and the backslashes before it are escaped.
std::wstring in_quotes(std::wstring_view argument)
{
    std::wstring result = L"\"";
    std::size_t backslashes = 0;
    for (const wchar_t c : argument) {
        if (c == L'"')
            result.append(backslashes + 1, L'\\');
        backslashes = c == L'\\' ? backslashes + 1 : 0;
        result += c;
    }
    result.append(backslashes, L'\\');
    return result + L'"';
}

std::wstring command_line(const std::filesystem::path& program, const start_options& options)
{
    std::wstring line = in_quotes(program.native());
    for (const auto& argument : options.arguments)
        line += L' ' + in_quotes(argument);
    return line;
}

// This process's environment and one variable more.
std::vector<wchar_t> environment_with(const wchar_t* variable, const std::wstring& value)
{
    std::vector<wchar_t> block;
    wchar_t* const all = ::GetEnvironmentStringsW();
    for (const wchar_t* entry = all; *entry; entry += std::wcslen(entry) + 1)
        block.insert(block.end(), entry, entry + std::wcslen(entry) + 1);
    ::FreeEnvironmentStringsW(all);
    const auto added = variable + (L'=' + value);
    block.insert(block.end(), added.c_str(), added.c_str() + added.size() + 1);
    block.push_back(L'\0');
    return block;
}

// Names the handles a program inherits, so that two executions do not inherit each other's.
class handle_list
{
public:
    explicit handle_list(std::vector<HANDLE> handles) : handles_(std::move(handles))
    {
        SIZE_T size = 0;
        ::InitializeProcThreadAttributeList(nullptr, 1, 0, &size);
        memory_.resize(size);
        check(::InitializeProcThreadAttributeList(get(), 1, 0, &size),
              "InitializeProcThreadAttributeList");
        check(::UpdateProcThreadAttribute(get(), 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST,
                                          handles_.data(), handles_.size() * sizeof(HANDLE),
                                          nullptr, nullptr),
              "UpdateProcThreadAttribute");
    }
    handle_list(const handle_list&) = delete;
    handle_list& operator=(const handle_list&) = delete;
    ~handle_list() { ::DeleteProcThreadAttributeList(get()); }

    LPPROC_THREAD_ATTRIBUTE_LIST get()
    {
        return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(memory_.data());
    }

private:
    std::vector<HANDLE> handles_;
    std::vector<unsigned char> memory_;
};

} // namespace

started_program start_suspended(const std::filesystem::path& program, const start_options& options,
                                const std::wstring& board_name, const std::filesystem::path& input,
                                const std::filesystem::path& output,
                                const std::filesystem::path& error_output, HANDLE job)
{
    std::ofstream(input, std::ios::binary) << options.input;
    const auto in = open_inheritable(input, GENERIC_READ, OPEN_EXISTING);
    const auto out = open_inheritable(output, GENERIC_WRITE, CREATE_ALWAYS);
    const auto err = open_inheritable(error_output, GENERIC_WRITE, CREATE_ALWAYS);
    handle_list inherited({in.get(), out.get(), err.get()});

    STARTUPINFOEXW startup{};
    startup.StartupInfo.cb = sizeof startup;
    startup.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
    startup.StartupInfo.hStdInput = in.get();
    startup.StartupInfo.hStdOutput = out.get();
    startup.StartupInfo.hStdError = err.get();
    startup.lpAttributeList = inherited.get();

    auto line = command_line(program, options);
    auto environment = environment_with(protocol::environment_variable, board_name);
    const auto directory = options.current_directory.native();
    PROCESS_INFORMATION information{};
    constexpr DWORD flags =
        CREATE_SUSPENDED | CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT;
    const bool has_started = start_again_where_wine_fails([&] {
        return ::CreateProcessW(program.c_str(), line.data(), nullptr, nullptr, TRUE, flags,
                                environment.data(), directory.empty() ? nullptr : directory.c_str(),
                                &startup.StartupInfo, &information);
    });
    if (!has_started)
        throw std::system_error(static_cast<int>(::GetLastError()), std::system_category(),
                                "cannot start " + narrow(program.native()));
    started_program started{winipc::unique_handle{information.hProcess},
                            winipc::unique_handle{information.hThread}, information.dwProcessId};
    if (!::AssignProcessToJobObject(job, started.process.get())) {
        const DWORD error = ::GetLastError();
        ::TerminateProcess(started.process.get(), 1);
        throw_last_error("AssignProcessToJobObject", error);
    }
    return started;
}

std::size_t count_imports(const std::filesystem::path& program)
{
    const auto file = open_inheritable(program, GENERIC_READ, OPEN_EXISTING);
    const winipc::unique_handle section{
        ::CreateFileMappingW(file.get(), nullptr, PAGE_READONLY | SEC_IMAGE, 0, 0, nullptr)};
    if (!section)
        throw_last_error("CreateFileMappingW");
    const winipc::mapped_view view(section.get(), FILE_MAP_READ);
    std::size_t count = 0;
    for_each_import(view.get(), [&](const import_slot&) { ++count; });
    return count;
}

std::string started_program_name(const protocol::record& record)
{
    std::wstring path = record.text;
    if (path.empty()) { // then it is the command line's first word
        path = record.more_text;
        const bool quoted = path.starts_with(L'"');
        path.erase(0, quoted);
        path.resize(std::min(path.find(quoted ? L'"' : L' '), path.size()));
    }
    return narrow(std::filesystem::path(path).stem().native());
}

std::string read_file(const std::filesystem::path& path, bool as_text)
{
    std::ifstream file(path, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(file), {}};
    if (as_text)
        for (std::size_t i = 0; (i = bytes.find("\r\n", i)) != std::string::npos;)
            bytes.erase(i, 1);
    return bytes;
}

std::string narrow(std::wstring_view text)
{
    if (text.empty())
        return {};
    const auto length = static_cast<int>(text.size());
    const int size =
        ::WideCharToMultiByte(CP_UTF8, 0, text.data(), length, nullptr, 0, nullptr, nullptr);
    std::string result(static_cast<std::size_t>(size), '\0');
    ::WideCharToMultiByte(CP_UTF8, 0, text.data(), length, result.data(), size, nullptr, nullptr);
    return result;
}

} // namespace interleave
