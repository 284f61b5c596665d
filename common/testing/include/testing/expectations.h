#pragma once

#include "interleave/execution.h"

#include <windows.h>

#include <string>

namespace winipc::testing {

/// What more than one lesson expects of a program. Each is a GoogleTest expectation: where it is
/// not met the test has failed, with the timeline, and goes on.
/// @{

/// After a call that has failed the process has ended with exit code 1, and has named the function
/// and the code on its standard error output, as "(error 5)".
void expect_reported(const interleave::execution& run,
                     const interleave::controlled_process& process, const std::string& function,
                     DWORD code);

/// The process has closed each handle that it has opened, and unmapped each view. What the system
/// gives back when a process ends does not count.
void expect_nothing_open(const interleave::execution& run,
                         const interleave::controlled_process& process);

/// @}

} // namespace winipc::testing
