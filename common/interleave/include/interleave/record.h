#pragma once

/// @file
/// A whole execution as facts: who took part, what happened, where everybody stands.
///
/// Plain data, copied out of an execution, which it outlives. The words for people are made from it
/// and from nothing else: format_timeline(), format_schedule(). For a record as a file see json.h.
///
/// @code
/// const auto record = run.record();
///
/// EXPECT_EQ(record.processes[1].end, ending::killed_by_test) << format_timeline(record);
/// @endcode
///
/// Text is UTF-8. An index refers to another list of the same record.

#include "interleave/kinds.h" // IWYU pragma: export

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace interleave {

struct process_record
{
    std::string name;                      ///< the program's, without .exe
    std::string path;                      ///< the program's
    std::string command_line;              ///< empty: unknown
    std::optional<std::size_t> started_by; ///< a process; nothing: by the test
    ending end = ending::running;
    std::uint32_t exit_code = 0; ///< of a process that has ended
    std::string output;          ///< what it has written to standard output; \\r\\n as \\n
    std::string error_output;

    bool operator==(const process_record&) const = default;
};

/// A kernel object, or one that a program has asked for by name in vain.
struct object_record
{
    /// "section", "event", "semaphore", "mutex", "job", "process" or "thread".
    std::string type;
    /// Without `Local\`. A process, and its first thread, have the program's name. Empty: none.
    std::string name;
    int number = 0;    ///< of an object without a name: its place among those of its type
    std::string alias; ///< what the test calls it: execution::alias()

    bool operator==(const object_record&) const = default;
};

/// What a call is about.
struct object_reference
{
    reference what = reference::object;
    std::size_t object = 0; ///< an index, where it is one

    bool operator==(const object_reference&) const = default;
};

struct argument_record
{
    std::string name; ///< as in the table of calls
    std::uint64_t value = 0;

    bool operator==(const argument_record&) const = default;
};

/// An access to a mapped view. The point is before it, so its length and the value are unknown.
struct access_record
{
    bool is_write = false;
    std::uint64_t offset = 0; ///< in the view, in bytes

    bool operator==(const access_record&) const = default;
};

struct exception_record
{
    exception_kind kind = exception_kind::of_the_system;
    std::uint64_t code = 0;

    bool operator==(const exception_record&) const = default;
};

/// A call, or another point, as a thread has reached it.
struct point_record
{
    std::string call; ///< the system's name, or that of another point: "read", "process start"
    phase when = phase::before;
    std::string file; ///< the program's line; empty: unknown
    std::uint32_t line = 0;
    std::uint32_t stack_depth = 0; ///< callers that were seen, a dozen at most
    /// What the call is about, or has made. A wait for several objects has all of them, in order.
    std::vector<object_reference> objects;
    effect does = effect::none; ///< if it works
    /// As passed to the function, in its own order; pointers as addresses.
    std::vector<argument_record> arguments;
    std::uint64_t result = 0;
    std::uint32_t last_error = 0;       ///< as the call left it
    outcome came_of_it = outcome::none; ///< of a call that has returned
    std::size_t index = 0;              ///< object_signalled, or abandoned: of which object
    std::optional<std::uint64_t> limit; ///< of a wait or sleep, in milliseconds; 0xFFFFFFFF: none
    /// Of a blocked wait: the letters of the threads that hold the mutexes it waits for, as far as
    /// their calls tell.
    std::string held_by;
    std::optional<access_record> access;
    std::optional<exception_record> exception;
    std::string text;      ///< an object's name as the program wrote it, a program's path, a what()
    std::string more_text; ///< CreateProcessW: the command line

    bool operator==(const point_record&) const = default;
};

/// One thing that has happened: a call has returned, a wait is not satisfied, an access to memory
/// is made, a thread or a process has started or ended.
struct step_record
{
    std::size_t step = 0; ///< the choice that led to it, counted from 1; 0: before the first one
    happening what = happening::point;
    std::size_t process = 0;
    char thread = '\0';           ///< its letter; none if a process has ended
    point_record point;           ///< for an end: "process exit", "thread exit"
    ending end = ending::running; ///< if a process has ended: how
    bool is_injected = false;     ///< the test made the call fail or time out
    bool preempts = false;        ///< another thread could have gone on

    bool operator==(const step_record&) const = default;
};

struct thread_record
{
    char letter = '?'; ///< as in replay strings
    std::size_t process = 0;
    bool has_ended = false;
    point_record stands; ///< where; if it has ended, where it stood last

    bool operator==(const thread_record&) const = default;
};

/// One decision of the test, or of the explorer. A schedule is a list of them.
struct choice_record
{
    char letter = '?'; ///< of the thread
    choice_kind kind = choice_kind::step;
    std::uint32_t code = 0; ///< kill: the exit code; fail: the error

    bool operator==(const choice_record&) const = default;
};

struct execution_record
{
    std::vector<process_record> processes; ///< in the order in which they started
    std::vector<thread_record> threads;    ///< in the order in which they started
    std::vector<object_record> objects;    ///< in the order in which they were first mentioned
    std::vector<step_record> steps;
    std::vector<choice_record> choices;

    bool operator==(const execution_record&) const = default;
};

/// Who did what, a column a process: the steps alone. An excerpt is a record with fewer of them;
/// format_schedule() needs them all.
[[nodiscard]] std::string format_steps(const execution_record& record);

/// The same, and below it where everybody stands and the replay string.
[[nodiscard]] std::string format_timeline(const execution_record& record);

/// The schedule as a string, for execution::replay(): "v1:P12C3.9f3a".
[[nodiscard]] std::string format_schedule(const execution_record& record);

/// Where everybody stands, a line each.
[[nodiscard]] std::string format_positions(const execution_record& record);

} // namespace interleave
