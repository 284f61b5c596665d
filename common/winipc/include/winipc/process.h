#pragma once

#include "winipc/error.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <string>
#include <string_view>

namespace winipc {

/// The path of a file in the folder of this program.
/// @throw std::system_error
inline std::wstring path_beside_this_program(std::wstring_view name)
{
    std::wstring path(32'768, L'\0'); // characters: no path is longer
    const DWORD length =
        ::GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size()));
    if (length == 0)
        throw_last_error("GetModuleFileNameW");
    path.resize(path.find_last_of(L'\\', length) + 1);
    return path.append(name);
}

/// Starts a program on this console, in this directory. It gets our streams, and no other handles.
/// @param program its whole path
/// @param arguments the rest of the command line, as it is
/// @param flags of CreateProcessW, as CREATE_NEW_PROCESS_GROUP
/// @return the handle to the process
/// @throw std::system_error
inline unique_handle start_process(const std::wstring& program, const std::wstring& arguments = {},
                                   DWORD flags = 0)
{
    auto command_line = L'"' + program + L'"';
    if (!arguments.empty())
        command_line += L' ' + arguments;
    STARTUPINFOW startup{};
    startup.cb = sizeof startup;
    PROCESS_INFORMATION started{};

    check(::CreateProcessW(program.c_str(), command_line.data(), nullptr, nullptr, FALSE, flags,
                           nullptr, nullptr, &startup, &started),
          "CreateProcessW");
    const unique_handle thread{started.hThread};
    return unique_handle{started.hProcess};
}

} // namespace winipc
