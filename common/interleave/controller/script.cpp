#include "controller/execution_state.h"
#include "controller/participants.h"
#include "controller/text.h"
#include "controller/wording.h"
#include "interleave/execution.h"
#include "interleave/kinds.h"
#include "shared/calls.h"

#include <windows.h>

#include <algorithm>
#include <cstddef>
#include <string>

// What a script asks for in one line: many steps, and a clear word when it cannot be done.

namespace interleave {
namespace {

bool can_fail(function call)
{
    return facts(call).fails_with != failure::none;
}

// Whether this thread's wait has been tried in vain, and nobody has acted since.
bool is_held_up(const thread_state& thread)
{
    return thread.is_blocked() && !thread.may_proceed;
}

std::string words_of(const point& target)
{
    return (target.is_after ? "after " : "before ") + target.call +
           (target.object.empty() ? "" : " " + target.object) +
           (target.count > 1 ? " (" + std::to_string(target.count) + " times)" : "");
}

// An access to memory names the section and the offset; the target may leave the offset out.
bool is_about(const object_list& objects, const event& here, const std::string& object)
{
    const auto meant = object_words(objects, here.objects);
    if (object.empty() || meant == object)
        return true;
    return is_memory_access(here.call) && object == meant + "+" + std::to_string(here.offset());
}

} // namespace

bool execution_state::is_at(const thread_state& thread, const point& target) const
{
    const auto& here = thread.here;
    return name_of(here.call) == target.call &&
           here.when == (target.is_after ? phase::after : phase::before) &&
           is_about(books_.objects().all(), here, target.object);
}

// How it has ended, and what it has said of that.
std::string execution_state::end_of(const process_state& process) const
{
    const auto errors = read_file(process.error_output, true);
    return books_.position(process) + (errors.empty() ? "" : "\nit wrote on stderr: " + errors);
}

void execution_state::run_to(thread_state& thread, const point& target)
{
    const auto& name = thread.process->name;
    auto remaining = target.count;
    for (std::size_t i = 0; i < step_limit; ++i) {
        if (is_held_up(thread))
            books_.fail(name + " does not get to the point " + words_of(target) + ": it is " +
                        books_.position(thread));
        turns_.step(thread);
        if (thread.has_ended)
            books_.fail(name + " does not get to the point " + words_of(target) + ": it has " +
                        end_of(*thread.process));
        if (is_at(thread, target) && --remaining == 0)
            return;
    }
    books_.fail(name + " made " + std::to_string(step_limit) +
                " steps without getting to the point " + words_of(target) + ": it is " +
                books_.position(thread));
}

void execution_state::run_until_blocked(thread_state& thread)
{
    const auto& name = thread.process->name;
    for (std::size_t i = 0; i < step_limit; ++i) {
        if (is_held_up(thread))
            return;
        if (thread.has_ended)
            books_.fail(name + " never blocks: it has " + end_of(*thread.process));
        turns_.step(thread);
    }
    books_.fail(name + " never blocks: after " + std::to_string(step_limit) +
                " steps it is still running, " + books_.position(thread));
}

void execution_state::run_to_end(thread_state& thread)
{
    const auto& name = thread.process->name;
    for (std::size_t i = 0; i < step_limit; ++i) {
        if (thread.has_ended)
            return;
        if (is_held_up(thread)) {
            const bool nobody_else = std::ranges::none_of(
                books_.threads(), [](const thread_state& other) { return other.is_enabled(); });
            if (thread.wait_limit() == INFINITE || !nobody_else)
                books_.fail(name + " does not run to its end: it is " + books_.position(thread));
            time_out(thread);
            continue;
        }
        turns_.step(thread);
    }
    books_.fail(name + " does not end: after " + std::to_string(step_limit) +
                " steps it is still running, " + books_.position(thread));
}

void execution_state::time_out(thread_state& thread)
{
    if (!thread.is_blocked() || thread.wait_limit() == INFINITE)
        books_.fail(thread.process->name + " has no wait that could time out: it is " +
                    books_.position(thread));
    turns_.step(thread, choice_kind::time_out);
}

void execution_state::fail(thread_state& thread, DWORD code)
{
    if (thread.has_ended || thread.here.when != phase::before || !can_fail(thread.here.call))
        books_.fail(thread.process->name + " stands before no call that could fail: it is " +
                    books_.position(thread));
    turns_.step(thread, choice_kind::fail, code);
}

bool execution_state::is_stuck() const
{
    const auto is_live = [](const thread_state& thread) { return !thread.has_ended; };
    const auto can_go_on = [](const thread_state& thread) {
        return thread.is_enabled() || (thread.is_blocked() && thread.wait_limit() != INFINITE);
    };
    return std::ranges::any_of(books_.threads(), is_live) &&
           std::ranges::none_of(books_.threads(),
                                [&](const auto& t) { return is_live(t) && can_go_on(t); });
}

// Whoever ran last goes on; else the first that can. A sleep gives way to everybody else.
thread_state* execution_state::next_to_run()
{
    auto* const last = turns_.last();
    auto* next = last && last->is_enabled() ? last : nullptr;
    for (auto& thread : books_.threads())
        if (!next && thread.is_enabled())
            next = &thread;
    if (next && sleeps(next->here.call) && next->here.when == phase::after)
        for (auto& thread : books_.threads())
            if (&thread != next && thread.is_enabled())
                return &thread;
    return next;
}

// The shortest wait of all.
thread_state* execution_state::next_to_time_out()
{
    thread_state* next = nullptr;
    for (auto& thread : books_.threads())
        if (thread.is_blocked() && thread.wait_limit() != INFINITE &&
            (!next || thread.wait_limit() < next->wait_limit()))
            next = &thread;
    return next;
}

void execution_state::run_until_stuck()
{
    for (std::size_t i = 0; i < step_limit; ++i) {
        if (auto* const next = next_to_run())
            turns_.step(*next);
        else if (auto* const late = next_to_time_out())
            time_out(*late);
        else
            return;
    }
    books_.fail("after " + std::to_string(step_limit) +
                " steps nobody has ended: a livelock is suspected");
}

} // namespace interleave
