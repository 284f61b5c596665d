// What the page of lesson 13 shows of programs that run together.
#include "capture.h"
#include "interleave/execution.h"
#include "interleave/matchers.h"
#include "winipc/mapped_view.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

using namespace interleave;
using capture::from_call;
using capture::program;
using capture::save;

namespace {

// Runs until the parent has written its first line and told the child.
controlled_process& start_talk(execution& run, std::string_view parent_program,
                               std::string_view lines)
{
    run.alias("section #1", "slot");
    run.alias("event #2", "message-ready");
    run.alias("event #3", "slot-free");
    auto& parent = run.start(program(parent_program), input(lines));
    parent.run_to(after("CreateProcessW"));
    run.process("child").run_until_blocked();
    parent.run_until_blocked();
    return parent;
}

// The same for one line. Then the test changes four bytes of the slot.
void change_the_slot(execution& run, std::string_view parent_program, std::size_t offset,
                     std::uint32_t value)
{
    auto& parent = start_talk(run, parent_program, "hello\n");
    const winipc::mapped_view view(parent.duplicate("slot").get(), FILE_MAP_WRITE);
    std::memcpy(view.as<char>() + offset, &value, sizeof value);
}

} // namespace

TEST(Lesson13, AChildThatTrustsTheSlotCrashes)
{
    execution run;
    change_the_slot(run, "solution12/parent", 4, 0x0400'0000); // the length
    run.run_until_stuck();

    EXPECT_TRUE(run.process("child").crash()) << run.timeline();
    save("13/crash.txt", from_call(run, "SetEvent", "message-ready"));
}

TEST(Lesson13, AChildThatChecksReportsNonsense)
{
    execution run;
    change_the_slot(run, "solution13/parent", 16, 0xFFFF'FFFF); // the size
    run.run_until_stuck();

    EXPECT_THAT(run.process("child"), ended_with(4)) << run.timeline();
    save("13/refused.txt", from_call(run, "SetEvent", "message-ready"));
    save("13/child_error.txt", run.process("child").error_output());
    save("13/parent_error.txt", run.process("parent").error_output());
}

TEST(Lesson13, EachFieldIsReadOnce)
{
    execution run;
    change_the_slot(run, "solution13/parent", 12, 1); // the number, which it has already
    auto& child = run.process("child");
    child.memory_points("slot", 0, 20);
    std::string accesses;
    do {
        child.step();
        if (child.call() == "read")
            accesses += child.position() + '\n';
    } while (!child.has_ended() && !child.is_blocked());

    save("13/reads.txt", accesses);
}

TEST(Lesson13, AParentThatWaitsForALineIsBlind)
{
    execution run;
    auto& parent = start_talk(run, "solution13/parent", "hello\nworld\n");
    run.process("child").run_until_blocked();
    parent.run_to(after("WaitForMultipleObjects")); // now the prompt, and the next line
    run.process("child").kill();
    run.run_until_stuck();

    EXPECT_THAT(parent, ended_with(2)) << run.timeline();
    save("13/blind.txt", from_call(run, "SetEvent", "message-ready"));
}
