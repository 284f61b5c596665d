#include "interleave/execution.h"
#include "interleave/explore.h"
#include "interleave/matchers.h"
#include "testing/calls.h"
#include "testing/programs.h"
#include "testing/slow_tests.h"
#include "testing/steps.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>

using namespace interleave;
using namespace winipc::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// In schedule.cpp. Not by its header: so this file is not compiled again when a learner edits that.
void lose_a_line(execution& run);

namespace {

// The schedule of this lesson, on the program that lesson 7 has ended with.
struct your_run
{
    execution run{solution("07", "parent"), input("only\n")};
    controlled_process& parent = run.process("parent");

    your_run()
    {
        try {
            lose_a_line(run);
        } catch (const std::exception& error) {
            throw std::runtime_error(
                std::string("lesson 7's program cannot be led as your schedule says: ") +
                error.what());
        }
        if (!run.has_process("child"))
            throw std::runtime_error("let the parent go on: it has not started the child yet\n" +
                                     run.timeline());
    }
    [[nodiscard]] const controlled_process& child() const { return run.process("child"); }
    [[nodiscard]] std::string choices() const { return choices_of(run.schedule()); }
};

// All orders in which the talk can go, from where both are ready: the child is about to wait.
exploration every_talk_of(const std::filesystem::path& parent)
{
    return explore([=](execution& run) {
               run.start(parent, input("only\n")).run_to(after("CreateProcessW"));
               run.process("child").run_to(before("WaitForSingleObject"));
           })
        .may_wait_forever("child")
        .preemptions(2);
}

void expect_the_only_line(const execution& run)
{
    EXPECT_EQ(run.process("child").output(), "only\n");
}

const winipc::testing::slow_tests slow{"YourSchedule.LosesTheLineEveryTime",
                                       "WithoutResetEvent.NoOrderLosesASingleLine",
                                       "WithResetEvent.TheExplorer"};

} // namespace

TEST(YourSchedule, LosesTheLineForGood)
{
    your_run your;

    your.run.run_until_stuck(); // whatever can still happen

    EXPECT_EQ(your.child().output(), "") << "the schedule is to lose the line, and it has arrived\n"
                                         << your.run.timeline();
    EXPECT_THAT(your.child(), is_blocked_in("WaitForSingleObject"))
        << "it waits, and the line it waits for has been sent\n"
        << your.run.timeline();
    EXPECT_THAT(your.parent, ended_with(0)) << "nobody has noticed anything\n"
                                            << your.run.timeline();
}

TEST(YourSchedule, LeavesTheChildWaitingForItsFirstSignal)
{
    const your_run your;

    ASSERT_FALSE(your.child().has_ended())
        << "the section was gone when the child came: a loss of another kind. Here it has to wait\n"
        << your.run.timeline();
    EXPECT_THAT(your.child().calls("WaitForSingleObject"), IsEmpty())
        << "the child has seen the signal, and has read the line\n"
        << your.run.timeline();
    EXPECT_THAT(your.child(), is_blocked_in("WaitForSingleObject"))
        << "let the child go on until it waits for the signal that is gone\n"
        << your.run.timeline();
}

TEST(YourSchedule, LetsResetEventWipeOutTheSignal)
{
    const your_run your;

    EXPECT_THAT(names_of_calls(your.parent, {"SetEvent", "ResetEvent"}),
                ElementsAre("ResetEvent", "SetEvent", "ResetEvent"))
        << "the parent must signal the line, and go on until the call that takes the signal back\n"
        << your.run.timeline();
}

TEST(YourSchedule, LosesTheLineWithoutForce)
{
    const your_run your;

    EXPECT_EQ(your.choices().find_first_of("!ft"), std::string::npos)
        << "no kill(), no fail(), no time_out(): the program loses its line by itself\n"
        << your.run.timeline();
    EXPECT_EQ(your.child().output(), "") << "the schedule is to lose the line, and it has arrived\n"
                                         << your.run.timeline();
}

TEST(YourSchedule, LosesTheLineEveryTime)
{
    const auto choices = your_run().choices();
    for (int i = 0; i < 5; ++i) {
        your_run your;
        EXPECT_EQ(your.choices(), choices) << "not the same order as before\n"
                                           << your.run.timeline();
        your.run.run_until_stuck();
        EXPECT_EQ(your.child().output(), "") << your.run.timeline();
    }
}

TEST(WithoutResetEvent, TheParentResetsNothing)
{
    execution run{program("parent"), input("one\ntwo\n")};

    run_with_a_fast_child(run, 2);

    for (const auto* name : {"parent", "child"})
        EXPECT_THAT(run.process(name).calls("ResetEvent"), IsEmpty())
            << "an auto-reset event resets itself\n"
            << run.timeline();
}

