#include "testing/steps.h"

#include "interleave/execution.h"

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

namespace winipc::testing {

void let_wait(const interleave::execution& run, interleave::controlled_process& process,
              std::string_view object)
{
    const auto wanted =
        ("the " + process.name() + " should wait for ").append(object).append(" here; ");
    try {
        process.run_until_blocked();
    } catch (const interleave::schedule_error& error) {
        throw std::runtime_error(wanted + error.what());
    }
    if (process.position().find(object) == std::string::npos)
        throw std::runtime_error(wanted + "it is " + process.position() + "\n" + run.timeline());
}

void step_while_it_can(interleave::controlled_process& process)
{
    while (!process.has_ended() && !process.is_blocked())
        process.step();
}

void run_until_ended(interleave::execution& run, std::initializer_list<std::string_view> names)
{
    run.run_until_stuck();
    for (const auto name : names)
        if (run.has_process(name) && !run.process(name).has_ended())
            throw std::runtime_error("the " + std::string(name) +
                                     " should have ended, and nobody can go on: it is " +
                                     run.process(name).position() + "\n" + run.timeline());
}

void run_with_a_fast_child(interleave::execution& run, int lines)
{
    run.step_limit(500);
    auto& parent = run.process("parent");
    for (int i = 0; i < lines; ++i) {
        parent.run_to(interleave::after("SetEvent"));
        run.process("child").run_until_blocked();
    }
    parent.run_to_end();
    run.process("child").run_until_blocked();
}

std::string choices_of(const std::string& schedule)
{
    const auto begin = schedule.find(':') + 1;
    return schedule.substr(begin, schedule.rfind('.') - begin);
}

} // namespace winipc::testing
