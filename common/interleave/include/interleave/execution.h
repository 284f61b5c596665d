#pragma once

/// @file
/// The controller: starts programs, stops them at their Win32 calls, and lets a test decide which
/// one goes next.
///
/// @code
/// execution run{program("parent"), input("first\nsecond\n")};
/// auto& parent = run.process("parent");
///
/// parent.run_to(after("CreateProcessW"));
/// auto& child = run.process("child");
/// parent.run_to(after("ResetEvent").nth(2));
/// child.run_until_blocked();
///
/// EXPECT_THAT(child, is_blocked_in("WaitForSingleObject")) << run.timeline();
/// @endcode

#include "interleave/record.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace interleave {

class execution;
class execution_state;
class controlled_process;
struct thread_state;
struct process_state;

/// A schedule that cannot be carried out: a process blocks, ends or never blocks where the script
/// says otherwise. what() tells what happened instead and holds the timeline.
class schedule_error : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

/// A place in a program's run: before or after a call, optionally on one object.
struct point
{
    std::string call;
    bool is_after = false;
    /// As in call_record::object; empty: any. Of an access to memory the section alone
    /// ("winipc-message") or with the offset in bytes ("winipc-message+4").
    std::string object;
    int count = 1;

    /// The n-th such place from where the process stands now; 1 is the next one.
    [[nodiscard]] point nth(int n) const;
};

/// The point just before a call is made. `call` is the system's name, as "SetEvent", or "read" or
/// "write" for an access to memory: see execution::memory_points().
/// @throw schedule_error for a name that is no point, as "CreateEvent"
[[nodiscard]] point before(std::string_view call, std::string_view object = {});

/// The point just after a call has returned.
/// @throw schedule_error as before()
[[nodiscard]] point after(std::string_view call, std::string_view object = {});

/// A call that a program has completed.
struct call_record
{
    std::string function;
    /// The object's name without `Local\`, or its type and first-seen index, as "event #1".
    std::string object;
    /// The parameters as passed, in the function's own order; pointers as addresses.
    std::vector<std::uint64_t> arguments;
    std::uint64_t result = 0;
    DWORD last_error = 0; ///< as the call left it
    std::wstring text;    ///< an object's name as the program wrote it; CreateProcessW: the program
    std::wstring more_text; ///< CreateProcessW: the command line
    std::string line;       ///< the program's line, as "writer.cpp:41"; else "an unknown line"
};

/// A handle that a process has created or opened and not closed.
struct open_handle
{
    std::string object;    ///< as in call_record::object
    std::string opened_by; ///< function and line, as "CreateEventW writer.cpp:12", or "inherited"
};

/// What a program is started with. Made by the functions below.
struct start_options
{
    std::string input;
    std::vector<std::wstring> arguments;
    std::filesystem::path current_directory;
};

/// Options of execution's constructor and execution::start().
/// @{
struct input
{
    explicit input(std::string_view text) : bytes(text) {}
    std::string bytes; ///< standard input, as it is; without one the input is empty
    void apply(start_options& options) const { options.input = bytes; }
};
struct arguments
{
    explicit arguments(std::vector<std::wstring> list) : values(std::move(list)) {}
    std::vector<std::wstring> values; ///< without the program's name
    void apply(start_options& options) const { options.arguments = values; }
};
struct current_directory
{
    explicit current_directory(std::filesystem::path folder) : path(std::move(folder)) {}
    std::filesystem::path path;
    void apply(start_options& options) const { options.current_directory = path; }
};
/// @}

/// For the end of a range of memory points: up to the end of the view.
inline constexpr std::size_t whole_view = static_cast<std::size_t>(-1);

/// One controlled thread. It is stopped whenever a test looks at it.
class controlled_thread
{
public:
    controlled_thread(execution_state& owner, thread_state& state) : owner_(&owner), state_(&state)
    {
    }

    controlled_thread& step();
    controlled_thread& run_to(const point& target);
    controlled_thread& run_until_blocked();
    controlled_thread& run_to_end();
    controlled_thread& time_out();
    controlled_thread& fail(DWORD code);

