#include "interleave/explore.h"

#include "execution_state.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <future>
#include <mutex>
#include <random>
#include <set>
#include <thread>

namespace interleave {

using protocol::action;

namespace {

// One step of a schedule, with what it led to: a replay that leads elsewhere is noticed.
struct decision
{
    char letter;
    char kind; // ' ' a step, 't' a time-out, '!' a kill
    std::string outcome;
};

bool is_synchronisation(function call)
{
    switch (call) {
    case function::CreateFileMappingW:
    case function::OpenFileMappingW:
    case function::MapViewOfFile:
    case function::UnmapViewOfFile:
    case function::CreateEventW:
    case function::OpenEventW:
    case function::CreateSemaphoreW:
    case function::OpenSemaphoreW:
    case function::CreateMutexW:
    case function::OpenMutexW:
    case function::DuplicateHandle:
    case function::CloseHandle:
    case function::crash:
        return false;
    default:
        return true;
    }
}

// Whether others may go on where this thread stands.
bool may_switch(const thread_state& thread)
{
    const auto& here = thread.here;
    const bool creates = here.call == function::CreateProcessW ||
                         here.call == function::CreateThread ||
                         here.call == function::beginthreadex;
    return is_synchronisation(here.call) && !(creates && here.when == phase::before);
}

std::string describe_stop(const thread_state& thread)
{
    if (thread.has_ended)
        return "end";
    return std::string(name_of(thread.here.call)) + " " +
           std::to_string(static_cast<int>(thread.here.when)) + " " + thread.here.object;
}

} // namespace

struct exploration::option
{
    thread_state* thread;
    char kind;
    int cost; // preemptions
};

// A schedule to try: the decisions up to where it leaves those that have been explored.
struct exploration::work
{
    int preemptions = 0;
    int kills = 0;
    std::vector<decision> prefix;

    // Fewest preemptions first, then the earliest departure: so a first failure is a short one.
    [[nodiscard]] auto key() const { return std::tuple(preemptions, kills, prefix.size(), text()); }
    [[nodiscard]] std::string text() const
    {
        std::string letters;
        for (const auto& made : prefix)
            letters += {made.letter, made.kind};
        return letters;
    }
    bool operator<(const work& other) const { return key() < other.key(); }
};

struct exploration::verdict
{
    std::string word; // empty: passed
    std::string text;
    std::string schedule;
};

// The state of one exploration, shared by its workers.
struct exploration::search
{
    search(const exploration& of, const std::function<void(const execution&)>& check)
        : settings(of), expectations(check)
    {
    }

    const exploration& settings;
    const std::function<void(const execution&)>& expectations;

    std::mutex guard;
    std::condition_variable changed;
    std::set<work> waiting;
    std::multiset<int> running; // preemptions of the schedules under way
    int next_run = 0;
    exploration_result result;
    work first_failing;
    std::chrono::steady_clock::time_point last_progress = std::chrono::steady_clock::now();

    std::deque<std::packaged_task<verdict()>> to_judge;
    int workers = 0;

    void run_worker();
    void judge_for_workers();
    verdict judge_on_test_thread(execution& run, execution_state& state);
    bool take(work& next, std::uint32_t& seed);
    void finish(const work& done, const std::optional<verdict>& outcome);
    std::optional<verdict> run(const work& wanted, std::uint32_t seed);
    std::vector<option> options(execution_state& state, const thread_state* current, int sleeps,
                                bool may_kill) const;
    verdict judge(execution& run, execution_state& state) const;
    void add(work further);
    void show_progress();
};

namespace {

// Chooses by priority: the highest that is enabled runs; at the change points it falls.
class priorities
{
public:
    priorities(std::uint32_t seed, int depth) : random_(seed)
    {
        std::uniform_int_distribution<std::size_t> steps(1, expected_steps);
        for (int i = 1; i < depth; ++i)
            change_points_.insert(steps(random_));
    }

