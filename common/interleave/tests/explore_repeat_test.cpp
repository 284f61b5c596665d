// What an exploration finds is the same each time, and each failure can be shown again.
#include "explore_pair.h"
#include "interleave/execution.h"
#include "interleave/explore.h"
#include "interleave/record.h"
#include "pair_run.h"
#include "recorded.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

using namespace interleave;
using ::testing::HasSubstr;

namespace {

// Timelines by schedule.
std::map<std::string, std::string> traces_of(exploration explored)
{
    std::map<std::string, std::string> traces;
    const auto result =
        explored.check([&](const execution& run) { traces[run.schedule()] = run.timeline(); });
    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_EQ(result.schedules(), traces.size());
    return traces;
}

void expect_equal(const exploration_result& one, const exploration_result& other)
{
    EXPECT_EQ(one.schedules(), other.schedules());
    EXPECT_EQ(one.failing_schedule(), other.failing_schedule());
    EXPECT_EQ(one.first_failure(), other.first_failure()); // with the timeline
}

// Every failure's timeline ends its text.
void expect_replays(const wchar_t* name, const exploration_result& found, int times)
{
    ASSERT_FALSE(found.passed());
    for (int i = 0; i < times; ++i) {
        pair_run again(name, false);
        again.run.replay(found.failing_schedule());
        EXPECT_THAT(found.first_failure(), HasSubstr(again.run.timeline()));
    }
}

} // namespace

TEST(ExploringAgain, GivesEachScheduleTheSameTrace)
{
    const auto explored = explore_pair(L"reset_before_reply").preemptions(1);

    const auto first = traces_of(explored);
    const auto second = traces_of(explored);

    EXPECT_EQ(first.size(), 11U);
    EXPECT_EQ(first, second);
}

TEST(ExploringAgain, FindsTheSameHoweverManyRunAtOnce)
{
    auto explored = explore_pair(L"late_reset").preemptions(1);

    const auto alone = explored.at_once(1).check(nothing);
    const auto two = explored.at_once(2).check(nothing);

    EXPECT_EQ(alone.schedules(), 4U);
    expect_equal(alone, two);
}

TEST(ExploringAgain, CountsTheSameHoweverManyRunAtOnce)
{
    auto explored = explore_pair(L"reset_before_reply").preemptions(1);

    const auto alone = traces_of(explored.at_once(1));
    const auto three = traces_of(explored.at_once(3));

    EXPECT_EQ(alone, three);
}

TEST(ExploringAgain, FailsAtTheSameKillHoweverManyRunAtOnce)
{
    auto explored = explore_pair(L"ping_pong").preemptions(0).kill("right");

    const auto alone = explored.at_once(1).check(nothing);
    const auto two = explored.at_once(2).check(nothing);

    expect_equal(alone, two);
}

TEST(ExploringAtRandom, FindsALateResetWithinTwentyRunsAndTheSameOneAgain)
{
    auto explored = explore_pair(L"late_reset").random(1, 20);

    const auto first = explored.at_once(1).check(nothing);
    const auto second = explored.at_once(2).check(nothing);

    EXPECT_EQ(first.verdict(), "deadlock");
    expect_equal(first, second);
}

TEST(ExploringAtRandom, PassesWhatIsRight)
{
    const auto result = explore_pair(L"reset_before_reply").random(1, 10).check(nothing);

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_EQ(result.schedules(), 10U);
}

TEST(ExploringByPriorities, FindsALateResetWithinTwentyRunsAndTheSameOneAgain)
{
    auto explored = explore_pair(L"late_reset").pct(1, 20, 2);

    const auto first = explored.at_once(1).check(nothing);
    const auto second = explored.at_once(2).check(nothing);

    EXPECT_EQ(first.verdict(), "deadlock");
    expect_equal(first, second);
}

TEST(AFailureReplays, TwentyOfTwentyWithPreemptions)
{
    const auto found = explore_pair(L"late_reset").check(nothing);

    expect_replays(L"late_reset", found, 20);
}

TEST(AFailureReplays, WithAKill)
{
    const auto found = explore_pair(L"ping_pong").preemptions(0).kill("right").check(nothing);

    expect_replays(L"ping_pong", found, 2);
}

TEST(AFailureReplays, WithATimeOut)
{
    const auto found =
        explore_pair(L"pulse").time_outs(time_outs::any).check([](const execution& run) {
            EXPECT_THAT(outcomes(run, "WaitForSingleObject"),
                        ::testing::Not(::testing::Contains(outcome::timed_out)));
        });

    expect_replays(L"pulse", found, 2);
}

TEST(AFailureReplays, DEEP_EachOfThemTwentyOfTwenty)
{
    const auto output_of_right = [](const char* wrong) {
        return [=](const execution& run) { EXPECT_NE(run.process("right").output(), wrong); };
    };
    const auto output_of_left = [](const execution& run) {
        EXPECT_EQ(run.process("left").output(), "not all\n");
    };
    const auto of = [](const wchar_t* name) {
        return explore_pair(name).preemptions(3).steps(200);
    };

    expect_replays(L"set_sleep_reset", of(L"set_sleep_reset").check(nothing), 20);
    expect_replays(L"signal_before_write", of(L"signal_before_write").check(output_of_right("0\n")),
                   20);
    expect_replays(L"no_acknowledgement", of(L"no_acknowledgement").check(nothing), 20);
    expect_replays(L"ping_pong", of(L"ping_pong").kill("right").check(nothing), 20);
    expect_replays(L"abandoned_mutex",
                   of(L"abandoned_mutex").kill("left").check(output_of_right("1 0\n")), 20);
    expect_replays(L"timed_spin", of(L"timed_spin").check(nothing), 20);
    expect_replays(L"five_in_turn", of(L"five_in_turn").check(output_of_left), 20);
}
