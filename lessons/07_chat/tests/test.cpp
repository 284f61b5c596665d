#include "interleave/execution.h"
#include "interleave/matchers.h"
#include "testing/calls.h"
#include "testing/expectations.h"
#include "testing/memory.h"
#include "testing/programs.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

using namespace interleave;
using namespace winipc::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace {

// The child goes on until it waits for the next line.
void run_until_it_waits(const execution& run, controlled_process& child)
{
    try {
        child.run_until_blocked();
    } catch (const schedule_error&) {
        if (!child.has_ended())
            throw;
        throw std::runtime_error("the child waits for the next line, and for ever; but it has " +
                                 child.position() + "\n" + child.error_output() + run.timeline());
    }
}

// The lucky order: after every step of the parent the child goes on until it waits again. So it has
// always read before the parent writes, as on an idle machine.
void run_with_a_fast_child(execution& run)
{
    constexpr int step_limit = 500;
    run.step_limit(step_limit);
    auto& parent = run.process("parent");
    for (int steps = 0; !parent.has_ended(); ++steps) {
        parent.step();
        if (run.has_process("child"))
            run_until_it_waits(run, run.process("child"));
        if (parent.is_blocked())
            throw std::runtime_error("the parent waits for nobody in this lesson, but it is " +
                                     parent.position() + "\n" + run.timeline());
        if (steps == step_limit)
            throw std::runtime_error("the parent does not end\n" + run.timeline());
    }
}

} // namespace

TEST(Chat, EveryLineArrivesOnceAndInOrder)
{
    execution run{program("parent"), input("one\ntwo words\n\n你好 😀\nthe last\n")};

    run_with_a_fast_child(run);

    EXPECT_EQ(run.process("child").output(), "one\ntwo words\n\n你好 😀\nthe last\n")
        << run.timeline();
}

TEST(Chat, TheSameChildPrintsAllLines)
{
    execution run{program("parent"), input("one\ntwo\nthree\n")};

    run_with_a_fast_child(run);

    const auto& parent = run.process("parent");
    EXPECT_THAT(parent.calls("CreateProcessW"), SizeIs(1))
        << "start the child once, before the first line\n"
        << run.timeline();
    const auto& child = run.process("child");
    for (const auto* function : {"OpenFileMappingW", "OpenEventW", "MapViewOfFile"})
        EXPECT_THAT(child.calls(function), SizeIs(1)) << "once is enough for all lines\n"
                                                      << run.timeline();
}

TEST(Chat, TheParentAsksForEachLine)
{
    execution run{program("parent"), input("one\ntwo\n")};

    run_with_a_fast_child(run);

    EXPECT_EQ(run.process("parent").output(), "> > > ")
        << "one prompt for each of the two lines, and one for the end of the input\n"
        << run.timeline();
}

TEST(Chat, TheEndOfTheInputEndsTheParent)
{
    execution run{program("parent"), input("the only line")};

    run_with_a_fast_child(run);

    EXPECT_THAT(run.process("parent"), ended_with(0))
        << run.process("parent").error_output() << run.timeline();
    EXPECT_EQ(run.process("child").output(), "the only line\n") << run.timeline();
}

TEST(Chat, AnEmptyInputSendsNothing)
{
    execution run{program("parent")};

    run_with_a_fast_child(run);

    EXPECT_THAT(run.process("parent"), ended_with(0)) << run.timeline();
    EXPECT_THAT(run.process("parent").calls("SetEvent"), IsEmpty()) << run.timeline();
    EXPECT_EQ(run.process("parent").output(), "> ") << run.timeline();
}

TEST(Chat, ExitEndsTheParent)
{
    execution run{program("parent"), input("one\nExit\ntwo\n")};

    run_with_a_fast_child(run);

    EXPECT_THAT(run.process("parent"), ended_with(0)) << run.timeline();
    EXPECT_EQ(run.process("child").output(), "one\n")
        << "the line `Exit` is not sent, and no line after it\n"
        << run.timeline();
}

