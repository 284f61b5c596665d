#include "interleave/explore.h"

#include "explorer/search.h"
#include "interleave/execution.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace interleave {

std::string exploration::work::letters() const
{
    std::string text;
    for (const auto& made : prefix)
        text += {made.letter, made.kind};
    return text;
}

namespace {

// What stands in a message of ADD_FAILURE() before the text.
std::string without_failed(std::string message)
{
    constexpr std::string_view word = "Failed\n";
    return message.starts_with(word) ? message.erase(0, word.size()) : message;
}

} // namespace

exploration::verdict exploration::search::judge(const execution& run) const
{
    verdict found;
    const auto& state = run.state();
    const bool waits_for_ever = std::ranges::any_of(state.threads(), [&](const auto& thread) {
        return !thread.has_ended && !settings.may_wait_forever_.contains(thread.process->name);
    });
    if (const auto* crashed = state.crashed_process()) {
        found.word = "crash";
        found.text = crashed->name + " has " + state.position(*crashed) + "\n";
    } else if (waits_for_ever) {
        found.word = "deadlock";
    }
    // A deadlock is a failure whatever the check says; its words may still help.
    ::testing::TestPartResultArray results;
    {
        const ::testing::ScopedFakeTestPartResultReporter intercept(
            ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &results);
        try {
            expectations(run);
        } catch (const std::exception& error) {
            ADD_FAILURE() << error.what();
        }
    }
    for (int i = 0; i < results.size(); ++i)
        if (results.GetTestPartResult(i).failed()) {
            if (found.word.empty())
                found.word = "check failed";
            found.text += without_failed(results.GetTestPartResult(i).message()) + "\n";
        }
    found.schedule = run.schedule();
    if (!found.word.empty())
        found.text += "\n" + run.timeline();
    return found;
}

void exploration::search::add(work further)
{
    if (further.preemptions > settings.preemptions_)
        return;
    const std::scoped_lock lock(guard);
    waiting.insert(std::move(further));
    changed.notify_all();
}

// Whether there is something more to run. Waits while others may still find it. After a failure
// only what comes before it counts.
bool exploration::search::take(work& next)
{
    std::unique_lock lock(guard);
    if (settings.runs_ > 0) {
        if (failure || next_number == settings.runs_)
            return false;
        next = {};
        next.number = next_number++;
        running.insert(0);
        return true;
    }
    for (;;) {
        const bool is_wanted = !waiting.empty() && (!failure || *waiting.begin() < failing);
        // A schedule with more preemptions waits until all with fewer are done.
        if (is_wanted && (running.empty() || waiting.begin()->preemptions <= *running.begin())) {
            next = *waiting.begin();
            waiting.erase(waiting.begin());
            running.insert(next.preemptions);
            return true;
        }
        if (running.empty())
            return false;
        changed.wait(lock);
    }
}

void exploration::search::finish(const work& tried, const std::optional<verdict>& found)
{
    const std::scoped_lock lock(guard);
    running.erase(running.find(tried.preemptions));
    changed.notify_all();
    if (!found)
        return;
    done.push_back(tried.key());
    show_progress();
    if (!found->word.empty() && (!failure || tried < failing)) {
        failure = found;
        failing = tried;
    }
}

void exploration::search::show_progress()
{
    using namespace std::chrono_literals;
    const auto now = std::chrono::steady_clock::now();
    if (now - last_progress < 5s)
        return;
    last_progress = now;
    if (settings.runs_ > 0)
        std::fprintf(stderr, "(still exploring: %zu of %d schedules done)\n", done.size(),
                     settings.runs_);
    else
        std::fprintf(stderr, "(still exploring: %zu schedules done, at least %zu more)\n",
                     done.size(), waiting.size());
}

exploration_result exploration::search::result() const
{
    exploration_result all;
    all.schedules_ = done.size();
    if (!failure)
        return all;
    const auto last = failing.key();
    all.schedules_ = static_cast<std::size_t>(
        std::ranges::count_if(done, [&](const auto& key) { return key <= last; }));
    all.preemptions_ = failing.preemptions;
    all.verdict_ = failure->word;
    all.failing_schedule_ = failure->schedule;
    all.first_failure_ =
        failure->word + ", found by schedule " + std::to_string(all.schedules_) +
        (settings.runs_ > 0 ? " of a random choice"
                            : ", with " + std::to_string(failing.preemptions) +
                                  (failing.preemptions == 1 ? " preemption" : " preemptions")) +
        "\n" + failure->text;
    return all;
}

