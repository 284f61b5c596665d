// A talk that ends, and one of the two that dies.
#include "interleave/execution.h"
#include "interleave/matchers.h"
#include "talk.h"
#include "testing/expectations.h"
#include "testing/lines.h"
#include "testing/programs.h"
#include "testing/steps.h"
#include "winipc/peer.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace shutdown {

using namespace interleave;
using namespace winipc::testing;

TEST(Shutdown, AfterTheEndOfTheInputBothEnd)
{
    execution run{program("parent"), input(lines(2))};

    run_to_the_end(run);

    EXPECT_EQ(run.process("child").output(), lines(2)) << run.timeline();
    expect_ends(run, winipc::all_went_well, winipc::all_went_well);
}

TEST(Shutdown, AfterExitBothEnd)
{
    execution run{program("parent"), input("one\nExit\ntwo\n")};

    run_to_the_end(run);

    EXPECT_EQ(run.process("child").output(), "one\n")
        << "Exit is for the parent alone: the end is a message of another kind\n"
        << run.timeline();
    expect_ends(run, winipc::all_went_well, winipc::all_went_well);
}

TEST(Shutdown, WithoutALineBothEnd)
{
    execution run{program("parent"), input("")};

    run_to_the_end(run);

    EXPECT_EQ(run.process("child").output(), "") << "the end is no line\n" << run.timeline();
    expect_ends(run, winipc::all_went_well, winipc::all_went_well);
}

TEST(Shutdown, AnEmptyLineIsNotTheEnd)
{
    execution run{program("parent"), input("one\n\nend\n")};

    run_to_the_end(run);

    EXPECT_EQ(run.process("child").output(), "one\n\nend\n")
        << "any text may be a line; it is the kind that tells\n"
        << run.timeline();
}

TEST(Shutdown, TheParentIsTheLastToEnd)
{
    execution run{program("parent"), input("")};
    auto& parent = run.process("parent");
    let_child_be_ready(run);

    let_wait(run, parent, "process child"); // which makes no step

    EXPECT_FALSE(run.process("child").has_ended());
    run_to_the_end(run);
    expect_ends(run, winipc::all_went_well, winipc::all_went_well);
}

TEST(Shutdown, ATooLongLineEndsBoth)
{
    execution run{program("parent"), input("one\n" + std::string(1001, 'x') + "\n")};

    run_to_the_end(run);

    EXPECT_EQ(run.process("child").output(), "one\n") << run.timeline();
    EXPECT_THAT(run.process("parent"), ended_with(winipc::something_failed)) << run.timeline();
}

TEST(Shutdown, NoHandleIsLeaked)
{
    execution run{program("parent"), input(lines(2))};

    run_to_the_end(run);

    for (const auto* name : {"parent", "child"})
        expect_nothing_open(run, run.process(name));
}

TEST(Death, TheChildEndsWhenItsParentHasDied)
{
    execution run{program("parent"), input(lines(2))};
    auto& parent = run.process("parent");
    let_child_be_ready(run);
    auto& child = run.process("child");
    parent.run_to(after("SetEvent", message_ready));
    let_wait(run, child, message_ready);

    parent.kill();
    run_to_the_end(run);

    EXPECT_EQ(child.output(), lines(1)) << run.timeline();
    EXPECT_THAT(child, ended_with(winipc::peer_has_died)) << run.timeline();
    EXPECT_NE(child.error_output(), "") << "say why on the error output";
}

TEST(Death, TheParentEndsWhenItsChildHasDied)
{
    execution run{program("parent"), input(lines(2))};
    auto& parent = run.process("parent");
    let_child_be_ready(run);
    let_wait(run, parent, slot_free); // the first line is written

    run.process("child").kill();
    run_to_the_end(run);

    EXPECT_THAT(parent, ended_with(winipc::peer_has_died))
        << parent.error_output() << run.timeline();
    EXPECT_NE(parent.error_output(), "") << "say why on the error output";
}

TEST(Death, TheParentEndsWhenAChildDiesThatIsNotReadyYet)
{
    execution run{program("parent"), input(lines(2))};
    auto& parent = run.process("parent");
    let_wait(run, parent, slot_free);

    run.process("child").kill();
    run_to_the_end(run);

    EXPECT_THAT(parent, ended_with(winipc::peer_has_died))
        << "do not wait for the time limit: who is dead will never be ready\n"
        << parent.error_output() << run.timeline();
}

TEST(Death, AChildMayDieAtItsVeryStart)
{
    execution run{program("parent"), input(lines(2))};
    auto& parent = run.process("parent");
    parent.run_to(after("CreateProcessW"));

    run.process("child").kill();
    run_to_the_end(run);

    EXPECT_THAT(parent, ended_with(winipc::peer_has_died))
        << "a process that has ended cannot be put into a job; that is no failure of yours\n"
        << parent.error_output() << run.timeline();
}

TEST(Death, WhatTheParentSentBeforeItDiedIsPrinted)
{
    execution run{program("parent"), input(lines(2))};
    auto& parent = run.process("parent");
    let_wait(run, parent, slot_free);
    auto& child = run.process("child");
    child.run_to(after("SetEvent", slot_free)); // ready, and not in its wait yet
    parent.run_to(after("SetEvent", message_ready));

    parent.kill();
    run_to_the_end(run);

    EXPECT_EQ(child.output(), lines(1))
        << "the event and the process are signalled, both: the message must count, and no job may "
           "end a child that has something to print\n"
        << run.timeline();
    EXPECT_THAT(child, ended_with(winipc::peer_has_died)) << run.timeline();
}

TEST(Death, AParentMayDieWhenTheTalkIsOver)
{
    execution run{program("parent"), input("")};
    auto& parent = run.process("parent");
    let_child_be_ready(run);
    parent.run_to(after("SetEvent", message_ready));

    parent.kill();
    run_to_the_end(run);

    EXPECT_THAT(run.process("child"), ended_with(winipc::all_went_well))
        << "the talk was over: the child has been told\n"
        << run.timeline();
}

TEST(Death, AChildThatFailsIsReported)
{
    execution run{program("parent"), input(lines(2))};
    auto& parent = run.process("parent");
    let_child_be_ready(run);
    auto& child = run.process("child");
    let_wait(run, parent, slot_free);

    child.run_to(before("SetEvent", slot_free)); // the first line is printed
    child.fail(ERROR_ACCESS_DENIED);
    run_to_the_end(run);

    expect_ends(run, winipc::peer_has_died, winipc::something_failed);
}

TEST(Death, AChildThatFailsAtTheEndIsReported)
{
    execution run{program("parent"), input("")};
    let_wait(run, run.process("parent"), slot_free);
    auto& child = run.process("child");

    child.run_to(after("SetEvent", slot_free)); // the parent has what it waits for
    child.run_to(before("WaitForMultipleObjects"));
    child.fail(ERROR_ACCESS_DENIED);
    run_to_the_end(run);

    EXPECT_THAT(child, ended_with(winipc::something_failed)) << run.timeline();
    EXPECT_THAT(run.process("parent"), ended_with(winipc::peer_has_died))
        << "a child that has ended has not always ended well: its exit code tells\n"
        << run.timeline();
}

} // namespace shutdown
