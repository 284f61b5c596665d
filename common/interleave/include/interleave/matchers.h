#pragma once

/// @file
/// GoogleMock matchers for controlled processes.

#include "interleave/execution.h"

#include <windows.h>

#include <gmock/gmock.h>

#include <ostream>
#include <string>

namespace interleave {

// GoogleTest finds these by their name.
// NOLINTBEGIN(readability-identifier-naming)
inline void PrintTo(const controlled_process& process, std::ostream* out)
{
    *out << process.name() << ", " << process.position();
}

inline void PrintTo(const open_handle& handle, std::ostream* out)
{
    *out << handle.object << " (" << handle.opened_by << ")";
}

inline void PrintTo(const call_record& call, std::ostream* out)
{
    *out << call.function << " " << call.object << ", " << call.line;
}
// NOLINTEND(readability-identifier-naming)

/// The process waits in this call and cannot go on until another process acts.
MATCHER_P(is_blocked_in, call, "is blocked in " + std::string(call))
{
    return arg.is_blocked() && arg.call() == call;
}

/// The process has ended with this exit code.
MATCHER_P(ended_with, code, "has ended with exit code " + std::to_string(code))
{
    return arg.has_ended() && arg.exit_code() == static_cast<DWORD>(code);
}

} // namespace interleave
