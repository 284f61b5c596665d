#include "controller/execution_state.h"
#include "interleave/execution.h"
#include "shared/calls.h"
#include "shared/protocol.h"

#include <windows.h>

#include <algorithm>
#include <cstddef>
#include <string>

// What a script asks for in one line: many steps, and a clear word when it cannot be done.

namespace interleave {

using protocol::action;

namespace {

bool can_fail(function call)
{
    return facts(call).fails_with != failure::none;
}

// An access to memory names the section and the offset; the target may leave the offset out.
bool matches(const event& here, const std::string& object)
{
    return object.empty() || here.object == object ||
           (is_memory_access(here.call) && here.object.starts_with(object + "+"));
}

} // namespace

void execution_state::run_to(thread_state& thread, const point& target)
{
    const auto target_name =
        (target.is_after ? "after " : "before ") + target.call +
        (target.object.empty() ? "" : " " + target.object) +
        (target.count > 1 ? " (" + std::to_string(target.count) + " times)" : "");
    auto remaining = target.count;
    for (std::size_t i = 0; i < step_limit; ++i) {
        if (thread.is_blocked() && !thread.may_proceed)
            fail_schedule(thread.process->name + " does not get to the point " + target_name +
                          ": it is " + position(thread));
        step(thread);
        if (thread.has_ended) {
            const auto errors = read_file(thread.process->error_output, true);
            fail_schedule(thread.process->name + " does not get to the point " + target_name +
                          ": it has " + position(*thread.process) +
                          (errors.empty() ? "" : "\nit wrote on stderr: " + errors));
        }
        const auto& here = thread.here;
        const bool is_there = name_of(here.call) == target.call &&
                              here.when == (target.is_after ? phase::after : phase::before) &&
                              matches(here, target.object);
        if (is_there && --remaining == 0)
            return;
    }
    fail_schedule(thread.process->name + " made " + std::to_string(step_limit) +
                  " steps without getting to the point " + target_name + ": it is " +
                  position(thread));
}

void execution_state::run_until_blocked(thread_state& thread)
{
    for (std::size_t i = 0; i < step_limit; ++i) {
        if (thread.is_blocked() && !thread.may_proceed)
            return;
        if (thread.has_ended) {
            const auto errors = read_file(thread.process->error_output, true);
            fail_schedule(thread.process->name + " never blocks: it has " +
                          position(*thread.process) +
                          (errors.empty() ? "" : "\nit wrote on stderr: " + errors));
        }
        step(thread);
    }
    fail_schedule(thread.process->name + " never blocks: after " + std::to_string(step_limit) +
                  " steps it is still running, " + position(thread));
}

void execution_state::run_to_end(thread_state& thread)
{
    for (std::size_t i = 0; i < step_limit; ++i) {
        if (thread.has_ended)
            return;
        if (thread.is_blocked() && !thread.may_proceed) {
            const bool nobody_else = std::ranges::none_of(
                threads_, [](const thread_state& other) { return other.is_enabled(); });
            if (thread.wait_limit() == INFINITE || !nobody_else)
                fail_schedule(thread.process->name + " does not run to its end: it is " +
                              position(thread));
            time_out(thread);
            continue;
        }
        step(thread);
    }
    fail_schedule(thread.process->name + " does not end: after " + std::to_string(step_limit) +
                  " steps it is still running, " + position(thread));
}

void execution_state::time_out(thread_state& thread)
{
    if (!thread.is_blocked() || thread.wait_limit() == INFINITE)
        fail_schedule(thread.process->name + " has no wait that could time out: it is " +
                      position(thread));
    step(thread, {action::time_out, 0});
}

void execution_state::fail(thread_state& thread, DWORD code)
{
    if (thread.has_ended || thread.here.when != phase::before || !can_fail(thread.here.call))
        fail_schedule(thread.process->name + " stands before no call that could fail: it is " +
                      position(thread));
    step(thread, {action::fail, code});
}

bool execution_state::is_stuck() const
{
    const auto is_live = [](const thread_state& thread) { return !thread.has_ended; };
    const auto can_go_on = [](const thread_state& thread) {
        return thread.is_enabled() || (thread.is_blocked() && thread.wait_limit() != INFINITE);
    };
    return std::ranges::any_of(threads_, is_live) &&
           std::ranges::none_of(threads_,
                                [&](const auto& t) { return is_live(t) && can_go_on(t); });
}

void execution_state::run_until_stuck()
{
    for (std::size_t i = 0; i < step_limit; ++i) {
        // Whoever ran last goes on; else the first that can; else the shortest wait times out.
        auto* next = last_ && last_->is_enabled() ? last_ : nullptr;
        for (auto& thread : threads_)
            if (!next && thread.is_enabled())
                next = &thread;
        if (next && sleeps(next->here.call) && next->here.when == phase::after)
            for (auto& thread : threads_) // a sleep gives way to everybody else
                if (&thread != next && thread.is_enabled()) {
                    next = &thread;
                    break;
                }
        if (next) {
            step(*next);
            continue;
        }
        for (auto& thread : threads_)
            if (thread.is_blocked() && thread.wait_limit() != INFINITE &&
                (!next || thread.wait_limit() < next->wait_limit()))
                next = &thread;
        if (!next)
            return;
        time_out(*next);
    }
    fail_schedule("after " + std::to_string(step_limit) +
                  " steps nobody has ended: a livelock is suspected");
}

} // namespace interleave
