#include "controller/execution_state.h"
#include "explorer/search.h"
#include "interleave/execution.h"
#include "interleave/explore.h"
#include "shared/calls.h"
#include "shared/protocol.h"

#include <windows.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

// How the explorer carries out one schedule.

namespace interleave {

using protocol::action;

namespace {

// Whether others may go on where this thread stands.
bool may_switch(const thread_state& thread)
{
    const auto others = facts(thread.here.call).others;
    return others == turn::may_pass ||
           (others == turn::may_pass_after && thread.here.when != phase::before);
}

bool stands_in_wait(const thread_state& thread)
{
    return !thread.has_ended && thread.here.when != phase::after &&
           facts(thread.here.call).waits_for_object();
}

bool can_time_out(const thread_state& thread)
{
    return stands_in_wait(thread) && thread.wait_limit() != INFINITE && thread.wait_limit() != 0;
}

std::string describe_stop(const thread_state& thread)
{
    if (thread.has_ended)
        return "end";
    return std::string(name_of(thread.here.call)) + " " +
           std::to_string(static_cast<int>(thread.here.when)) + " " + thread.here.object;
}

} // namespace

priorities::priorities(std::uint32_t seed, int depth, std::size_t expected_steps) : random_(seed)
{
    std::uniform_int_distribution<std::size_t> steps(1, std::max<std::size_t>(1, expected_steps));
    for (int i = 1; i < depth; ++i)
        change_points_.insert(steps(random_));
}

int priorities::priority_of(char letter)
{
    const auto found = priority_.find(letter);
    if (found != priority_.end())
        return found->second;
    return priority_[letter] = std::uniform_int_distribution<int>(1'000, 1'000'000)(random_);
}

exploration::schedule_run::schedule_run(search& all, const work& wanted,
                                        std::optional<std::uint32_t> seed)
    : all_(all), settings_(all.settings), wanted_(wanted), is_random_(seed.has_value()),
      random_(seed.value_or(0)),
      priorities_(seed.value_or(0), all.settings.depth_, all.typical_steps),
      state_(controlled_.state()), path_(wanted)
{
    path_.prefix.clear();
}

// What can happen next. The first option is the one taken where nothing else is asked for.
std::vector<exploration::option> exploration::schedule_run::options()
{
    std::vector<option> list;
    const bool current_enabled = current_ && current_->is_enabled();
    const bool gives_way = current_enabled && sleeps_here_;
    const int cost = current_enabled && !gives_way ? 1 : 0;
    for (auto& thread : state_.threads()) {
        if (!thread.is_enabled())
            continue;
        if (&thread == current_)
            list.insert(list.begin(), {&thread, ' ', 0});
        else if (!current_enabled || may_switch(*current_))
            list.push_back({&thread, ' ', cost});
    }
    // Who sleeps gives way; who sleeps twice while another could go on must.
    if (gives_way && list.size() > 1) {
        std::rotate(list.begin(), list.begin() + 1, list.end());
        if (sleeps_ > 1)
            list.pop_back();
    }
    const bool may_time_out = settings_.time_outs_ == interleave::time_outs::any &&
                              (!current_enabled || may_switch(*current_));
    if (list.empty() || may_time_out)
        for (auto& thread : state_.threads())
            if (can_time_out(thread) && (thread.is_blocked() || &thread != current_))
                list.push_back({&thread, 't', &thread == current_ ? 0 : cost});
    return list;
}

// A kill comes from outside: at any moment, whoever has the turn. One in a schedule.
std::vector<exploration::option> exploration::schedule_run::kills()
{
    const auto* victim = state_.find(settings_.killed_, 1);
    if (wanted_.kills > 0 || !victim || victim->has_ended)
        return {};
    return {{&victim->first_thread(), '!', 0}};
}

std::optional<exploration::option>
exploration::schedule_run::wanted_option(std::size_t index, const std::vector<option>& choices)
{
    const auto& made = wanted_.prefix[index];
    if (made.kind == '!')
        return option{state_.find_thread(made.letter), '!', 0};
    const auto found = std::ranges::find_if(choices, [&](const option& choice) {
        return choice.thread->letter == made.letter && choice.kind == made.kind;
    });
    return found == choices.end() ? std::nullopt : std::optional(*found);
}

exploration::option exploration::schedule_run::choose(const std::vector<option>& choices,
                                                      std::size_t step)
{
    if (!is_random_)
        return choices.front();
    if (settings_.depth_ > 0)
        return choices[priorities_.choose(choices, step)];
    return choices[std::uniform_int_distribution<std::size_t>(0, choices.size() - 1)(random_)];
}

// Makes the step; true when it was a wait that was tried in vain, or could not time out.
bool exploration::schedule_run::make(const option& chosen)
{
    auto& thread = *chosen.thread;
    if (chosen.kind == '!') {
        state_.kill(*thread.process, 1);
        return false;
    }
    const bool tries = stands_in_wait(thread);
    if (!thread.is_blocked() || chosen.kind != 't')
        state_.step(thread);
    // Nobody has run: who had the turn still has it.
    if (tries && thread.is_blocked() && chosen.kind != 't')
        return true;
    const bool times_out = chosen.kind == 't' && thread.is_blocked();
    if (times_out)
        state_.step(thread, {action::time_out, 0});

    const bool slept = sleeps(thread.here.call) && thread.here.when == phase::after;
    sleeps_here_ = !thread.has_ended && (slept || times_out);
    sleeps_ = (&thread == current_ ? sleeps_ : 0) + sleeps_here_;
    current_ = &thread;
    return chosen.kind == 't' && !times_out;
}

void exploration::schedule_run::add_departures(const std::vector<option>& others)
{
    for (const auto& other : others) {
        auto further = path_;
        further.prefix.push_back({other.thread->letter, other.kind, {}});
        further.preemptions += other.cost;
        further.kills += other.kind == '!';
        all_.add(std::move(further));
    }
}

exploration::schedule_run::result exploration::schedule_run::fail(std::string word,
                                                                  const std::string& text)
{
    failure_ = {std::move(word), text + "\n\n" + controlled_.timeline(), controlled_.schedule()};
    return result::failed;
}

exploration::schedule_run::result exploration::schedule_run::carry_out()
try {
    settings_.start_(controlled_);
    const bool explores = !is_random_ && settings_.runs_ == 0;
    for (std::size_t i = 0;; ++i) {
        const bool follows = i < wanted_.prefix.size();
        const auto choices = options();
        auto others = explores && !follows ? kills() : std::vector<option>();
        if (choices.empty() && !follows) {
            add_departures(others);
            return result::ended;
        }
        if (i >= settings_.steps_)
            return fail("livelock suspected",
                        "after " + std::to_string(i) + " steps nobody has ended");

        const auto chosen = follows ? wanted_option(i, choices) : choose(choices, i);
        if (!chosen)
            return fail("non-deterministic", "a step that was possible before is not: the programs "
                                             "do not depend on the schedule alone");
        if (explores && !follows)
            for (const auto& choice : choices)
                if (choice.thread != chosen->thread || choice.kind != chosen->kind)
                    others.push_back(choice);

        const bool in_vain = make(*chosen);
        const bool has_departed = i + 1 == wanted_.prefix.size();
        if (has_departed && in_vain)
            return result::led_back;
        const auto stop = describe_stop(*chosen->thread);
        if (follows && !has_departed && wanted_.prefix[i].outcome != stop)
            return fail("non-deterministic", "a step led to another call than before: the programs "
                                             "do not depend on the schedule alone");
        if (!in_vain)
            add_departures(others);
        path_.prefix.push_back({chosen->thread->letter, chosen->kind, stop});
    }
} catch (const schedule_error& error) {
    failure_ = {"uncontrolled", error.what(), controlled_.schedule()};
    return result::failed;
} catch (const std::exception& error) {
    return fail("error", error.what());
}

} // namespace interleave
