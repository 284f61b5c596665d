#pragma once

#include "testing/files.h"

#include <windows.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace winipc::testing {

/// A stream whose handle a program gets without the right to use it.
enum class unusable
{
    none,
    input,
    output,
};

/// A program whose standard input is a pipe. It runs by itself, outside the instrument, which gives
/// a program a file to read. Standard output and error output are files, which its children share.
/// All of them end with this object. One such object (or pseudo_console) exists at a time in the
/// whole session, since the programs have fixed names for their objects: the next one waits.
///
/// @code
/// piped_program parent(program("parent"));
///
/// parent.write("\xF0\x9F"); // the first half of a character: one ReadFile returns just this
/// parent.write("\x98\x80\n");
/// parent.close();
///
/// EXPECT_EQ(parent.exit_code(), 0) << parent.error_output();
/// @endcode
///
/// Every wait is bounded by a guard of half a minute. Thread-safety: belongs to one thread.
class piped_program
{
public:
    /// Starts the program.
    /// @throw std::system_error, std::runtime_error when another one does not end
    explicit piped_program(const std::filesystem::path& program, unusable stream = unusable::none);
    piped_program(const piped_program&) = delete;
    piped_program& operator=(const piped_program&) = delete;
    ~piped_program();

    /// Writes bytes into the pipe, which keeps what has been written at once apart from what comes
    /// next: no ReadFile of the program returns bytes of two calls. Does not wait for a reader.
    /// @pre no more than 4096 bytes in all before they are read; at once, 1000 at most
    /// @source "Named Pipe Type, Read, and Wait Modes"
    /// @throw std::system_error
    void write(std::string_view bytes);

    /// Closes the pipe's end: the program reads what is there, and then its end.
    void close();

    /// Waits until the program has ended.
    /// @throw std::runtime_error, with what it has printed, when it does not end
    DWORD exit_code();

    /// What it and its children have printed, as it is.
    [[nodiscard]] std::string output() const { return output_.content(); }
    [[nodiscard]] std::string error_output() const { return error_output_.content(); }

private:
    class implementation;

    temporary_file output_{""};
    temporary_file error_output_{""};
    std::unique_ptr<implementation> implementation_;
};

} // namespace winipc::testing
