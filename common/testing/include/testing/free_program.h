#pragma once

#include "testing/files.h"

#include <windows.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace winipc::testing {

/// A program that runs by itself and as fast as it can, outside the instrument. It reads a file,
/// and prints into files that its children share. All of them end with this object. One such object
/// (or piped_program, or pseudo_console) exists at a time in the whole session.
///
/// @code
/// free_program parent(program("parent"), "one\ntwo\n");
///
/// EXPECT_EQ(parent.exit_code(), 0) << parent.error_output();
/// EXPECT_EQ(parent.output(), "> one\n> two\n> ");
/// @endcode
///
/// Thread-safety: belongs to one thread.
class free_program
{
public:
    /// Starts the program.
    /// @throw std::system_error, std::runtime_error when another one does not end
    free_program(const std::filesystem::path& program, std::string_view input);
    free_program(const free_program&) = delete;
    free_program& operator=(const free_program&) = delete;
    ~free_program();

    /// Waits until the program has ended. Its children may live on, and print.
    /// @throw std::runtime_error when nothing has been printed for half a minute
    DWORD exit_code();

    /// What it and its children have printed so far; \\r\\n as \\n.
    [[nodiscard]] std::string output() const;
    [[nodiscard]] std::string error_output() const { return error_output_.content(); }

private:
    class implementation;

    temporary_file input_;
    temporary_file output_{""};
    temporary_file error_output_{""};
    std::unique_ptr<implementation> implementation_;
};

} // namespace winipc::testing
