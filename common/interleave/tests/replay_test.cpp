// A schedule can be carried out again, and it is noticed when that fails.
#include "interleave/execution.h"
#include "interleave/matchers.h"
#include "pair_run.h"
#include "testing/programs.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

using namespace interleave;
using ::testing::HasSubstr;
using winipc::testing::program;

namespace {

std::string error_of_replay(execution& run, const std::string& schedule)
{
    try {
        run.replay(schedule);
    } catch (const schedule_error& error) {
        return error.what();
    }
    return "no error at all";
}

} // namespace

TEST(Replay, TwentyOfTwentyShowTheSameBug)
{
    pair_run first(L"signal_before_write");
    first.left.run_to(after("SetEvent"));
    first.right.run_to_end();
    first.left.run_to_end();
    const auto schedule = first.run.schedule();
    const auto timeline = first.run.timeline();

    for (int i = 0; i < 20; ++i) {
        pair_run again(L"signal_before_write", false);
        again.run.replay(schedule);
        EXPECT_EQ(again.right.output(), "0\n");
        EXPECT_EQ(again.run.timeline(), timeline);
    }
}

TEST(Replay, RepeatsTimeOutsKillsAndFailures)
{
    pair_run first(L"timed_retry");
    first.left.run_until_blocked().time_out().run_until_blocked();
    first.right.run_to(before("WaitForSingleObject"));
    first.right.fail(ERROR_INVALID_HANDLE);
    first.right.run_to_end();
    first.left.kill(9);
    const auto schedule = first.run.schedule();

    pair_run again(L"timed_retry", false);
    again.run.replay(schedule);

    EXPECT_THAT(schedule, ::testing::MatchesRegex("v1:L\\d+R\\d+L\\d+LtL\\d+RRf6,R\\d+L!9,.*"));
    EXPECT_THAT(again.left, ended_with(9));
    EXPECT_EQ(again.run.timeline(), first.run.timeline());
}

TEST(Replay, NoticesAnotherProgram)
{
    pair_run first(L"late_reset");
    first.run.run_to_end();
    const auto schedule = first.run.schedule();

    pair_run other(L"ping_pong", false);

    EXPECT_THAT(error_of_replay(other.run, schedule), HasSubstr("divergence"));
}

TEST(Replay, RefusesWhatIsNoSchedule)
{
    execution run{program("scene"), arguments({L"sleep_for_an_hour"})};

    EXPECT_THAT(error_of_replay(run, "P12"), HasSubstr("a schedule starts with v1:"));
    EXPECT_THAT(error_of_replay(run, "v1:X3"), HasSubstr("divergence: X is not there"));
    EXPECT_THAT(error_of_replay(run, "v1:S!7"), HasSubstr("a code must end with a comma"));
}
