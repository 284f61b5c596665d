/// \file
/// Programs that run by themselves: started without the instrument, whose redirection of the output
/// would get in the way.
#pragma once

#include "winipc/unique_handle.h"

#include <windows.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

namespace winipc::testing {

/// How long a test waits for what must happen. A guard only: no result depends on it.
inline constexpr std::chrono::milliseconds guard{30'000};

/// The standard handles of a new process; a null handle is missing.
struct standard_handles
{
    HANDLE input = nullptr;
    HANDLE output = nullptr;
    HANDLE error_output = nullptr;
};

/// The right to run a program uncontrolled. The programs of the lessons have fixed names for their
/// objects, which only the instrument can keep apart: so one runs at a time, on the whole session.
/// Thread-safety: the thread that makes it destroys it.
class turn
{
public:
    /// @throw std::runtime_error when others do not end
    turn();
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;
    ~turn() { ::ReleaseMutex(mutex_.get()); }

private:
    unique_handle mutex_;
};

/// A program that runs by itself. It and its children end with this object at the latest.
/// Thread-safety: as an int.
class uncontrolled_program
{
public:
    /// @param argument its only argument, without quotes; empty: none
    /// @param handles it inherits them, and no others
    /// @param console of which pseudo console; null: none of its own
    /// @throw std::system_error
    uncontrolled_program(const std::filesystem::path& program, const std::wstring& argument,
                         const standard_handles& handles, HPCON console);
    uncontrolled_program(const uncontrolled_program&) = delete;
    uncontrolled_program& operator=(const uncontrolled_program&) = delete;
    ~uncontrolled_program();

    /// Waits for its end.
    /// @return nothing when it has not ended within the guard
    [[nodiscard]] std::optional<DWORD> exit_code() const;

private:
    turn turn_; // given back last
    unique_handle job_;
    unique_handle process_;
};

} // namespace winipc::testing