TEST(Chat, OnlyTheWholeLineExitEndsTheParent)
{
    execution run{program("parent"), input("Exit now\nexit\n Exit\n")};

    run_with_a_fast_child(run);

    EXPECT_EQ(run.process("child").output(), "Exit now\nexit\n Exit\n") << run.timeline();
}

TEST(Chat, EachRoundResetsSetsAndSleeps)
{
    execution run{program("parent"), input("one\ntwo\n")};

    run_with_a_fast_child(run);

    EXPECT_THAT(names_of_calls(run.process("parent"), {"ResetEvent", "SetEvent", "Sleep"}),
                ElementsAre("ResetEvent", "SetEvent", "Sleep", // one
                            "ResetEvent", "SetEvent", "Sleep", // two
                            "ResetEvent"))                     // the end
        << "each round begins with ResetEvent, and ends with SetEvent and then Sleep; the last one "
           "finds no line\n"
        << run.timeline();
}

TEST(Chat, TheEventIsResetBeforeThePrompt)
{
    execution run{program("parent"), input("one\n")};
    auto& parent = run.process("parent");

    parent.run_to(before("ResetEvent"));
    EXPECT_EQ(parent.output(), "") << "first ResetEvent, then the prompt\n" << run.timeline();
    parent.run_to(before("SetEvent"));

    EXPECT_EQ(parent.output(), "> ") << run.timeline();
}

TEST(Chat, TheLineIsInTheSlotWhenTheSignalComes)
{
    execution run{program("parent"), input("all of it\n")};
    auto& parent = run.process("parent");

    parent.run_to(before("SetEvent"));

    const auto maps = parent.calls("MapViewOfFile");
    ASSERT_THAT(maps, SizeIs(1)) << run.timeline();
    constexpr std::uint64_t text_offset = 4; // bytes: behind the length
    EXPECT_EQ(text_at(parent, maps[0].result + text_offset), L"all of it")
        << "whoever waits may read as soon as the event is set\n"
        << run.timeline();
}

TEST(Chat, TheParentSleepsFiftyMilliseconds)
{
    execution run{program("parent"), input("one\n")};

    run_with_a_fast_child(run);

    const auto sleeps = run.process("parent").calls("Sleep");
    ASSERT_THAT(sleeps, SizeIs(1)) << run.timeline();
    EXPECT_EQ(sleeps[0].arguments[0], 50U) << sleeps[0].line;
}

TEST(Chat, ALineOfAThousandCharactersIsSentAndALongerOneRefused)
{
    const std::string longest(1000, 'x');
    execution run{program("parent"), input(longest + "\n")};
    run_with_a_fast_child(run);
    EXPECT_EQ(run.process("child").output(), longest + "\n");

    execution too_long{program("parent"), input(longest + "x\n")};
    run_with_a_fast_child(too_long);
    EXPECT_THAT(too_long.process("parent"), ended_with(1)) << too_long.timeline();
    EXPECT_THAT(too_long.process("parent").error_output(), HasSubstr("too long"));
    EXPECT_EQ(too_long.process("child").output(), "") << too_long.timeline();
}

TEST(Chat, TheEventResetsItselfAfterEachWait)
{
    execution run{program("parent"), input("one\n")};

    run_with_a_fast_child(run);

    const auto creates = run.process("parent").calls("CreateEventW");
    ASSERT_THAT(creates, SizeIs(1)) << run.timeline();
    EXPECT_EQ(creates[0].arguments[1], 0U) << "not manual-reset, " << creates[0].line;
    EXPECT_EQ(creates[0].arguments[2], 0U) << "not signalled, " << creates[0].line;
    EXPECT_EQ(creates[0].text, L"Local\\winipc-message-ready") << creates[0].line;
}

TEST(Chat, TheChildWaitsOnceForEachLineAndForEver)
{
    execution run{program("parent"), input("one\ntwo\n")};

    run_with_a_fast_child(run);

    const auto& child = run.process("child");
    EXPECT_THAT(child.calls("Sleep"), IsEmpty()) << "it waits, it does not look\n"
                                                 << run.timeline();
    const auto waits = child.calls("WaitForSingleObject");
    EXPECT_THAT(waits, SizeIs(2)) << "two lines, two signals\n" << run.timeline();
    for (const auto& wait : waits)
        EXPECT_EQ(wait.arguments[1], INFINITE)
            << "it must be INFINITE: nobody knows when the next line comes, " << wait.line;
}

