#pragma once

/// @file
/// A second opinion on the explorer: schedules of a small program, counted without any process.
///
/// @code
/// const model::program late_reset{
///     {model::manual_reset(), model::manual_reset()},
///     {{model::set(0), model::reset(1), model::wait(1)}, {model::wait(0), model::set(1)}}};
///
/// EXPECT_EQ(model::enumerate(late_reset, {.preemptions = 1}).schedules, 19U);
/// EXPECT_EQ(model::enumerate(late_reset).fewest_preemptions_of_bad, 1);
/// @endcode
///
/// It knows nothing of the explorer and is written from the definition alone: every order is a path
/// of a plain recursion over copies of the whole state.
///
/// - Each call has a point before and a point after; start and exit are points. A step leads from
///   one point to the next. What stands between two calls belongs to the step. A call that closes
///   something has points at which a kill may come, but nobody else goes on; so has the start of
///   another process before the call.
/// - A wait that cannot be satisfied is no step.
/// - Switching away from a process that could go on is a preemption. From one that cannot, or
/// stands
///   right after Sleep, or right after a wait that has timed out, it is free.
/// - Who has slept twice or more, nobody else having run in between, must give way while another
/// can
///   go on.
/// - A finite wait may time out when nobody can go on. Where that is asked for, it may at any
/// moment
///   at which it cannot be satisfied; and later, if at such a moment it was free to try it.
/// - A kill is no step of anybody, and costs nothing; there is one at most.

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace interleave::model {

/// A kernel object.
struct object
{
    enum class type
    {
        auto_reset,
        manual_reset,
        semaphore,
        mutex
    };
    type is = type::auto_reset;
    int count = 0; ///< of an event or a mutex: 1 is signalled
    int maximum = 1;
};
object auto_reset();
object manual_reset();
object semaphore(int initial, int maximum);
object mutex();

using memory = std::array<int, 4>;

/// What a process sees between two calls.
struct surroundings
{
    memory& shared;
    std::string& output;
    bool has_timed_out; ///< its last wait
};

struct operation
{
    enum class type
    {
        set,
        reset,
        release,
        release_mutex,
        wait,
        wait_for_end,
        sleep,
        start,
        close,
        compute,
        go_back
    };
    type is;
    std::size_t target = 0; ///< an object, a process, or the operation to go back to
    bool is_finite = false;
    std::function<void(surroundings)> compute = {};
    std::function<bool(surroundings)> condition = {};
};

/// Calls. An object or process is meant by its place in the program's list.
/// @{
operation set(std::size_t event);
operation reset(std::size_t event);
operation release(std::size_t semaphore);
operation release_mutex(std::size_t mutex);
operation wait(std::size_t object);
operation wait_finite(std::size_t object);
operation wait_for_end(std::size_t process);
operation sleep();
operation start(std::size_t process);
operation close();
/// @}

/// What stands between calls.
/// @{
operation compute(std::function<void(surroundings)> what);
operation write(std::size_t slot, int value);
operation print(std::size_t slot);
operation go_back(std::size_t to, std::function<bool(surroundings)> condition);
/// @}

struct program
{
    std::vector<object> objects;
    std::vector<std::vector<operation>> processes;
    std::size_t running_at_first = 2; ///< so many of them; the others are started by start()
};

struct rules
{
    int preemptions = 1'000'000; ///< at most
    bool time_out_at_any_moment = false;
    std::optional<std::size_t> killed = {}; ///< this process may be killed at each point
};

/// How a schedule has ended: nobody can go on.
struct ending
{
    std::vector<std::string> outputs;
    memory shared;
    bool is_deadlock;
};

struct enumeration
{
    std::size_t schedules = 0;
    std::optional<int> fewest_preemptions_of_bad; ///< empty: no end is bad
};

/// All schedules within the rules.
/// @param is_bad which ends are; a deadlock is, without asking
[[nodiscard]] enumeration enumerate(
    const program& program, const rules& rules = {},
    const std::function<bool(const ending&)>& is_bad = [](const ending&) { return false; });

} // namespace interleave::model
