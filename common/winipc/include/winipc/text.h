#pragma once

#include "winipc/error.h"

#include <windows.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace winipc {

/// UTF-8 to UTF-16.
/// @throw std::system_error with ERROR_NO_UNICODE_TRANSLATION for bytes that are not UTF-8
inline std::wstring to_utf16(std::string_view text)
{
    if (text.empty()) // which the system would call an invalid parameter
        return {};
    const auto bytes = static_cast<int>(text.size());
    const int length =
        ::MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text.data(), bytes, nullptr, 0);
    if (length == 0)
        throw_last_error("MultiByteToWideChar");
    std::wstring result(static_cast<std::size_t>(length), L'\0');
    ::MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text.data(), bytes, result.data(), length);
    return result;
}

/// UTF-16 to UTF-8.
/// @throw std::system_error with ERROR_NO_UNICODE_TRANSLATION for half of a surrogate pair
inline std::string to_utf8(std::wstring_view text)
{
    if (text.empty())
        return {};
    const auto length = static_cast<int>(text.size());
    const int bytes = ::WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, text.data(), length,
                                            nullptr, 0, nullptr, nullptr);
    if (bytes == 0)
        throw_last_error("WideCharToMultiByte");
    std::string result(static_cast<std::size_t>(bytes), '\0');
    ::WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, text.data(), length, result.data(), bytes,
                          nullptr, nullptr);
    return result;
}

/// True for a console, which takes and gives UTF-16; a file or a pipe holds bytes.
inline bool is_console(HANDLE handle)
{
    DWORD mode = 0;
    return ::GetConsoleMode(handle, &mode) != 0;
}

/// Reads text by lines: typed on a console, or UTF-8 from a file or a pipe. Thread-safety: as an
/// int.
class line_reader
{
public:
    /// @param input is not owned: ::GetStdHandle(STD_INPUT_HANDLE), for instance
    explicit line_reader(HANDLE input) : input_(input), is_console_(is_console(input)) {}

    /// The next line without its end; nothing at the end of the input (on a console: Ctrl+Z).
    /// @throw std::system_error where the input cannot be read or is not well-formed
    [[nodiscard]] std::optional<std::wstring> next()
    {
        return is_console_ ? next_typed() : next_decoded();
    }

private:
    std::optional<std::wstring> next_typed() const
    {
        std::wstring line;
        while (!line.ends_with(L'\n')) {
            constexpr DWORD most = 4096; // characters: on Windows 10 no more can be typed
            wchar_t part[most];
            DWORD length = 0; // characters
            check(::ReadConsoleW(input_, part, most, &length, nullptr), "ReadConsoleW");
            line.append(part, length);
            if (length == 0 || line.front() == L'\x1a')
                return std::nullopt;
        }
        line.erase(line.find_last_not_of(L"\r\n") + 1);
        return line;
    }

    std::optional<std::wstring> next_decoded()
    {
        auto end = bytes_.find('\n');
        while (end == std::string::npos && read_more())
            end = bytes_.find('\n');
        if (bytes_.empty())
            return std::nullopt;
        std::string line = bytes_.substr(0, end);
        bytes_.erase(0, end == std::string::npos ? end : end + 1);
        if (line.ends_with('\r'))
            line.pop_back();
        return to_utf16(line);
    }

    bool read_more()
    {
        char part[1024];
        DWORD length = 0; // bytes
        if (!::ReadFile(input_, part, sizeof part, &length, nullptr)) {
            const DWORD code = ::GetLastError();
            if (code != ERROR_BROKEN_PIPE) // the other end of a pipe has been closed
                throw_last_error("ReadFile", code);
        }
        bytes_.append(part, length);
        return length != 0;
    }

    HANDLE input_;
    bool is_console_;
    std::string bytes_; ///< read, and not yet given back
};

/// Writes text to a console, or as UTF-8 to a file or a pipe.
/// @param output is not owned: ::GetStdHandle(STD_OUTPUT_HANDLE), for instance
/// @throw std::system_error where it cannot be written; for a file or a pipe, where it is not
/// well-formed
inline void write_text(HANDLE output, std::wstring_view text)
{
    DWORD written = 0;
    if (is_console(output)) {
        const auto length = static_cast<DWORD>(text.size());
        check(::WriteConsoleW(output, text.data(), length, &written, nullptr), "WriteConsoleW");
    } else {
        const auto bytes = to_utf8(text);
        const auto size = static_cast<DWORD>(bytes.size());
        check(::WriteFile(output, bytes.data(), size, &written, nullptr), "WriteFile");
    }
}

} // namespace winipc
