#pragma once

#include "winipc/error.h"

#include <windows.h>

#include <optional>
#include <string>
#include <string_view>

// TODO(6.2): UTF-8 to UTF-16, by MultiByteToWideChar with MB_ERR_INVALID_CHARS. Ask for the length
// first. Nothing becomes nothing: the system refuses a length of zero.
inline std::wstring to_utf16(std::string_view /*text*/)
{
    return {};
}

// TODO(6.3): UTF-16 to UTF-8, by WideCharToMultiByte with WC_ERR_INVALID_CHARS. For UTF-8 its last
// two parameters are nullptr.
inline std::string to_utf8(std::wstring_view /*text*/)
{
    return {};
}

// TODO(6.4): True for a console: GetConsoleMode succeeds for nothing else.
inline bool is_console(HANDLE /*handle*/)
{
    return false;
}

// Reads text by lines: typed on a console, or UTF-8 from a file or a pipe.
class line_reader
{
public:
    explicit line_reader(HANDLE input) : input_(input), is_console_(is_console(input)) {}

    // The next line without its end; nothing at the end of the input.
    [[nodiscard]] std::optional<std::wstring> next()
    {
        return is_console_ ? next_typed() : next_decoded();
    }

private:
    // TODO(6.6): ReadConsoleW until the line ends in '\n'. Ctrl+Z at its beginning is '\x1a', and
    // the end of the input.
    std::optional<std::wstring> next_typed() const { return std::nullopt; }

    // TODO(6.5): ReadFile into bytes_ until there is a '\n', or no more to read. Take the line off,
    // without "\n" or "\r\n", and only then make UTF-16 of it. The last line may have no end.
    std::optional<std::wstring> next_decoded() { return std::nullopt; }

    [[maybe_unused]] HANDLE input_;
    bool is_console_;
    std::string bytes_; // read, and not yet given back
};

// TODO(6.7): WriteConsoleW for a console, WriteFile of UTF-8 for anything else.
inline void write_text(HANDLE /*output*/, std::wstring_view /*text*/) {}