    [[nodiscard]] bool is_blocked() const;
    [[nodiscard]] bool has_ended() const;
    /// Where it stands, as "blocked in WaitForSingleObject message-ready, reader.cpp:22".
    [[nodiscard]] std::string position() const;
    /// The call it stands before, after or in; empty once it has ended.
    [[nodiscard]] std::string call() const;

private:
    execution_state* owner_;
    thread_state* state_;
};

/// One controlled process. Operations act on its first thread that has not ended; for another one
/// take thread(). All of them throw schedule_error when the schedule cannot be carried out. Not
/// thread-safe: an execution belongs to one thread of the test.
class controlled_process
{
public:
    controlled_process(execution_state& owner, process_state& state);
    controlled_process(const controlled_process&) = delete;
    controlled_process& operator=(const controlled_process&) = delete;
    ~controlled_process() = default;

    /// Lets the process go on to its next point.
    controlled_process& step();
    /// Lets the process, and no other, go on until it reaches the point.
    controlled_process& run_to(const point& target);
    /// Lets the process go on until its wait is not satisfied.
    controlled_process& run_until_blocked();
    /// Lets the process go on until it has ended. A finite wait times out when no other process can
    /// go on; one whose wait has not been tried again since the last step counts as one that can.
    controlled_process& run_to_end();
    /// The wait in which the process is blocked returns WAIT_TIMEOUT.
    /// @pre blocked in a wait that is not INFINITE
    controlled_process& time_out();
    /// The call before which the process stands is not made: it fails with this last error.
    /// @pre stopped before a call that can fail
    controlled_process& fail(DWORD code);
    /// Ends the process where it stands, as TerminateProcess does.
    void kill(DWORD exit_code = 1);
    /// Ctrl+C is pressed: the handlers that the process has registered are called, on a new thread,
    /// as the system does it; without any the process ends. The thread stands at its start.
    /// @source "SetConsoleCtrlHandler function", "HandlerRoutine callback function"
    void ctrl_c();

    [[nodiscard]] const std::string& name() const;
    [[nodiscard]] DWORD id() const;
    [[nodiscard]] bool is_blocked() const;
    [[nodiscard]] bool has_ended() const;
    /// How it has ended.
    [[nodiscard]] interleave::ending ending() const;
    /// @pre has_ended()
    [[nodiscard]] DWORD exit_code() const;
    /// Where it stands, as "blocked in WaitForSingleObject message-ready, reader.cpp:22".
    [[nodiscard]] std::string position() const;
    [[nodiscard]] std::string call() const;
    /// What GetLastError() would return to it. @pre stopped before or after a call that can fail
    [[nodiscard]] DWORD last_error() const;

    /// A handle of the test's own to an object that the process has open, with the same rights.
    /// @param object as in open_handle::object
    [[nodiscard]] winipc::unique_handle duplicate(std::string_view object) const;

    /// What it has written to standard output; \\r\\n as \\n.
    [[nodiscard]] std::string output() const;
    [[nodiscard]] std::string error_output() const;
    /// Standard output as it is.
    [[nodiscard]] std::string output_bytes() const;

    /// What it holds at this moment. For a process that has ended: what it had not closed itself.
    [[nodiscard]] std::vector<open_handle> open_handles() const;
    /// Views mapped and not unmapped, as the calls that mapped them.
    [[nodiscard]] std::vector<call_record> open_views() const;
    /// The calls it has completed, oldest first; with a name, only those of that function.
    /// @throw schedule_error for a name that is no point, as "CreateEvent"
    [[nodiscard]] std::vector<call_record> calls(std::string_view function = {}) const;
    /// Where it has crashed: arguments[0] is the exception's code; of an access violation,
    /// arguments[1] is 0 for a read and 1 for a write, and arguments[2] the address. Of a C++
    /// exception that nobody has caught the code is 0xE06D7363, and text its what().
    [[nodiscard]] std::optional<call_record> crash() const;

    /// As execution::memory_points(), for this process alone.
    controlled_process& memory_points(std::string_view section = {}, std::size_t begin = 0,
                                      std::size_t end = whole_view);
    controlled_process& no_memory_points();

