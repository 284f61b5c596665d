#pragma once

#include "winipc/error.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <cstdint>
#include <string>
#include <vector>

// TODO(12.1): a second handle to the same object: with these rights and no others, and one that may
// be inherited.
inline winipc::unique_handle inheritable(HANDLE, DWORD)
{
    return {};
}

// What CreateProcessW gets beyond its parameters. The values are not copied: they must live as
// long.
class process_attributes
{
public:
    explicit process_attributes(DWORD count)
    {
        SIZE_T size = 0; // bytes
        ::InitializeProcThreadAttributeList(nullptr, count, 0, &size);
        memory_.resize(size);
        winipc::check(::InitializeProcThreadAttributeList(get(), count, 0, &size),
                      "InitializeProcThreadAttributeList");
    }
    process_attributes(const process_attributes&) = delete;
    process_attributes& operator=(const process_attributes&) = delete;
    ~process_attributes() { ::DeleteProcThreadAttributeList(get()); }

    void add(DWORD_PTR attribute, const std::vector<HANDLE>& values)
    {
        winipc::check(::UpdateProcThreadAttribute(get(), 0, attribute,
                                                  const_cast<HANDLE*>(values.data()),
                                                  values.size() * sizeof(HANDLE), nullptr, nullptr),
                      "UpdateProcThreadAttribute");
    }

    LPPROC_THREAD_ATTRIBUTE_LIST get()
    {
        return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(memory_.data());
    }

private:
    std::vector<unsigned char> memory_;
};

// Standard output or error output, for the child as well; empty where this program has none.
inline winipc::unique_handle inheritable_stream(DWORD which)
{
    const HANDLE stream = ::GetStdHandle(which);
    HANDLE duplicate = nullptr;
    if (stream && stream != INVALID_HANDLE_VALUE) // which would be this process
        winipc::check(::DuplicateHandle(::GetCurrentProcess(), stream, ::GetCurrentProcess(),
                                        &duplicate, 0, TRUE, DUPLICATE_SAME_ACCESS),
                      "DuplicateHandle");
    return winipc::unique_handle{duplicate};
}

// The child finds the handles under the same numbers: they are its arguments.
inline std::wstring with_numbers(const std::wstring& program, const std::vector<HANDLE>& handles)
{
    auto command_line = L'"' + program + L'"';
    for (const HANDLE handle : handles)
        command_line += L' ' + std::to_wstring(reinterpret_cast<std::uintptr_t>(handle));
    return command_line;
}

// TODO(12.2): starts the program, whose path this is, in the job, without Ctrl+C. It inherits these
// handles, and what it prints on; no other handle, whatever else is inheritable.
inline winipc::unique_handle start_process(const std::wstring& /*program*/,
                                           std::vector<HANDLE> /*handles*/,
                                           const winipc::unique_handle& /*job*/)
{
    return {};
}
