// What the page of lesson 10 shows of programs that run together.
#include "capture.h"
#include "interleave/execution.h"
#include "interleave/explore.h"
#include "interleave/matchers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

using namespace interleave;
using capture::program;
using capture::save;

TEST(Lesson10, TheOwnershipAlternates)
{
    execution run{program("solution10/parent"), input("first\nsecond\n")};
    run.run_until_stuck();

    EXPECT_EQ(run.process("child").output(), "first\nsecond\n") << run.timeline();
    save("10", run, {"parent", "child"});
}

TEST(Lesson10, EveryOrderDelivers)
{
    const auto explored = [](const std::string& lines) {
        const auto result = explore(program("solution10/parent"), input(lines))
                                .may_wait_forever("child")
                                .preemptions(2)
                                .check([=](const execution& run) {
                                    EXPECT_EQ(run.process("child").output(), lines);
                                });
        EXPECT_TRUE(result.passed()) << result.first_failure();
        return std::to_string(result.schedules());
    };

    const std::string two = "one\ntwo\n";
    const auto three = two + "three\n";
    save("10/explored.txt",
         "two lines, up to two preemptions:    " + explored(two) +
             " schedules\nthree lines, up to two preemptions:  " + explored(three) +
             " schedules\nall lines arrive in each, once and in order\n");
}

TEST(Lesson10, AChildThatDiesLeavesTheParentWaiting)
{
    execution run{program("solution10/parent"), input("first\nsecond\n")};
    auto& parent = run.process("parent");
    parent.run_until_blocked();
    run.process("child").run_until_blocked();
    parent.run_until_blocked();
    run.process("child").kill();
    run.run_until_stuck();

    EXPECT_THAT(parent, is_blocked_in("WaitForSingleObject")) << run.timeline();
    save("10/dead.txt", run.timeline());
}
