// What the page of lesson 11 shows of programs that run together.
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

TEST(Lesson11, TheEndIsAMessage)
{
    execution run;
    run.alias("event #1", "stop");
    run.start(program("solution11/parent"), input("hello\n"));
    run.run_to_end();

    EXPECT_THAT(run.process("parent"), ended_with(0)) << run.timeline();
    EXPECT_THAT(run.process("child"), ended_with(0)) << run.timeline();
    save("11", run, {"parent", "child"});
}

TEST(Lesson11, TheLastMessageOfAParentThatDies)
{
    execution run;
    run.alias("event #1", "stop");
    auto& parent = run.start(program("solution11/parent"), input("hello\n"));
    parent.run_until_blocked();
    auto& child = run.process("child");
    child.run_to(after("SetEvent"));
    parent.run_to(after("SetEvent"));
    parent.kill();
    run.run_to_end();

    EXPECT_EQ(child.output(), "hello\n") << run.timeline();
    EXPECT_THAT(child, ended_with(2)) << run.timeline();
    save("11/dead.txt", run.timeline());
}

TEST(Lesson11, EveryOrderEnds)
{
    const auto explored = [](const std::string& victim, int preemptions) {
        auto search = explore(program("solution11/parent"), input("one\ntwo\n"));
        if (!victim.empty())
            search.kill(victim);
        const auto result = search.preemptions(preemptions).check([](const execution&) {});
        EXPECT_TRUE(result.passed()) << result.first_failure();
        return std::to_string(result.schedules()) + " schedules\n";
    };

    save("11/explored.txt",
         "two lines, up to one preemption:            " + explored("", 1) +
             "the parent killed after each step:          " + explored("parent", 0) +
             "the child killed after each step:           " + explored("child", 0) +
             "both processes have ended in each\n");
}