TEST(Chat, TheChildIsLeftBehindWaiting)
{
    execution run{program("parent"), input("one\nExit\n")};

    run_with_a_fast_child(run);

    // A fault of this program: nobody tells the child that the talk is over.
    EXPECT_THAT(run.process("child"), is_blocked_in("WaitForSingleObject"))
        << "in this lesson the child knows no end\n"
        << run.timeline();
    EXPECT_TRUE(run.deadlocked()) << run.timeline();
}

TEST(Chat, NeitherAsksForMoreThanItNeeds)
{
    execution run{program("parent"), input("one\n")};

    run_with_a_fast_child(run);

    const auto first_argument = [&](const char* process, const char* function, std::size_t which) {
        const auto calls = run.process(process).calls(function);
        if (calls.size() != 1)
            throw std::runtime_error(std::string(process) + " must call " + function + " once\n" +
                                     run.timeline());
        return calls[0].arguments[which];
    };
    const auto right = [](DWORD access) { return static_cast<std::uint64_t>(access); };
    EXPECT_EQ(first_argument("child", "OpenFileMappingW", 0), right(FILE_MAP_READ))
        << run.timeline();
    EXPECT_EQ(first_argument("child", "MapViewOfFile", 1), right(FILE_MAP_READ)) << run.timeline();
    EXPECT_EQ(first_argument("child", "OpenEventW", 0), right(SYNCHRONIZE)) << "it only waits\n"
                                                                            << run.timeline();
    EXPECT_EQ(first_argument("parent", "MapViewOfFile", 1), right(FILE_MAP_WRITE))
        << run.timeline();
    EXPECT_EQ(first_argument("parent", "CreateProcessW", 4), 0U) << "the child inherits nothing\n"
                                                                 << run.timeline();
}

TEST(Chat, TheParentGivesBackWhatItHolds)
{
    execution run{program("parent"), input("one\ntwo\n")};

    run_with_a_fast_child(run);

    const auto& parent = run.process("parent");
    EXPECT_THAT(parent.calls("CreateProcessW"), SizeIs(1)) << run.timeline();
    expect_nothing_open(run, parent);
}

TEST(Chat, TheChildHoldsNoMoreAfterManyLines)
{
    execution run{program("parent"), input("one\ntwo\nthree\n")};

    run_with_a_fast_child(run);

    EXPECT_THAT(run.process("child").open_handles(), SizeIs(2))
        << "section and event, and nothing for each line\n"
        << run.timeline();
    EXPECT_THAT(run.process("child").open_views(), SizeIs(1)) << run.timeline();
}

TEST(Chat, EveryFailureOfTheParentIsReported)
{
    for (const auto* function : {"CreateFileMappingW", "CreateEventW", "MapViewOfFile",
                                 "CreateProcessW", "ResetEvent", "SetEvent"}) {
        execution run{program("parent"), input("one\n")};
        auto& parent = run.process("parent");

        parent.run_to(before(function));
        parent.fail(ERROR_ACCESS_DENIED);
        parent.run_to_end();

        expect_reported(run, parent, function, ERROR_ACCESS_DENIED);
        expect_nothing_open(run, parent);
    }
}

TEST(Chat, EveryFailureOfTheChildIsReported)
{
    for (const auto* function :
         {"OpenFileMappingW", "OpenEventW", "MapViewOfFile", "WaitForSingleObject"}) {
        execution run{program("parent"), input("one\n")};
        run.process("parent").run_to(before("SetEvent"));
        auto& child = run.process("child");

        child.run_to(before(function));
        child.fail(ERROR_ACCESS_DENIED);
        child.run_to_end();

        expect_reported(run, child, function, ERROR_ACCESS_DENIED);
        EXPECT_EQ(child.output(), "") << "there is no line to print\n" << run.timeline();
        expect_nothing_open(run, child);
    }
}
