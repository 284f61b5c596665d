#pragma once

#include "testing/programs.h"
#include "winipc/process.h"

#include <windows.h>

#include <filesystem>
#include <string>
#include <string_view>

/// The exit code of bin/explore.exe. No lines are sent unless the options say so, and nobody but
/// the program itself is looked at.
inline DWORD explore_by_program(const std::filesystem::path& program, std::wstring_view options)
{
    const auto explorer = winipc::testing::programs_folder().parent_path() / "explore.exe";
    const auto process = winipc::start_process(
        explorer.native(), L'"' + program.native() + L"\" \"" + program.stem().native() +
                               L"\" --lines 0 " + std::wstring(options));
    ::WaitForSingleObject(process.get(), 60'000);
    DWORD code = STILL_ACTIVE;
    ::GetExitCodeProcess(process.get(), &code);
    return code;
}
