// The explorer tries every order once: it counts what an independent model counts.
#include "explore_pair.h"
#include "interleave/execution.h"
#include "interleave/explore.h"
#include "interleave/model.h"
#include "pair_models.h"
#include "testing/programs.h"

#include <gtest/gtest.h>

using namespace interleave;
using winipc::testing::program;
namespace model = interleave::model;

TEST(GoldenCounts, TwoThatAreIndependentGoInEveryOrder)
{
    const auto result = explore_pair(L"independent").check(nothing);

    expect_count(70, result, pair_models::independent()); // 4 steps each: 8 over 4
}

TEST(GoldenCounts, ABoundLimitsThePreemptions)
{
    const auto result = explore_pair(L"independent_twice").preemptions(1).check(nothing);

    expect_count(12, result, pair_models::independent_twice(), {.preemptions = 1});
}

TEST(GoldenCounts, DEEP_SixStepsEachGoInEveryOrder)
{
    const auto result = explore_pair(L"independent_twice").check(nothing);

    expect_count(924, result, pair_models::independent_twice()); // 12 over 6
}

TEST(GoldenCounts, ADeadlockIsAnEndLikeOthersWhereItIsAllowed)
{
    const auto result =
        explore_pair(L"late_reset").preemptions(1).may_wait_forever("left").check(nothing);

    expect_count(13, result, pair_models::late_reset(), {.preemptions = 1});
}

TEST(GoldenCounts, ASleeperGivesWayForFreeAndAfterTheSecondSleepMust)
{
    const auto result = explore_pair(L"sleep_twice").preemptions(1).check(nothing);

    expect_count(20, result, pair_models::sleep_twice(), {.preemptions = 1});
}

// The other one tries its wait while the sleeper sleeps: that is no step, and no reason to begin
// counting sleeps again.
TEST(GoldenCounts, AWaitInVainIsNoStep)
{
    const auto result = explore_pair(L"sleep_set_sleep").preemptions(0).check(nothing);

    expect_count(4, result, pair_models::sleep_set_sleep(), {.preemptions = 0});
}

TEST(GoldenCounts, AFiniteWaitMayTimeOutAtAnyMomentAtWhichItIsNotSatisfied)
{
    const auto result =
        explore_pair(L"pulse").preemptions(1).time_outs(time_outs::any).check(nothing);

    expect_count(47, result, pair_models::pulse(),
                 {.preemptions = 1, .time_out_at_any_moment = true});
}

TEST(GoldenCounts, ThreeThatEndAtOnce)
{
    const auto three = [](execution& run) {
        for (int i = 0; i < 3; ++i)
            run.start(program("scene"), arguments({L"exit_with_7"}));
    };

    const auto result = explore(three).preemptions(1).check(nothing);

    expect_count(24, result, {{}, {{}, {}, {}}, 3}, {.preemptions = 1});
}

// The second waits in vain for the first; the sleeper must give way to the third.
TEST(GoldenCounts, OfThreeASleeperGivesWayToTheOneThatCanGoOn)
{
    const auto three = [](execution& run) {
        run.start(program("left"), arguments({L"sleep_twice_then_set"}));
        run.start(program("right"), arguments({L"sleep_twice_then_set"}));
        run.start(program("left"), arguments({L"nothing"}));
        run.process("left").run_to(after("MapViewOfFile"));
        run.process("right").run_to(after("MapViewOfFile"));
        run.process("left", 2).run_to(after("MapViewOfFile"));
    };

    const auto result = explore(three).preemptions(0).check(nothing);

    using namespace model;
    expect_count(18, result,
                 {{manual_reset()}, {{sleep(), sleep(), set(0)}, {model::wait(0)}, {}}, 3},
                 {.preemptions = 0});
}

TEST(GoldenCounts, AChildTakesPartFromItsStart)
{
    const auto result = explore(program("scene"), arguments({L"signal_child"})).check(nothing);

    using namespace model;
    expect_count(13, result,
                 {{auto_reset()}, {{start(1), set(0), wait_for_end(1)}, {model::wait(0)}}, 1});
}

TEST(GoldenCounts, AKillComesAfterEachStepThatAnybodyMakes)
{
    const auto two = [](execution& run) {
        run.start(program("scene"), arguments({L"exit_with_7"}));
        run.start(program("scene"), arguments({L"exit_with_7"}));
    };

    const auto result = explore(two).kill("scene").check(nothing);

    expect_count(15, result, {{}, {{}, {}}}, {.killed = 0}); // 6 orders, and 9 with a kill
}

// Calls that close something are places for a kill, though nobody else goes on there.
TEST(GoldenCounts, DEEP_AKillComesBetweenCallsThatCloseSomething)
{
    const auto result = explore_pair(L"ping_pong")
                            .preemptions(0)
                            .kill("right")
                            .may_wait_forever("left")
                            .check(nothing);

    expect_count(79, result, pair_models::with_closing_calls(pair_models::ping_pong()),
                 {.preemptions = 0, .killed = 1});
}