    template <class Options>
    std::size_t choose(const Options& options, std::size_t step)
    {
        const auto priority_of = [&](char letter) {
            const auto found = priority_.find(letter);
            if (found != priority_.end())
                return found->second;
            const auto fresh = std::uniform_int_distribution<int>(1'000, 1'000'000)(random_);
            return priority_[letter] = fresh;
        };
        std::size_t best = 0;
        for (std::size_t i = 0; i < options.size(); ++i)
            if (priority_of(options[i].thread->letter) > priority_of(options[best].thread->letter))
                best = i;
        if (change_points_.contains(step))
            priority_[options[best].thread->letter] = --lowest_;
        return best;
    }

private:
    static constexpr std::size_t expected_steps = 60;
    std::mt19937 random_;
    std::set<std::size_t> change_points_;
    std::map<char, int> priority_;
    int lowest_ = 1'000;
};

} // namespace

// What can happen next. The first option is the one taken where nothing else is asked for.
std::vector<exploration::option> exploration::search::options(execution_state& state,
                                                              const thread_state* current,
                                                              int sleeps, bool may_kill) const
{
    std::vector<option> list;
    const bool current_enabled = current && current->is_enabled();
    const bool free_switch = !current_enabled || sleeps > 0;
    for (auto& thread : state.threads()) {
        if (!thread.is_enabled())
            continue;
        if (&thread == current)
            list.insert(list.begin(), {&thread, ' ', 0});
        else if (!current_enabled || may_switch(*current))
            list.push_back({&thread, ' ', free_switch ? 0 : 1});
    }
    // Who sleeps gives way; who sleeps twice while another could go on must.
    if (current_enabled && sleeps > 0 && list.size() > 1) {
        std::rotate(list.begin(), list.begin() + 1, list.end());
        if (sleeps > 1)
            list.pop_back();
    }
    const bool stuck = list.empty();
    if (stuck || settings.time_outs_ == interleave::time_outs::any)
        for (auto& thread : state.threads())
            if (thread.is_blocked() && thread.wait_limit() != INFINITE)
                list.push_back({&thread, 't', free_switch ? 0 : 1});
    if (may_kill && current && !current->process->has_ended &&
        current->process->name == settings.killed_)
        list.push_back({const_cast<thread_state*>(current), '!', 0});
    return list;
}

std::optional<exploration::verdict> exploration::search::run(const work& wanted, std::uint32_t seed)
{
    const auto fail = [](std::string word, std::string text, std::string schedule) {
        return verdict{std::move(word), std::move(text), std::move(schedule)};
    };
    execution controlled;
    auto& state = controlled.state();
    try {
        settings.start_(controlled);
        std::mt19937 random(seed);
        priorities by_priority(seed, settings.depth_);
        auto path = wanted;
        path.prefix.clear();
        thread_state* current = nullptr;
        int sleeps = 0;           // by the current thread, since another one has run
        bool sleeps_here = false; // and it stands right after one
        const bool kills = !settings.killed_.empty() && settings.runs_ == 0;

        for (std::size_t i = 0;; ++i) {
            const auto choices =
                options(state, current, sleeps_here ? sleeps : 0, kills && wanted.kills == 0);
            if (choices.empty())
                break;
            if (i >= settings.steps_)
                return fail("livelock suspected",
                            "after " + std::to_string(i) + " steps nobody has ended",
                            controlled.timeline());

            const bool replaying = i < wanted.prefix.size();
            std::size_t chosen = 0;
            if (replaying) {
                const auto& made = wanted.prefix[i];
                const auto found = std::ranges::find_if(choices, [&](const option& choice) {
                    return choice.thread->letter == made.letter && choice.kind == made.kind;
                });
                // A kill stands last in its prefix and is not among the options of its replay.
                if (found != choices.end()) {
                    chosen = static_cast<std::size_t>(found - choices.begin());
                } else if (made.kind != '!') {
                    return fail("non-deterministic",
                                "a step that was possible before is not: the programs do not "
                                "depend on the schedule alone",
                                controlled.timeline());
                }
            } else if (settings.depth_ > 0) {
                chosen = by_priority.choose(choices, i);
            } else if (settings.runs_ > 0) {
                chosen = std::uniform_int_distribution<std::size_t>(0, choices.size() - 1)(random);
            }

            const char kind = replaying ? wanted.prefix[i].kind : choices[chosen].kind;
            auto* thread = replaying && kind == '!' ? state.find_thread(wanted.prefix[i].letter)
                                                    : choices[chosen].thread;
            const bool tries = thread->here.call == function::WaitForSingleObject ||
                               thread->here.call == function::WaitForMultipleObjects;
            const bool was_after = thread->here.when == phase::after;
            if (kind == '!')
                state.kill(*thread->process, 1);
            else
                state.step(*thread, {kind == 't' ? action::time_out : action::proceed, 0});

            const bool in_vain = tries && !was_after && thread->is_blocked();
            const bool departs = i + 1 == wanted.prefix.size() && !wanted.prefix.empty();
            if (departs && in_vain)
                return std::nullopt; // leads back to where it left: explored already
            if (replaying && !wanted.prefix[i].outcome.empty() &&
                wanted.prefix[i].outcome != describe_stop(*thread))
                return fail("non-deterministic",
                            "a step led to another call than before: the programs do not depend "
                            "on the schedule alone",
                            controlled.timeline());
            if (!replaying && !in_vain && settings.runs_ == 0)
                for (const auto& choice : choices)
                    if (&choice != &choices[chosen]) {
                        auto further = path;
                        further.prefix.push_back({choice.thread->letter, choice.kind, {}});
                        further.preemptions += choice.cost;
                        further.kills += choice.kind == '!';
                        add(std::move(further));
                    }
            path.prefix.push_back({thread->letter, kind, describe_stop(*thread)});
            sleeps_here = !thread->has_ended && thread->here.call == function::Sleep &&
                          thread->here.when == phase::after;
            sleeps = (thread == current ? sleeps : 0) + sleeps_here;
            current = thread;
        }
        return judge_on_test_thread(controlled, state);
    } catch (const schedule_error& error) {
        return fail("uncontrolled", error.what(), "");
    } catch (const std::exception& error) {
        return fail("error", error.what(), "");
    }
}

exploration::verdict exploration::search::judge(execution& run, execution_state& state) const
{
    verdict found;
    if (run.deadlocked()) {
        found.word = "deadlock";
    } else if (const auto* crashed = state.crashed_process()) {
        found.word = "crash";
        found.text = crashed->name + " has crashed\n";
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
            found.text += std::string(results.GetTestPartResult(i).message()) + "\n";
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

// Whether there is something more to run. Waits while others may still find it.
bool exploration::search::take(work& next, std::uint32_t& seed)
{
    std::unique_lock lock(guard);
    for (;;) {
        if (!result.passed())
            return false;
        if (settings.runs_ > 0) {
            if (next_run == settings.runs_)
                return false;
            seed = settings.seed_ + static_cast<std::uint32_t>(next_run++);
            running.insert(0);
            return true;
        }
        // A schedule with more preemptions waits until all with fewer are done.
        const bool is_next = !waiting.empty() &&
                             (running.empty() || waiting.begin()->preemptions <= *running.begin());
        if (is_next) {
            next = *waiting.begin();
            waiting.erase(waiting.begin());
            running.insert(next.preemptions);
            return true;
        }
        if (waiting.empty() && running.empty())
            return false;
        changed.wait(lock);
    }
}

void exploration::search::finish(const work& done, const std::optional<verdict>& outcome)
{
    const std::scoped_lock lock(guard);
    running.erase(running.find(done.preemptions));
    changed.notify_all();
    if (!outcome)
        return;
    ++result.schedules_;
    show_progress();
    if (outcome->word.empty() || (!result.passed() && first_failing < done))
        return;
    first_failing = done;
    result.verdict_ = outcome->word;
    result.preemptions_ = done.preemptions;
    result.failing_schedule_ = outcome->schedule;
    result.first_failure_ = outcome->word + " after " + std::to_string(result.schedules_) +
                            " schedules, with " + std::to_string(done.preemptions) +
                            (done.preemptions == 1 ? " preemption\n" : " preemptions\n") +
                            outcome->text;
}

void exploration::search::show_progress()
{
    using namespace std::chrono_literals;
    const auto now = std::chrono::steady_clock::now();
    if (now - last_progress < 5s)
        return;
    last_progress = now;
    std::fprintf(stderr, "explored %zu schedules, %zu waiting\n", result.schedules_,
                 waiting.size());
}

void exploration::search::run_worker()
{
    work next;
    std::uint32_t seed = 0;
    while (take(next, seed)) {
        finish(next, run(next, seed));
        next = {};
    }
    const std::scoped_lock lock(guard);
    --workers;
    changed.notify_all();
}

// Expectations are checked on the thread that called check(). On any other, GoogleTest for Windows
// starts a thread of its own, which may still be at work when the program ends, and crash it.
exploration::verdict exploration::search::judge_on_test_thread(execution& run,
                                                               execution_state& state)
{
    std::packaged_task<verdict()> task([&] { return judge(run, state); });
    auto found = task.get_future();
    {
        const std::scoped_lock lock(guard);
        to_judge.push_back(std::move(task));
        changed.notify_all();
    }
    return found.get();
}

void exploration::search::judge_for_workers()
{
    std::unique_lock lock(guard);
    for (;;) {
        changed.wait(lock, [&] { return !to_judge.empty() || workers == 0; });
        if (to_judge.empty())
            return;
        auto task = std::move(to_judge.front());
        to_judge.pop_front();
        lock.unlock();
        task();
        lock.lock();
    }
}

exploration& exploration::preemptions(int most)
{
    preemptions_ = most;
    return *this;
}

exploration& exploration::random(std::uint32_t seed, int runs)
{
    seed_ = seed;
    runs_ = runs;
    return *this;
}

exploration& exploration::pct(std::uint32_t seed, int runs, int depth)
{
    depth_ = depth;
    return random(seed, runs);
}

exploration& exploration::kill(std::string process)
{
    killed_ = std::move(process);
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
    at_once_ = executions;
    return *this;
}

exploration_result exploration::check(const std::function<void(const execution&)>& expectations)
{
    search all(*this, expectations);
    if (runs_ == 0)
        all.waiting.insert(work{});
    all.workers = at_once_;
    std::vector<std::thread> workers;
    for (int i = 0; i < at_once_; ++i)
        workers.emplace_back([&] { all.run_worker(); });
    all.judge_for_workers();
    for (auto& worker : workers)
        worker.join();
    return all.result;
}

} // namespace interleave
