// What the page of lesson 8 shows of programs that run together.
#include "capture.h"
#include "interleave/execution.h"
#include "interleave/explore.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

using namespace interleave;
using capture::program;
using capture::save;

TEST(Lesson08, TheChildIsSlow)
{
    execution run{program("solution07/parent"), input("only\n")};
    auto& parent = run.process("parent");
    parent.run_to(after("ResetEvent").nth(2));
    run.process("child").run_until_blocked();
    parent.run_to_end();

    EXPECT_EQ(run.process("child").output(), "") << run.timeline();
    save("08/timeline.txt", run.timeline());
}

TEST(Lesson08, TheExplorerFindsTheLostLine)
{
    const auto explored = [](std::string_view parent) {
        return explore([=](execution& run) {
                   run.start(program(parent), input("only\n")).run_to(after("CreateProcessW"));
                   run.process("child").run_to(before("WaitForSingleObject"));
               })
            .may_wait_forever("child")
            .preemptions(2)
            .check(
                [](const execution& run) { EXPECT_EQ(run.process("child").output(), "only\n"); });
    };

    const auto with_reset = explored("solution07/parent");
    EXPECT_FALSE(with_reset.passed());
    save("08/failure.txt", with_reset.first_failure());

    const auto without = explored("solution08/parent");
    EXPECT_TRUE(without.passed()) << without.first_failure();
    save("08/explored.txt",
         std::to_string(without.schedules()) + " schedules, and the line arrives in each\n");
}
