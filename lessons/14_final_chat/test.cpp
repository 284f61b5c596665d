#include "interleave/execution.h"
#include "interleave/explore.h"
#include "interleave/matchers.h"
#include "testing/programs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace interleave;
using winipc::testing::program;

TEST(Draft, TwoLinesArrive)
{
    execution run{program("parent"), input("first\nsecond\n")};

    run.run_to_end();

    EXPECT_EQ(run.process("child").output(), "first\nsecond\n") << run.timeline();
    EXPECT_THAT(run.process("parent"), ended_with(0)) << run.timeline();
    EXPECT_THAT(run.process("child"), ended_with(0)) << run.timeline();
    EXPECT_THAT(run.process("parent").open_handles(), ::testing::IsEmpty()) << run.timeline();
    std::cout << run.timeline();
}

TEST(Draft, CtrlC)
{
    for (int n = 1;; ++n) {
        execution run{program("parent"), input("first\nsecond\n")};
        auto& parent = run.process("parent");
        for (int i = 0; i < n && !parent.has_ended(); ++i) {
            if (parent.is_blocked()) { run.run_until_stuck(); break; }
            parent.step();
        }
        if (parent.has_ended()) break;
        std::cout << n << " " << parent.position() << std::endl;
        parent.ctrl_c();
        run.run_until_stuck();
        EXPECT_TRUE(parent.has_ended()) << run.timeline();
        if (n == 20) std::cout << run.timeline();
        if (n > 70) break;
    }
}

TEST(Draft, Explore)
{
    for (int p = 0; p < 3; ++p) {
    const auto start = std::chrono::steady_clock::now();
    const auto result = explore(program("parent"), input("one\ntwo\n")).preemptions(p).check([](const execution& run) { EXPECT_EQ(run.process("child").output(), "one\ntwo\n"); });
    EXPECT_TRUE(result.passed()) << result.first_failure();
    std::cout << p << " " << result.schedules() << " " << std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() << std::endl;
    }
}

TEST(Draft, Kill)
{
    for (const auto* who : {"parent", "child"}) {
    const auto start = std::chrono::steady_clock::now();
    const auto result = explore(program("parent"), input("one\ntwo\n")).kill(who).preemptions(0).check([](const execution& run) {
        EXPECT_THAT("one\ntwo\n", ::testing::StartsWith(run.has_process("child") ? run.process("child").output() : "")); });
    EXPECT_TRUE(result.passed()) << result.first_failure();
    std::cout << who << " " << result.schedules() << " " << std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() << std::endl;
    }
}
