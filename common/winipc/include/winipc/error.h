#pragma once

#include <windows.h>

#include <exception>
#include <iostream>
#include <system_error>

namespace winipc {

/// Throws std::system_error with the failed function's name, the code and the system's text.
/// The code is taken where the call is written, before anything else can overwrite it.
/// @pre `what` is a literal: building a string could itself change the last error
/// @source "GetLastError function": the code is valid only until the thread's next call
[[noreturn]] inline void throw_last_error(const char* what, DWORD code = ::GetLastError())
{
    throw std::system_error(static_cast<int>(code), std::system_category(), what);
}

/// Throws the last error when a call that returns BOOL has returned FALSE.
inline void check(BOOL succeeded, const char* what)
{
    if (!succeeded)
        throw_last_error(what);
}

/// Prints what went wrong on stderr, with the system's code where there is one, and returns the
/// exit code for main.
inline int report(const std::exception& error)
{
    std::cerr << error.what();
    if (const auto* system_error = dynamic_cast<const std::system_error*>(&error))
        std::cerr << " (error " << system_error->code().value() << ")";
    std::cerr << '\n';
    return 1;
}

} // namespace winipc
