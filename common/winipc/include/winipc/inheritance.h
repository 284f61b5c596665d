#pragma once

#include "winipc/error.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <cstddef>
#include <cstdint>
#include <cwchar>
#include <cwctype>
#include <stdexcept>
#include <string>
#include <vector>

namespace winipc {

/// A second handle to the same object: with these rights and no others, and one that may be
/// inherited.
/// @throw std::system_error
/// @source "DuplicateHandle function"
inline unique_handle inheritable(HANDLE object, DWORD access)
{
    HANDLE duplicate = nullptr;
    check(::DuplicateHandle(::GetCurrentProcess(), object, ::GetCurrentProcess(), &duplicate,
                            access, TRUE, 0),
          "DuplicateHandle");
    return unique_handle{duplicate};
}

/// What CreateProcessW gets beyond its parameters. The values are not copied: they must live as
/// long. Throws std::system_error. Thread-safety: as an int.
/// @source "UpdateProcThreadAttribute function"
class process_attributes
{
public:
    explicit process_attributes(DWORD count)
    {
        SIZE_T size = 0; // bytes
        ::InitializeProcThreadAttributeList(nullptr, count, 0, &size);
        memory_.resize(size);
        check(::InitializeProcThreadAttributeList(get(), count, 0, &size),
              "InitializeProcThreadAttributeList");
    }
    process_attributes(const process_attributes&) = delete;
    process_attributes& operator=(const process_attributes&) = delete;
    ~process_attributes() { ::DeleteProcThreadAttributeList(get()); }

    void add(DWORD_PTR attribute, const std::vector<HANDLE>& values)
    {
        add(attribute, const_cast<HANDLE*>(values.data()), values.size() * sizeof(HANDLE));
    }

    /// @param value as the attribute wants it: its address, or the value itself
    /// @param size bytes
    void add(DWORD_PTR attribute, void* value, std::size_t size)
    {
        check(::UpdateProcThreadAttribute(get(), 0, attribute, value, size, nullptr, nullptr),
              "UpdateProcThreadAttribute");
    }

    LPPROC_THREAD_ATTRIBUTE_LIST get()
    {
        return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(memory_.data());
    }

private:
    std::vector<unsigned char> memory_;
};

/// Standard output or error output, for the child as well; empty where this program has none.
/// @param which STD_OUTPUT_HANDLE or STD_ERROR_HANDLE
/// @throw std::system_error
inline unique_handle inheritable_stream(DWORD which)
{
    const HANDLE stream = ::GetStdHandle(which);
    HANDLE duplicate = nullptr;
    if (stream && stream != INVALID_HANDLE_VALUE) // which would be this process
        check(::DuplicateHandle(::GetCurrentProcess(), stream, ::GetCurrentProcess(), &duplicate, 0,
                                TRUE, DUPLICATE_SAME_ACCESS),
              "DuplicateHandle");
    return unique_handle{duplicate};
}

/// A command line: the program, and the numbers under which a child finds the handles.
inline std::wstring with_numbers(const std::wstring& program, const std::vector<HANDLE>& handles)
{
    auto command_line = L'"' + program + L'"';
    for (const HANDLE handle : handles)
        command_line += L' ' + std::to_wstring(reinterpret_cast<std::uintptr_t>(handle));
    return command_line;
}

/// Starts a program in the job, without Ctrl+C. It inherits these handles, whose numbers are its
/// arguments, and what it prints on; no other handle, whatever else is inheritable.
/// @param program its whole path
/// @pre the handles are inheritable, and no two are the same
/// @return the handle to the process
/// @throw std::system_error
/// @source "UpdateProcThreadAttribute function", "STARTUPINFOW structure"
inline unique_handle start_process(const std::wstring& program, std::vector<HANDLE> handles,
                                   const unique_handle& job)
{
    auto command_line = with_numbers(program, handles);
    STARTUPINFOEXW startup{};
    startup.StartupInfo.cb = sizeof startup;
    const auto output = inheritable_stream(STD_OUTPUT_HANDLE);
    const auto error_output = inheritable_stream(STD_ERROR_HANDLE);
    startup.StartupInfo.dwFlags = STARTF_USESTDHANDLES; // and no standard input
    startup.StartupInfo.hStdOutput = output.get();
    startup.StartupInfo.hStdError = error_output.get();
    for (const auto* stream : {&output, &error_output})
        if (*stream)
            handles.push_back(stream->get());

    const std::vector<HANDLE> jobs{job.get()};
    process_attributes attributes(2);
    attributes.add(PROC_THREAD_ATTRIBUTE_HANDLE_LIST, handles);
    attributes.add(PROC_THREAD_ATTRIBUTE_JOB_LIST, jobs);
    startup.lpAttributeList = attributes.get();
    PROCESS_INFORMATION started{};
    check(::CreateProcessW(program.c_str(), command_line.data(), nullptr, nullptr, TRUE,
                           CREATE_NEW_PROCESS_GROUP | EXTENDED_STARTUPINFO_PRESENT, nullptr,
                           nullptr, &startup.StartupInfo, &started),
          "CreateProcessW");
    const unique_handle thread{started.hThread};
    return unique_handle{started.hProcess};
}

/// A handle that this program has inherited, from its number as start_process writes it. Nobody can
/// inherit it from this program.
/// @throw std::invalid_argument for what is no number, std::system_error for what is no handle
inline unique_handle inherited_handle(const wchar_t* number)
{
    wchar_t* end = nullptr;
    const auto handle = reinterpret_cast<HANDLE>(std::wcstoull(number, &end, 10));
    if (!std::iswdigit(number[0]) || *end != L'\0')
        throw std::invalid_argument("an argument is not the number of a handle");
    check(::SetHandleInformation(handle, HANDLE_FLAG_INHERIT, 0), "SetHandleInformation");
    return unique_handle{handle};
}

/// A new or existing file that a started program may inherit, and anybody else may open meanwhile.
/// @param access, disposition as CreateFileW wants them: GENERIC_READ, OPEN_EXISTING
/// @throw std::system_error
/// @source "CreateFileW function"
inline unique_file open_inheritable(const std::wstring& path, DWORD access, DWORD disposition)
{
    SECURITY_ATTRIBUTES inheritable{sizeof inheritable, nullptr, TRUE};
    unique_file file{::CreateFileW(path.c_str(), access,
                                   FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                   &inheritable, disposition, FILE_ATTRIBUTE_NORMAL, nullptr)};
    if (!file)
        throw_last_error("CreateFileW");
    return file;
}

} // namespace winipc
