#pragma once

#include "winipc/error.h"
#include "winipc/text.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <process.h>

#include <cerrno>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

// TODO(14.4): Here the program itself reads, and can do nothing else meanwhile. Let ask() start a
// thread (_beginthreadex) that reads one line and ends: the end of a thread signals its handle. The
// thread may still read when the program is over: so what it uses must not go away before it.
class input_lines
{
public:
    // The input is not owned.
    explicit input_lines(HANDLE input) : lines_(input) {}

    // Asks for the next line. What is returned is signalled when the line can be taken.
    // Throws std::system_error.
    const winipc::unique_handle& ask()
    {
        line_ = lines_.next();
        return thread_;
    }

    // The line, or nothing at the end of the input. Throws what winipc::line_reader throws.
    std::optional<std::wstring> take() { return std::move(line_); }

private:
    winipc::line_reader lines_;
    std::optional<std::wstring> line_;
    winipc::unique_handle thread_;
};
