#pragma once

// The explorer's inner side: what is still to be tried, and how one schedule is carried out.

#include "controller/execution_state.h"
#include "interleave/execution.h"
#include "interleave/explore.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace interleave {

/// One step of a schedule, with what it led to: a repetition that leads elsewhere is noticed.
struct decision
{
    char letter;
    char kind; // ' ' a step, 't' a time-out, '!' a kill
    std::string outcome;
};

/// A schedule to try: the decisions up to where it leaves those that have been explored.
struct exploration::work
{
    int preemptions = 0;
    int kills = 0;
    int number = 0; // of a random run
    std::vector<decision> prefix;

    [[nodiscard]] std::string letters() const;
    // Fewest preemptions first, then the earliest departure: so a first failure is a short one.
    // What departs from a schedule comes after it: the order does not depend on how many explore at
    // once.
    [[nodiscard]] auto key() const
    {
        return std::tuple(preemptions, kills, number, prefix.size(), letters());
    }
    bool operator<(const work& other) const { return key() < other.key(); }
};

/// Something that can happen next.
struct exploration::option
{
    thread_state* thread;
    char kind;
    int cost; // preemptions
};

struct exploration::verdict
{
    std::string word; // empty: passed
    std::string text;
    std::string schedule;
};

/// Probabilistic concurrency testing: the highest priority that is enabled runs; at the change
/// points it falls.
class priorities
{
public:
    priorities(std::uint32_t seed, int depth, std::size_t expected_steps);

    template <class Options>
    std::size_t choose(const Options& options, std::size_t step)
    {
        std::size_t best = 0;
        for (std::size_t i = 0; i < options.size(); ++i)
            if (priority_of(options[i].thread->letter) > priority_of(options[best].thread->letter))
                best = i;
        if (change_points_.contains(step))
            priority_[options[best].thread->letter] = --lowest_;
        return best;
    }

private:
    int priority_of(char letter);

    std::mt19937 random_;
    std::set<std::size_t> change_points_;
    std::map<char, int> priority_;
    int lowest_ = 1'000;
};

/// The state of one exploration, shared by its workers.
struct exploration::search
{
    search(const exploration& of, const std::function<void(const execution&)>& check)
        : settings(of), expectations(check)
    {
    }

    exploration_result run();
    void add(work further);

    const exploration& settings;
    const std::function<void(const execution&)>& expectations;
    std::size_t typical_steps = 0; // of one execution

private:
    // An execution that has ended, on its way to the test's thread and back.
    struct judgement
    {
        const execution* run;
        verdict found;
        bool is_done = false;
    };

    void run_worker();
    void judge_for_workers();
    verdict judge_on_test_thread(const execution& run);
    [[nodiscard]] verdict judge(const execution& run) const;
    bool take(work& next);
    void finish(const work& tried, const std::optional<verdict>& found);
    void show_progress();
    void expect_processes() const;
    [[nodiscard]] exploration_result result() const;

    std::set<std::string> processes_seen; // on the test's thread

    // Invariant: all that follows is read and written under the guard.
    std::mutex guard;
    std::condition_variable changed;
    std::set<work> waiting;
    std::multiset<int> running; // preemptions of the schedules under way
    int next_number = 0;
    int workers = 0;
    std::deque<judgement*> to_judge;
    std::vector<decltype(work{}.key())> done;
    std::optional<verdict> failure;
    work failing;
    std::chrono::steady_clock::time_point last_progress = std::chrono::steady_clock::now();
};

/// One execution: it follows a schedule as far as that goes, then lets whoever has the turn go on,
/// and adds what else could have happened to what is to be tried.
class exploration::schedule_run
{
public:
    /// @param seed chooses at random from there on
    schedule_run(search& all, const work& wanted, std::optional<std::uint32_t> seed);

    enum class result
    {
        ended,    ///< nobody can go on
        led_back, ///< to where it departed: explored already
        failed
    };
    result carry_out();

    [[nodiscard]] const execution& run() const { return controlled_; }
    [[nodiscard]] const verdict& failure() const { return failure_; }

private:
    [[nodiscard]] std::vector<option> options();
    [[nodiscard]] std::vector<option> kills();
    [[nodiscard]] std::optional<option> wanted_option(std::size_t index,
                                                      const std::vector<option>& choices);
    [[nodiscard]] option choose(const std::vector<option>& choices, std::size_t step);
    bool make(const option& chosen);
    void add_departures(const std::vector<option>& others);
    result fail(std::string word, const std::string& text);

    search& all_;
    const exploration& settings_;
    const work& wanted_;
    bool is_random_;
    std::mt19937 random_;
    priorities priorities_;
    execution controlled_;
    execution_state& state_;
    work path_;
    verdict failure_;
    thread_state* current_ = nullptr;
    int sleeps_ = 0;           // by the current thread, since another one has run
    bool sleeps_here_ = false; // and it stands right after one
};

} // namespace interleave
