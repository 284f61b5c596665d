// Known protocols between two processes: each bug is shown by a script, each good one passes it.
#include "interleave/execution.h"
#include "interleave/matchers.h"
#include "interleave/record.h"
#include "pair_run.h"
#include "recorded.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace interleave;
using ::testing::Contains;
using ::testing::StartsWith;

TEST(MustFind, ALateResetErasesTheReply)
{
    pair_run pair(L"late_reset");

    pair.left.run_to(after("SetEvent"));
    pair.right.run_to_end();
    pair.left.run_until_blocked();

    EXPECT_THAT(pair.left, is_blocked_in("WaitForSingleObject")) << pair.run.timeline();
    EXPECT_TRUE(pair.run.deadlocked());
}

TEST(MustPass, AResetBeforeTheRequestDoesNot)
{
    pair_run pair(L"reset_before_reply");

    pair.left.run_to(after("SetEvent"));
    pair.right.run_to_end();
    pair.left.run_to_end();

    EXPECT_THAT(pair.left, ended_with(0)) << pair.run.timeline();
}

TEST(MustFind, ASleepDoesNotKeepASignal)
{
    pair_run pair(L"set_sleep_reset");

    pair.left.run_to_end();
    pair.right.run_until_blocked();

    EXPECT_TRUE(pair.run.deadlocked()) << pair.run.timeline();
}

// What makes it visible is the point after SetEvent: without it the write would belong to the call.
TEST(MustFind, ASignalBeforeTheWriteShowsTheOldValue)
{
    pair_run pair(L"signal_before_write");

    pair.left.run_to(after("SetEvent"));
    pair.right.run_to_end();
    pair.left.run_to_end();

    EXPECT_EQ(pair.right.output(), "0\n") << pair.run.timeline();
}

TEST(MustFind, ASlotReusedWithoutAcknowledgementLosesAMessage)
{
    pair_run pair(L"no_acknowledgement");

    pair.left.run_to_end();
    pair.right.run_until_blocked();

    EXPECT_EQ(pair.right.output(), "2\n") << pair.run.timeline();
    EXPECT_TRUE(pair.run.deadlocked());
}

TEST(MustFind, AKilledPeerLeavesTheOtherWaitingForEver)
{
    pair_run pair(L"ping_pong");

    pair.left.run_until_blocked();
    pair.right.run_to(before("SetEvent"));
    pair.right.kill();
    pair.left.run_until_blocked();

    EXPECT_TRUE(pair.run.deadlocked()) << pair.run.timeline();
}

TEST(MustFind, AnAbandonedMutexTakenForSuccessShowsHalfAMessage)
{
    pair_run pair(L"abandoned_mutex");

    pair.left.run_to(before("SetEvent"));
    pair.left.kill();
    pair.right.run_to_end();

    EXPECT_EQ(pair.right.output(), "1 0\n") << pair.run.timeline();
    EXPECT_THAT(outcomes(pair.run, "WaitForSingleObject"), Contains(outcome::abandoned));
}

TEST(MustFind, ASpinOnATimedWaitIsALivelock)
{
    pair_run pair(L"timed_spin");
    pair.run.step_limit(200);

    try {
        pair.run.run_to_end();
        FAIL() << "nobody ever sets the event";
    } catch (const schedule_error& error) {
        EXPECT_THAT(error.what(), StartsWith("after 200 steps nobody has ended"));
    }
}

TEST(MustPass, PingPongDeliversInWhateverOrderTheyRun)
{
    pair_run left_first(L"ping_pong");
    left_first.run.run_to_end();
    EXPECT_EQ(left_first.right.output(), "0\n1\n2\n");

    pair_run right_first(L"ping_pong");
    right_first.right.run_until_blocked();
    right_first.run.run_to_end();
    EXPECT_EQ(right_first.right.output(), "0\n1\n2\n");
}

TEST(MustPass, ASemaphoreRingNeverOverwrites)
{
    pair_run pair(L"semaphore_ring");

    pair.left.run_until_blocked(); // the ring is full
    pair.right.run_to(after("ReleaseSemaphore"));
    pair.left.run_until_blocked();
    pair.run.run_to_end();

    EXPECT_EQ(pair.right.output(), "0\n1\n2\n3\n") << pair.run.timeline();
}

TEST(MustPass, ATimedRetryDeliversEachNumberOnce)
{
    pair_run pair(L"timed_retry");

    pair.left.run_until_blocked().time_out(); // sends again, though the first is on its way
    pair.left.run_until_blocked();
    pair.run.run_to_end();

    EXPECT_EQ(pair.right.output(), "1\n2\n") << pair.run.timeline();
}