void exploration::search::run_worker()
{
    work next;
    while (take(next)) {
        std::optional<std::uint32_t> seed;
        if (settings.runs_ > 0)
            seed = settings.seed_ + static_cast<std::uint32_t>(next.number);
        schedule_run one(*this, next, seed);
        switch (one.carry_out()) {
        case schedule_run::result::led_back:
            finish(next, std::nullopt);
            break;
        case schedule_run::result::failed:
            finish(next, one.failure());
            break;
        case schedule_run::result::ended:
            finish(next, judge_on_test_thread(one.run()));
            break;
        }
    }
    const std::scoped_lock lock(guard);
    --workers;
    changed.notify_all();
}

// Expectations are checked on the thread that called check(). On any other, GoogleTest for Windows
// starts a thread of its own, which may still be at work when the program ends, and crash it.
exploration::verdict exploration::search::judge_on_test_thread(const execution& run)
{
    judgement task{&run, {}, false};
    std::unique_lock lock(guard);
    to_judge.push_back(&task);
    changed.notify_all();
    changed.wait(lock, [&] { return task.is_done; });
    return task.found;
}

void exploration::search::judge_for_workers()
{
    std::unique_lock lock(guard);
    for (;;) {
        changed.wait(lock, [&] { return !to_judge.empty() || workers == 0; });
        if (to_judge.empty())
            return;
        auto& task = *to_judge.front();
        to_judge.pop_front();
        lock.unlock();
        auto found = judge(*task.run);
        for (const auto& thread : task.run->state().threads())
            processes_seen.insert(thread.process->name);
        lock.lock();
        task.found = std::move(found);
        task.is_done = true;
        changed.notify_all();
    }
}

exploration_result exploration::search::run()
{
    if (settings.depth_ > 0) { // how long is an execution?
        const work nothing_special;
        schedule_run first(*this, nothing_special, std::nullopt);
        first.carry_out();
        typical_steps = first.run().steps();
    }
    waiting.insert(work{});
    workers = settings.at_once_;
    std::vector<std::thread> threads;
    threads.reserve(static_cast<std::size_t>(workers));
    for (int i = 0; i < settings.at_once_; ++i)
        threads.emplace_back([this] { run_worker(); });
    judge_for_workers();
    for (auto& thread : threads)
        thread.join();
    if (!failure)
        expect_processes();
    return result();
}

// What has passed because nobody was there proves nothing.
void exploration::search::expect_processes() const
{
    if (processes_seen.empty())
        throw std::invalid_argument("interleave: the start function has started no program");
    auto wanted = settings.may_wait_forever_;
    if (!settings.killed_.empty())
        wanted.insert(settings.killed_);
    for (const auto& name : wanted)
        if (!processes_seen.contains(name))
            throw std::invalid_argument("interleave: there has been no process '" + name + "'");
}

namespace {

void expect_at_least(int least, int value, const char* what)
{
    if (value < least)
        throw std::invalid_argument("interleave: " + std::to_string(value) + ' ' + what +
                                    ": at least " + std::to_string(least));
}

} // namespace

exploration& exploration::preemptions(int most)
{
    expect_at_least(0, most, "preemptions");
    preemptions_ = most;
    return *this;
}

exploration& exploration::random(std::uint32_t seed, int runs)
{
    expect_at_least(1, runs, "runs");
    seed_ = seed;
    runs_ = runs;
    return *this;
}

exploration& exploration::pct(std::uint32_t seed, int runs, int depth)
{
    expect_at_least(1, depth, "ordering constraints");
    depth_ = depth;
    return random(seed, runs);
}

exploration& exploration::kill(std::string process)
{
    killed_ = std::move(process);
    return *this;
}

exploration& exploration::may_wait_forever(std::string process)
{
    may_wait_forever_.insert(std::move(process));
    return *this;
}

exploration& exploration::time_outs(interleave::time_outs when)
{
    time_outs_ = when;
    return *this;
}

exploration& exploration::steps(std::size_t limit)
{
    steps_ = limit;
    return *this;
}

exploration& exploration::at_once(int executions)
{
    expect_at_least(1, executions, "executions at once");
    at_once_ = executions;
    return *this;
}

exploration_result exploration::check(const std::function<void(const execution&)>& expectations)
{
    return search(*this, expectations).run();
}

} // namespace interleave
