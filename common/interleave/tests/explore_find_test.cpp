// Known bugs: exploring finds each at the number of preemptions that it needs, and at none lower.
#include "explore_pair.h"
#include "interleave/execution.h"
#include "interleave/model.h"
#include "pair_models.h"
#include "pair_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace interleave;
using ::testing::AnyOf;
using ::testing::HasSubstr;
namespace model = interleave::model;

namespace {

auto right_prints(const char* expected)
{
    return [=](const execution& run) { EXPECT_EQ(run.process("right").output(), expected); };
}

// Which ends the model is to take for bad ones.
auto right_has_not_printed(const char* expected)
{
    return [=](const model::ending& ending) { return ending.outputs[1] != expected; };
}

} // namespace

TEST(ExplorerFinds, ALateResetWithOnePreemption)
{
    const auto below = explore_pair(L"late_reset").preemptions(0).check(nothing);
    const auto result = explore_pair(L"late_reset").preemptions(1).check(nothing);

    EXPECT_TRUE(below.passed()) << below.first_failure();
    EXPECT_EQ(result.verdict(), "deadlock");
    EXPECT_EQ(result.preemptions(), 1);
    EXPECT_EQ(model::enumerate(pair_models::late_reset()).fewest_preemptions_of_bad, 1);
}

TEST(ExplorerFinds, AResetAfterASleepWithNone)
{
    const auto result = explore_pair(L"set_sleep_reset").preemptions(0).check(nothing);

    EXPECT_EQ(result.verdict(), "deadlock");
    EXPECT_EQ(result.preemptions(), 0);
    EXPECT_EQ(model::enumerate(pair_models::set_sleep_reset()).fewest_preemptions_of_bad, 0);
}

// Were there no points after calls, no number of preemptions would show it.
TEST(ExplorerFinds, ASignalBeforeTheWriteWithOnePreemption)
{
    const auto expected = right_prints("42\n");
    const auto below = explore_pair(L"signal_before_write").preemptions(0).check(expected);
    const auto result = explore_pair(L"signal_before_write").preemptions(1).check(expected);

    EXPECT_TRUE(below.passed()) << below.first_failure();
    EXPECT_EQ(result.verdict(), "check failed");
    EXPECT_EQ(result.preemptions(), 1);
    EXPECT_EQ(
        model::enumerate(pair_models::signal_before_write(), {}, right_has_not_printed("42\n"))
            .fewest_preemptions_of_bad,
        1);
}

TEST(ExplorerFinds, ASlotReusedWithoutAcknowledgementWithNoPreemption)
{
    const auto result =
        explore_pair(L"no_acknowledgement").preemptions(0).check(right_prints("1\n2\n"));

    EXPECT_EQ(result.verdict(), "deadlock");
    EXPECT_EQ(result.preemptions(), 0);
    EXPECT_EQ(model::enumerate(pair_models::no_acknowledgement()).fewest_preemptions_of_bad, 0);
}

TEST(ExplorerFinds, AKilledPeerForWhichTheOtherWaitsForEver)
{
    const auto without_kill = explore_pair(L"ping_pong").preemptions(0).check(nothing);
    const auto result = explore_pair(L"ping_pong").preemptions(0).kill("right").check(nothing);

    EXPECT_TRUE(without_kill.passed()) << without_kill.first_failure();
    EXPECT_EQ(result.verdict(), "deadlock");
    EXPECT_THAT(result.failing_schedule(), HasSubstr("R!1,"));
    EXPECT_EQ(model::enumerate(pair_models::ping_pong(), {.killed = 1}).fewest_preemptions_of_bad,
              0);
}

TEST(ExplorerFinds, AnAbandonedMutexTakenForSuccess)
{
    const auto whole_message = [](const execution& run) {
        EXPECT_THAT(run.process("right").output(), AnyOf("0 0\n", "1 1\n"));
    };
    const auto without_kill = explore_pair(L"abandoned_mutex").preemptions(1).check(whole_message);
    const auto result =
        explore_pair(L"abandoned_mutex").preemptions(0).kill("left").check(whole_message);

    EXPECT_TRUE(without_kill.passed()) << without_kill.first_failure();
    EXPECT_EQ(without_kill.schedules(), 14U);
    EXPECT_EQ(result.verdict(), "check failed");
    EXPECT_THAT(result.first_failure(), HasSubstr("-> abandoned"));
    EXPECT_EQ(
        model::enumerate(pair_models::abandoned_mutex(), {.preemptions = 1, .killed = 0},
                         [](const model::ending& ending) { return ending.outputs[1] == "1\n0\n"; })
            .fewest_preemptions_of_bad,
        0);
}

TEST(ExplorerFinds, ASpinOnATimedWait)
{
    const auto result = explore_pair(L"timed_spin").preemptions(0).steps(200).check(nothing);

    EXPECT_EQ(result.verdict(), "livelock suspected");
    EXPECT_THAT(result.first_failure(), HasSubstr("after 200 steps nobody has ended"));
}

TEST(ExplorerFinds, WhatNeedsThreePreemptionsWithThreeAndNotWithTwo)
{
    const auto never_all_five = [](const execution& run) {
        EXPECT_EQ(run.process("left").output(), "not all\n");
    };
    const auto below = explore_pair(L"five_in_turn").preemptions(2).check(never_all_five);
    const auto result = explore_pair(L"five_in_turn").preemptions(3).check(never_all_five);

    EXPECT_TRUE(below.passed()) << below.first_failure();
    EXPECT_EQ(below.schedules(), 40U);
    EXPECT_EQ(result.verdict(), "check failed");
    EXPECT_EQ(result.preemptions(), 3);
    EXPECT_EQ(model::enumerate(pair_models::five_in_turn(), {},
                               [](const model::ending& ending) { return ending.shared[0] == 5; })
                  .fewest_preemptions_of_bad,
              3);
}

// All 70 schedules would have to go through by chance.
TEST(ExplorerFinds, AProgramThatDependsOnChance)
{
    const auto result = explore_pair(L"random_call").check(nothing);

    EXPECT_EQ(result.verdict(), "non-deterministic");
}
