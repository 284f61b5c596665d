// Every order, and a kill anywhere; and what this lesson leaves open.
#include "interleave/execution.h"
#include "interleave/explore.h"
#include "interleave/matchers.h"
#include "talk.h"
#include "testing/lines.h"
#include "testing/programs.h"
#include "testing/slow_tests.h"
#include "testing/steps.h"
#include "winipc/peer.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>

namespace shutdown {

using namespace interleave;
using namespace winipc::testing;
using ::testing::AnyOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

namespace {

// What must hold at the end of a talk, in which one of the two may have been killed.
void expect_sound_end(const execution& run, std::size_t count)
{
    const auto& parent = run.process("parent");
    if (!run.has_process("child"))
        return; // the parent was killed before
    const auto& child = run.process("child");
    const auto sent = messages_sent(run);
    const bool parent_was_killed = parent.exit_code() == 1;
    if (parent_was_killed) {
        EXPECT_EQ(child.output(), lines(std::min(sent, count))) << "what was sent is printed";
        if (sent > 0) {
            EXPECT_THAT(child,
                        ended_with(sent > count ? winipc::all_went_well : winipc::peer_has_died))
                << child.error_output();
        }
    } else if (child.exit_code() != winipc::all_went_well) { // it was killed
        EXPECT_THAT(parent, ended_with(winipc::peer_has_died)) << parent.error_output();
        EXPECT_THAT(lines(count), StartsWith(child.output()));
        EXPECT_THAT(child.output(), AnyOf("", EndsWith("\n"))) << "complete lines only";
    } else {
        EXPECT_EQ(child.output(), lines(count));
        EXPECT_THAT(parent, ended_with(winipc::all_went_well)) << parent.error_output();
    }
}

exploration talk_with_a_kill(const char* victim, std::size_t count)
{
    return explore(program("parent"), input(lines(count))).kill(victim);
}

// The number of schedules is the solution's; another right answer may make other calls.
void expect_schedules(const exploration_result& result, std::size_t count)
{
    EXPECT_TRUE(result.passed()) << result.first_failure();
    if (solution_is_judged())
        EXPECT_EQ(result.schedules(), count);
    else
        EXPECT_GT(result.schedules(), 1U);
}

const winipc::testing::slow_tests slow{"CtrlC.WhereverAStopComesWhatWasSentArrives", "EveryOrder."};

} // namespace

TEST(EveryOrder, BothEndWellWithOnePreemption)
{
    const auto result =
        explore(program("parent"), input(lines(2))).preemptions(1).check([](const execution& run) {
            expect_sound_end(run, 2);
        });

    expect_schedules(result, 8);
}

TEST(EveryOrder, TheChildEndsWellWhereverTheParentIsKilled)
{
    const auto result =
        talk_with_a_kill("parent", 2).preemptions(0).check([](const execution& run) {
            expect_sound_end(run, 2);
        });

    expect_schedules(result, 93);
}

TEST(EveryOrder, TheParentEndsWellWhereverTheChildIsKilled)
{
    const auto result = talk_with_a_kill("child", 2).preemptions(0).check([](const execution& run) {
        expect_sound_end(run, 2);
    });

    expect_schedules(result, 58);
}

// What this lesson leaves open.

TEST(StillWrong, AProcessIdIsANumberThatAnyProcessMayHave)
{
    execution run{program("parent"), input(lines(2))};
    let_child_be_ready(run);
    const auto id = std::to_wstring(::GetCurrentProcessId()); // the test's own
    auto& stranger = run.start(program("child"), arguments({id}));
    let_wait(run, stranger, message_ready);

    run.process("parent").kill();
    run.run_until_stuck();

    EXPECT_TRUE(run.process("child", 1).has_ended()) << run.timeline();
    EXPECT_TRUE(stranger.is_blocked()) << "it watches another process\n" << run.timeline();
}

TEST(StillWrong, ASecondPairIsRefused)
{
    execution run{program("parent"), input(lines(2))};
    let_child_be_ready(run);

    auto& second = run.start(program("parent"), input(lines(2)));
    second.run_to_end();

    EXPECT_THAT(second, ended_with(winipc::something_failed)) << run.timeline();
    EXPECT_THAT(second.error_output(), HasSubstr("(error 183)")) << run.timeline();
}

TEST(EveryOrder, DEEP_BothEndWellWithTwoPreemptions)
{
    const auto result =
        explore(program("parent"), input(lines(2))).preemptions(2).check([](const execution& run) {
            expect_sound_end(run, 2);
        });

    expect_schedules(result, 46);
}

TEST(EveryOrder, DEEP_TheChildEndsWellWithOnePreemptionAndAKilledParent)
{
    const auto result =
        talk_with_a_kill("parent", 3).preemptions(1).check([](const execution& run) {
            expect_sound_end(run, 3);
        });

    expect_schedules(result, 567);
}

TEST(EveryOrder, DEEP_TheParentEndsWellWithOnePreemptionAndAKilledChild)
{
    const auto result = talk_with_a_kill("child", 3).preemptions(1).check([](const execution& run) {
        expect_sound_end(run, 3);
    });

    expect_schedules(result, 378);
}

} // namespace shutdown
