#pragma once

#include <windows.h>

#include <iostream>
#include <system_error>

// TODO(2.1): Throw a std::system_error that holds the code, std::system_category() and the
// function's name. The code must be taken where the call of throw_last_error is written: make it a
// second parameter, with a default argument. Until then this throws something useless.
[[noreturn]] inline void throw_last_error(const char* function)
{
    throw std::system_error(0, std::system_category(), function);
}

inline int report(const std::system_error& error)
{
    std::cerr << error.what() << " (error " << error.code().value() << ")\n";
    return 1;
}
