// Right protocols: no order within the bound shows a fault, and the orders are all that there are.
#include "explore_pair.h"
#include "interleave/execution.h"
#include "interleave/explore.h"
#include "pair_models.h"

#include <gtest/gtest.h>

using namespace interleave;

namespace {

auto right_prints(const char* expected)
{
    return [=](const execution& run) { EXPECT_EQ(run.process("right").output(), expected); };
}

} // namespace

TEST(ExplorerPasses, PingPongWithAutoResetEvents)
{
    const auto result = explore_pair(L"ping_pong").preemptions(1).check(right_prints("0\n1\n2\n"));

    expect_count(17, result, pair_models::ping_pong(), {.preemptions = 1});
}

TEST(ExplorerPasses, DEEP_PingPongWithAutoResetEvents)
{
    const auto result = explore_pair(L"ping_pong").preemptions(3).check(right_prints("0\n1\n2\n"));

    expect_count(369, result, pair_models::ping_pong(), {.preemptions = 3});
}

TEST(ExplorerPasses, AResetBeforeTheRequest)
{
    const auto result = explore_pair(L"reset_before_reply").preemptions(1).check(nothing);

    expect_count(11, result, pair_models::reset_before_reply(), {.preemptions = 1});
}

TEST(ExplorerPasses, DEEP_AResetBeforeTheRequestInEveryOrder)
{
    const auto result = explore_pair(L"reset_before_reply").check(nothing);

    expect_count(235, result, pair_models::reset_before_reply());
}

TEST(ExplorerPasses, ASemaphoreRing)
{
    const auto result =
        explore_pair(L"semaphore_ring").preemptions(1).check(right_prints("0\n1\n2\n3\n"));

    expect_count(37, result, pair_models::semaphore_ring(), {.preemptions = 1});
}

TEST(ExplorerPasses, DEEP_ASemaphoreRing)
{
    const auto result =
        explore_pair(L"semaphore_ring").preemptions(2).check(right_prints("0\n1\n2\n3\n"));

    expect_count(404, result, pair_models::semaphore_ring(), {.preemptions = 2});
}

TEST(ExplorerPasses, ATimedRetryWithSequenceNumbers)
{
    const auto result = explore_pair(L"timed_retry").preemptions(1).check(right_prints("1\n2\n"));

    expect_count(13, result, pair_models::timed_retry(2), {.preemptions = 1});
}

TEST(ExplorerPasses, ATimedRetryWhoseWaitsTimeOutAtAnyMoment)
{
    const auto result = explore_pair(L"timed_retry_once")
                            .preemptions(0)
                            .time_outs(time_outs::any)
                            .check(right_prints("1\n"));

    expect_count(12, result, pair_models::timed_retry(1),
                 {.preemptions = 0, .time_out_at_any_moment = true});
}

TEST(ExplorerPasses, DEEP_ATimedRetryOfTwoWhoseWaitsTimeOutAtAnyMoment)
{
    const auto result = explore_pair(L"timed_retry")
                            .preemptions(0)
                            .time_outs(time_outs::any)
                            .check(right_prints("1\n2\n"));

    expect_count(60, result, pair_models::timed_retry(2),
                 {.preemptions = 0, .time_out_at_any_moment = true});
}

TEST(ExplorerPasses, DEEP_ATimedRetryOfOneWhoseWaitsTimeOutAtAnyMoment)
{
    const auto result = explore_pair(L"timed_retry_once")
                            .preemptions(1)
                            .time_outs(time_outs::any)
                            .check(right_prints("1\n"));

    expect_count(156, result, pair_models::timed_retry(1),
                 {.preemptions = 1, .time_out_at_any_moment = true});
}