TEST(WithoutResetEvent, TheLineArrivesThoughTheChildIsLate)
{
    execution run{program("parent"), input("only\n")};
    auto& parent = run.process("parent");

    // As in the schedule: the parent is in its second round when the child looks for the first
    // time.
    parent.run_to(before("UnmapViewOfFile"));
    run.process("child").run_until_blocked();

    EXPECT_EQ(parent.output(), "> > ") << run.timeline();
    EXPECT_EQ(run.process("child").output(), "only\n")
        << "the signal must stay until the child has seen it\n"
        << run.timeline();
}

TEST(WithoutResetEvent, EveryLineArrivesOnceWhenTheChildIsFast)
{
    execution run{program("parent"), input("one\ntwo\n你好\n")};

    run_with_a_fast_child(run, 3);

    EXPECT_EQ(run.process("child").output(), "one\ntwo\n你好\n") << run.timeline();
    EXPECT_THAT(run.process("parent"), ended_with(0)) << run.timeline();
}

TEST(WithoutResetEvent, TheParentHasNotChangedOtherwise)
{
    execution run{program("parent"), input("one\ntwo\nExit\nthree\n")};

    run_with_a_fast_child(run, 2);

    const auto& parent = run.process("parent");
    EXPECT_THAT(names_of_calls(parent, {"SetEvent", "Sleep", "WaitForSingleObject"}),
                ElementsAre("SetEvent", "Sleep", "SetEvent", "Sleep"))
        << "only ResetEvent goes: each line is signalled once, and then the parent sleeps\n"
        << run.timeline();
    for (const auto& sleep : parent.calls("Sleep"))
        EXPECT_EQ(sleep.arguments[0], 50U) << "the pause stays as it is, " << sleep.line;
    EXPECT_EQ(parent.output(), "> > > ") << run.timeline();
    EXPECT_THAT(parent.open_handles(), IsEmpty()) << run.timeline();
}

TEST(WithoutResetEvent, TheChildHasNotChanged)
{
    execution run{program("parent"), input("one\ntwo\n")};

    run_with_a_fast_child(run, 2);

    const auto& child = run.process("child");
    EXPECT_THAT(names_of_calls(child, {"WaitForSingleObject", "Sleep", "SetEvent"}),
                ElementsAre("WaitForSingleObject", "WaitForSingleObject"))
        << "child.cpp stays as it is: one wait for each of the two lines\n"
        << run.timeline();
    for (const auto& wait : child.calls("WaitForSingleObject"))
        EXPECT_EQ(wait.arguments[1], INFINITE) << wait.line;
    EXPECT_THAT(child, is_blocked_in("WaitForSingleObject")) << run.timeline();
}

TEST(WithoutResetEvent, NoOrderLosesASingleLine)
{
    const auto result = every_talk_of(program("parent")).check(expect_the_only_line);

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_EQ(result.schedules(), 12U)
        << "in so many orders a parent that signals, sleeps and ends can meet the child: take out "
           "ResetEvent, and add no call";
}

TEST(WithResetEvent, TheExplorerFindsTheLostLineByItself)
{
    const auto result = every_talk_of(solution("07", "parent")).check(expect_the_only_line);

    EXPECT_FALSE(result.passed());
    EXPECT_EQ(result.preemptions(), 0) << result.first_failure();
    EXPECT_EQ(result.schedules(), 2U) << result.first_failure();
    EXPECT_THAT(result.first_failure(), HasSubstr("ResetEvent")) << result.first_failure();
}

// What this lesson leaves open.

TEST(StillWrong, TwoLinesBeforeTheChildLooksAreOne)
{
    execution run{program("parent"), input("first\nsecond\n")};

    run.process("parent").run_to(after("SetEvent").nth(2));
    run.process("child").run_until_blocked();

    EXPECT_EQ(run.process("child").output(), "second\n")
        << "two signals are one, and the slot holds the last line only: this lesson leaves it so\n"
        << run.timeline();
}

TEST(StillWrong, AChildThatComesWhenTheParentHasGoneFindsNothing)
{
    execution run{program("parent"), input("only\n")};

    run.process("parent").run_to_end();
    run.run_until_stuck();

    EXPECT_THAT(run.process("parent"), ended_with(0)) << run.timeline();
    EXPECT_THAT(run.process("child"), ended_with(1))
        << "section and event have gone with the parent; the child opens what there is, and makes "
           "none of its own\n"
        << run.timeline();
    EXPECT_THAT(run.process("child").error_output(), HasSubstr("(error 2)")) << run.timeline();
}

TEST(YourSchedule, DEEP_LosesTheLineAHundredTimesOfAHundred)
{
    int lost = 0;
    for (int i = 0; i < 100; ++i) {
        your_run your;
        your.run.run_until_stuck();
        lost += your.child().output().empty() && your.child().is_blocked();
    }

    EXPECT_EQ(lost, 100);
}