    [[nodiscard]] std::size_t thread_count() const;
    /// By order of creation; 0 is the thread that runs main.
    [[nodiscard]] controlled_thread thread(std::size_t index);

    [[nodiscard]] execution_state& owner() const { return owner_; }

private:
    execution_state& owner_;
    process_state& state_;
};

/// One run of real processes under control. All of them end with it.
class execution
{
public:
    /// Starts the program; it stands at its start, before main. Its children are controlled too.
    template <class... Options>
    explicit execution(const std::filesystem::path& program, const Options&... options)
        : execution()
    {
        start(program, options...);
    }
    /// Nothing runs yet: start() does it. For what must be there before the first program.
    execution();
    execution(const execution&) = delete;
    execution& operator=(const execution&) = delete;
    ~execution();

    /// Starts a further program.
    /// @throw schedule_error when it ends, or runs on, without reporting
    template <class... Options>
    controlled_process& start(const std::filesystem::path& program, const Options&... options)
    {
        start_options all;
        (options.apply(all), ...);
        return start_program(program, all);
    }

    /// The process whose program has this name (without .exe); `nth` counts from 1.
    [[nodiscard]] controlled_process& process(std::string_view name, int nth = 1) const;
    [[nodiscard]] bool has_process(std::string_view name, int nth = 1) const;

    /// Lets every process run to its end, each until it blocks or ends, then the next; finite waits
    /// time out only when nothing else can go on.
    /// @throw schedule_error on a deadlock
    void run_to_end();
    /// As run_to_end(), but a deadlock is an end as well: see deadlocked().
    void run_until_stuck();
    /// True when there are live processes and none of them can go on. One whose wait has not been
    /// tried again since somebody made a step counts as one that can: ask after run_until_stuck().
    [[nodiscard]] bool deadlocked() const;

    /// The name under which the programs of this execution know a kernel object.
    [[nodiscard]] std::wstring object_name(std::wstring_view name) const;

    /// An object without a name, as "event #1", is called by this name in records and timelines.
    /// @pre it has not been created yet: begin with an empty execution, and then start()
    void alias(std::string_view object, std::string_view name);

    /// From now on each access to a mapped view is a point, before it is made: by the program's own
    /// code or by a library, one for every instruction that reads or writes. A kernel call that is
    /// given an address in a view is one access, if it is ReadFile, WriteFile or WriteConsoleW; any
    /// other fails: ERROR_NOACCESS or ERROR_INVALID_USER_BUFFER. Holds also for processes to come.
    /// Costs a page fault and a single step for each access. At most 16 views a process.
    /// @param section its name, as in call_record::object; empty: all views
    /// @param begin, end offsets in the view, in bytes: only accesses that begin there are points
    void memory_points(std::string_view section = {}, std::size_t begin = 0,
                       std::size_t end = whole_view);
    void no_memory_points();

    /// All of it as facts, as far as it has gone.
    [[nodiscard]] execution_record record() const;
    /// Who did what, a column a process: the record in words.
    [[nodiscard]] std::string timeline() const;
    /// The schedule so far, as "v1:P12C3.9f3a": who made the steps, and a check of what they did.
    [[nodiscard]] std::string schedule() const;
    /// Carries out a schedule() from where the execution stands.
    /// @throw schedule_error when the programs do something else than they did (a divergence)
    void replay(std::string_view schedule);
    /// Scheduling points reached so far, by all threads.
    [[nodiscard]] std::size_t steps() const;

    /// How long a process may take from one point to the next before it counts as blocked where
    /// the controller cannot see. A guard only: no result depends on it. Default 20 s.
    void watchdog(std::chrono::milliseconds limit);
    /// How much processor time it may use from one point to the next before it counts as spinning:
    /// as waiting by looking, again and again. A guard only, as well. Default 2 s.
    void processor_limit(std::chrono::milliseconds limit);
    /// After so many steps in one command a process counts as never blocking. Default 20,000.
    void step_limit(std::size_t steps);

    /// The controller's inner side, for the explorer.
    [[nodiscard]] execution_state& state() const { return *state_; }

private:
    controlled_process& start_program(const std::filesystem::path& program,
                                      const start_options& options);

    std::unique_ptr<execution_state> state_;
};

} // namespace interleave
