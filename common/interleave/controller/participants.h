#pragma once

// The processes and threads of one execution, and what the controller remembers of each.

#include "interleave/execution.h"
#include "interleave/record.h"
#include "shared/calls.h"
#include "shared/protocol.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace interleave {

/// One thing that happened: a point that a thread has reached, or its end.
struct event
{
    std::size_t step = 0;
    process_state* process = nullptr;
    char thread = '\0'; ///< its letter; none where a process has ended
    function call{};
    phase when{};
    std::vector<object_reference> objects;
    std::vector<std::uint64_t> arguments;
    std::uint64_t result = 0; ///< where a process has ended, its exit code
    DWORD last_error = 0;
    std::wstring text;
    std::wstring more_text;
    std::vector<std::uint64_t> frames;
    happening what = happening::point;
    ending end = ending::running;
    bool is_injected = false; ///< the test made the call fail or time out
    bool preempts = false;    ///< another thread could have gone on

    [[nodiscard]] bool is_completed_call() const
    {
        return when == phase::after && facts(call).is_import();
    }
    /// Of an access to memory: in the view, in bytes.
    [[nodiscard]] std::uint64_t offset() const
    {
        return arguments.at(facts(call).object.argument - 1);
    }
};

/// Which accesses to memory are points.
struct memory_choice
{
    bool on = false;
    std::string object; ///< empty: every view
    std::size_t begin = 0;
    std::size_t end = 0;
};

struct thread_state
{
    process_state* process = nullptr;
    char letter = '?';
    DWORD id = 0;
    protocol::slot* slot = nullptr;
    winipc::unique_handle go;
    winipc::unique_handle thread;
    event here;              ///< the point at which it stands
    bool may_proceed = true; ///< false: its wait was tried, and nobody has acted since
    bool has_ended = false;
    bool is_being_injected = false;

    [[nodiscard]] bool is_blocked() const { return !has_ended && here.when == phase::blocked; }
    [[nodiscard]] bool is_enabled() const { return !has_ended && (!is_blocked() || may_proceed); }
    [[nodiscard]] DWORD wait_limit() const; ///< milliseconds of the wait it is blocked in
};

struct process_state
{
    std::size_t index = 0; ///< in the order of their starts
    std::string name;
    std::filesystem::path path;
    std::wstring command_line; ///< empty: not known
    const process_state* started_by = nullptr;
    DWORD id = 0;
    winipc::unique_handle process;
    std::filesystem::path output;
    std::filesystem::path error_output;
    std::vector<thread_state*> threads;
    bool has_ended = false;
    interleave::ending end = interleave::ending::running; ///< as an event told it
    bool has_crashed = false;
    DWORD exit_code = 0;
    std::vector<event> history;
    std::unique_ptr<controlled_process> facade;
    memory_choice memory;
    std::vector<protocol::watch> watches; ///< as the probe has been told
    std::uint32_t watch_generation = 0;

    [[nodiscard]] thread_state& first_thread() const; ///< the first that has not ended
    [[nodiscard]] interleave::ending ending() const
    {
        return has_ended && has_crashed ? interleave::ending::crashed : end;
    }
    [[nodiscard]] const event* crash() const;                      ///< nullptr: it has not crashed
    [[nodiscard]] const event* completed(std::size_t index) const; ///< the index-th call of all
};

} // namespace interleave
