#pragma once

#include <windows.h>

#include <iostream>
#include <system_error>

//! [throw]
[[noreturn]] inline void throw_last_error(const char* function, DWORD code = ::GetLastError())
{
    throw std::system_error(static_cast<int>(code), std::system_category(), function);
}
//! [throw]

//! [report]
inline int report(const std::system_error& error)
{
    std::cerr << error.what() << " (error " << error.code().value() << ")\n";
    return 1;
}
//! [report]
