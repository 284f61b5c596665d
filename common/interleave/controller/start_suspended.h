#pragma once

#include "interleave/execution.h"
#include "shared/protocol.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <cstddef>
#include <filesystem>
#include <string>

namespace interleave {

struct started_program
{
    winipc::unique_handle process;
    winipc::unique_handle thread;
    DWORD id;
    std::wstring command_line;
};

/// Starts a program suspended, with its standard handles on files, in the job.
started_program start_suspended(const std::filesystem::path& program, const start_options& options,
                                const std::wstring& board_name, const std::filesystem::path& input,
                                const std::filesystem::path& output,
                                const std::filesystem::path& error_output, HANDLE job);

/// How many slots of a program's import table the probe must have patched.
std::size_t count_imports(const std::filesystem::path& program);

/// The name of the program that a CreateProcessW starts, as its process will be called.
std::string started_program_name(const protocol::record& record);

} // namespace interleave
