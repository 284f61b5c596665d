#pragma once

/// @file
/// The explorer: runs real processes again and again, each time in another order.
///
/// @code
/// const auto result = explore(program("parent"), input("a\nb\n")).preemptions(2).check(
///     [](const execution& run) { EXPECT_EQ(run.process("child").output(), "a\nb\n"); });
///
/// EXPECT_TRUE(result.passed()) << result.first_failure();
/// EXPECT_EQ(result.schedules(), 58);
/// @endcode

#include "interleave/execution.h" // IWYU pragma: export
#include "interleave/record.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace interleave {

/// What an exploration has found. It does not depend on how many executions have run at once.
class exploration_result
{
public:
    [[nodiscard]] bool passed() const { return first_failure_.empty(); }
    /// Complete executions, each in an order of its own. After a failure: up to that one, which is
    /// the last.
    [[nodiscard]] std::size_t schedules() const { return schedules_; }
    /// Verdict, what the check said, timeline and replay string; empty when all passed.
    [[nodiscard]] const std::string& first_failure() const { return first_failure_; }
    /// The verdict alone: "deadlock", "livelock suspected", "check failed", "crash",
    /// "non-deterministic", "uncontrolled" or "error".
    [[nodiscard]] const std::string& verdict() const { return verdict_; }
    /// The first failure's preemptions: no schedule with fewer fails.
    [[nodiscard]] int preemptions() const { return preemptions_; }
    /// For execution::replay(), after the same programs have been started: with the steps of the
    /// start function, which must have started them all before its first step.
    [[nodiscard]] const std::string& failing_schedule() const { return failing_schedule_; }
    /// The execution that has failed; nothing when all passed.
    [[nodiscard]] const std::optional<execution_record>& failing_record() const
    {
        return failing_record_;
    }

private:
    friend class exploration;

    std::size_t schedules_ = 0;
    int preemptions_ = 0;
    std::string first_failure_;
    std::string verdict_;
    std::string failing_schedule_;
    std::optional<execution_record> failing_record_;
};

/// When a finite wait may time out.
enum class time_outs
{
    only_when_stuck, ///< when nobody else can go on
    /// At any moment, as if the machine were arbitrarily slow: once the wait has been tried in
    /// vain, or where it cannot be satisfied. Afterwards the process counts as having slept.
    any,
};

/// Stateless exploration of the schedules of real processes, by rising number of preemptions: the
/// first failure found has the fewest. Switching away from a process that could go on is a
/// preemption; from one that is blocked, has ended or has just slept it is free. Who has slept
/// twice, nobody else having run since, gives way while another can go on; a wait that has timed
/// out is a sleep. Switches happen at synchronisation calls and memory points only; calls that
/// create, map and close belong to the step they stand in.
///
/// A deadlock, a crash, a livelock (the step limit) and uncontrolled blocking are failures by
/// themselves; so is a failing expectation in the check. The check runs at the end of each
/// execution, on the thread that calls check(). The start function is called on other threads, in
/// more than one at a time; it may make steps of its own, and what it leaves is explored.
class exploration
{
public:
    explicit exploration(std::function<void(execution&)> start) : start_(std::move(start)) {}

    /// At most so many preemptions in one schedule; without it there is no bound, and often no end.
    /// Begin with 1 or 2. What is out of range throws std::invalid_argument, here and below.
    exploration& preemptions(int most);
    /// Instead of all schedules: `runs` of them, each choice uniform.
    exploration& random(std::uint32_t seed, int runs);
    /// Instead of all schedules: `runs` by probabilistic concurrency testing. A bug of `depth`
    /// ordering constraints is found with a probability that is known in advance.
    /// @source Burckhardt et al., "A Randomized Scheduler with Probabilistic Guarantees of Finding
    /// Bugs" (ASPLOS 2010)
    exploration& pct(std::uint32_t seed, int runs, int depth);
    /// In addition, in each schedule within the bound: this process killed, after each step that
    /// anybody makes.
    exploration& kill(std::string process);
    /// This process may be left waiting at the end: that alone is no deadlock.
    exploration& may_wait_forever(std::string process);
    exploration& time_outs(interleave::time_outs when);
    /// Steps of one execution before a livelock is suspected. Default 2,000.
    exploration& steps(std::size_t limit);
    /// Executions that run at the same time. Default 2.
    exploration& at_once(int executions);

    /// @throw std::invalid_argument when nothing has failed, and no execution has had a process, or
    /// none with the name that kill() or may_wait_forever() was given
    [[nodiscard]] exploration_result
    check(const std::function<void(const execution&)>& expectations);

private:
    struct search;
    struct work;
    struct option;
    struct verdict;
    class schedule_run;

    std::function<void(execution&)> start_;
    int preemptions_ = 1'000'000;
    int runs_ = 0;
    int depth_ = 0;
    std::uint32_t seed_ = 0;
    std::string killed_;
    std::set<std::string> may_wait_forever_;
    interleave::time_outs time_outs_ = interleave::time_outs::only_when_stuck;
    std::size_t steps_ = 2000;
    int at_once_ = 2;
};

/// Explores what the start function sets going; it is called once for each execution.
[[nodiscard]] inline exploration explore(std::function<void(execution&)> start)
{
    return exploration(std::move(start));
}

/// Explores one program and its children.
template <class... Options>
[[nodiscard]] exploration explore(const std::filesystem::path& program, const Options&... options)
{
    return exploration([=](execution& run) { run.start(program, options...); });
}

} // namespace interleave
