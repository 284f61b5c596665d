#pragma once

#include <windows.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace winipc::testing {

/// Files in place of the console. An empty path: that stream is the console's.
struct console_streams
{
    std::filesystem::path input;
    std::filesystem::path output; ///< exists already
};

/// A console that a test types on and looks at, and a program that runs on it: by itself, outside
/// the instrument, which would redirect its output. Its children share the console. All of them end
/// with this object. One such object exists at a time in the whole session, since the programs have
/// fixed names for their objects: the next one waits.
///
/// @code
/// pseudo_console console(program("parent"));
///
/// console.type("hello\r\x1a\r"); // Ctrl+Z ends the input
///
/// EXPECT_EQ(console.exit_code(), 0);
/// EXPECT_THAT(console.shown(), HasSubstr("hello"));
/// @endcode
///
/// Every wait is bounded by a guard of half a minute. Thread-safety: belongs to one thread.
/// @source "Creating a Pseudoconsole session"
class pseudo_console
{
public:
    /// Starts the program.
    /// @throw std::system_error, std::runtime_error when another one does not end
    explicit pseudo_console(const std::filesystem::path& program,
                            const console_streams& streams = {});
    pseudo_console(const pseudo_console&) = delete;
    pseudo_console& operator=(const pseudo_console&) = delete;
    ~pseudo_console();

    /// Types text in UTF-8. Enter is "\r", Ctrl+Z "\x1a".
    /// @throw std::system_error
    void type(std::string_view text);

    /// Waits until the program has ended and all that it has written is shown.
    /// @throw std::runtime_error, with what is shown, when it does not end
    DWORD exit_code();

    /// What the console has shown so far, in UTF-8 and in the order of its drawing: what is typed
    /// is there as well, unless the program turns the echo off. The sequences that move the cursor
    /// or set colours are left out, so lines may run together and blanks at their ends be missing.
    [[nodiscard]] std::string shown() const;

private:
    class implementation;
    std::unique_ptr<implementation> implementation_;
};

} // namespace winipc::testing
