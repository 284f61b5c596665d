// Promises 1 to 5: each line arrives once and in order, whatever the delays, however late the child
// is, however long the line, however slow the reader.
#include "channel_test.h"
#include "interleave/execution.h"
#include "interleave/explore.h"
#include "interleave/matchers.h"
#include "questions.h"
#include "testing/free_program.h"
#include "testing/lines.h"
#include "testing/programs.h"
#include "testing/steps.h"
#include "winipc/peer.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

namespace final_chat {

using namespace interleave;
using namespace winipc::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;

// 1: in every order.
exploration_result orders_of(const path& parent, std::size_t count, int preemptions)
{
    return explore(parent, input(lines(count)))
        .may_wait_forever("child") // that is promise 7
        .preemptions(preemptions)
        .check(
            [count](const execution& run) { expect_kept(everything_arrives(run, lines(count))); });
}

// 2: delays everywhere, by chance.
exploration_result delays_by_chance(const path& parent, int runs)
{
    return explore(parent, input(lines(3)))
        .may_wait_forever("child")
        .random(seed, runs)
        .check([](const execution& run) { expect_kept(everything_arrives(run, lines(3))); });
}

broken nobody_sleeps(const execution& run)
{
    for (const auto* name : {"parent", "child"}) {
        const auto sleeps = run.process(name).calls("Sleep");
        if (!sleeps.empty())
            return "the " + std::string(name) + " sleeps, " + sleeps.front().line + "\n" +
                   run.timeline();
    }
    return {};
}

// 3: the parent goes as far as it can before the child makes its first step.
broken a_late_child_loses_nothing(const path& parent)
{
    execution run{parent, input(lines(3))};

    auto& first = run.process("parent");
    step_while_it_can(first);
    run.run_until_stuck();

    return everything_arrives(run, lines(3));
}

// 3: the child does not make a step at all.
broken a_child_that_is_never_ready_is_reported(const path& parent)
{
    execution run{parent, input(lines(1))};

    auto& waiting = run.process("parent");
    for (int i = 0; !waiting.has_ended() && i < 1000; ++i) {
        if (waiting.is_blocked())
            waiting.time_out();
        else
            waiting.step();
    }

    if (waiting.has_ended() && waiting.exit_code() == winipc::peer_is_silent)
        return {};
    return "the child makes no step; the parent should give up in the end, with exit code 3; it "
           "is " +
           waiting.position() + "\n" + run.timeline();
}

// 5: the child is about to print the first line, and does not come to it.
broken a_slow_reader_holds_the_writer_up(const path& parent)
{
    execution run{parent, input(lines(3))};
    run.process("parent").run_to(after("CreateProcessW"));
    auto& child = run.process("child");
    child.run_until_blocked();

    go_on(run, {"parent"});
    const auto prompts = run.process("parent").output();
    run.run_until_stuck();

    if (prompts != "> ")
        return "the first line has not been read; the parent should wait, and not ask for the "
               "next one; it has printed '" +
               prompts + "'\n" + run.timeline();
    return everything_arrives(run, lines(3));
}

namespace {

broken many_lines_arrive(std::size_t count)
{
    const auto sent = numbered_lines(count);
    free_program parent(program("parent"), sent);
    const auto code = parent.exit_code();
    if (code != 0)
        return "the parent should end with 0 and not with " + std::to_string(code) + "\n" +
               parent.error_output();
    const auto received = without_prompts(parent.output());
    const auto [one, other] =
        std::mismatch(sent.begin(), sent.end(), received.begin(), received.end());
    if (one == sent.end() && other == received.end())
        return {};
    const auto at = static_cast<std::size_t>(one - sent.begin());
    return "from byte " + std::to_string(at) + " on, '" + sent.substr(at, 20) +
           "...' was sent and '" + received.substr(std::min(at, received.size()), 20) +
           "...' has arrived";
}

// Asked of the programs, under control, before a test makes calls that would wait for ever itself.
broken a_wait_ends_when_the_other_one_dies(const char* victim, const char* other)
{
    execution run{program("parent"), input("one\n")};
    run.process("parent").run_to(after("CreateProcessW"));
    run.process("child").run_until_blocked();
    if (victim == std::string("child"))
        go_on(run, {"parent"}); // it has sent a line, and waits until that is taken
    run.process(victim).kill();
    run.run_until_stuck();
    const auto& left = run.process(other);
    if (left.has_ended())
        return {};
    return "the " + std::string(victim) + " is dead, and the " + other + " is " + left.position() +
           "\n" + run.timeline();
}

} // namespace

TEST(Promise01, EveryLineArrivesOnceInEveryOrder)
{
    const auto result = orders_of(program("parent"), 2, 1);

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_GE(result.schedules(), 12U) << "0 or 1 would prove nothing";
}

TEST(Promise01, DEEP_EveryLineArrivesOnceWithTwoPreemptions)
{
    const auto result = orders_of(program("parent"), 2, 2);

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_GE(result.schedules(), 100U);
}

TEST(Promise01, ThousandsOfLinesArriveInOrder)
{
    expect_kept(many_lines_arrive(2000));
}

TEST(Promise01, DEEP_AHundredThousandLinesArriveInOrder)
{
    expect_kept(many_lines_arrive(100'000));
}

TEST(Promise02, DelaysChangeNothing)
{
    const auto result = delays_by_chance(program("parent"), 15);

    EXPECT_TRUE(result.passed()) << "seed " << seed << "\n" << result.first_failure();
    EXPECT_EQ(result.schedules(), 15U);
}

TEST(Promise02, DEEP_HundredsOfDelaysChangeNothing)
{
    const auto result = delays_by_chance(program("parent"), 200);

    EXPECT_TRUE(result.passed()) << "seed " << seed << "\n" << result.first_failure();
}

TEST(Promise02, NobodySleeps)
{
    execution run{program("parent"), input(lines(2))};

    run.run_until_stuck();

    expect_kept(first_of({everything_arrives(run, lines(2)), nobody_sleeps(run)}));
}

TEST(Promise03, ALateChildLosesNothing)
{
    expect_kept(a_late_child_loses_nothing(program("parent")));
}

TEST(Promise03, AChildThatIsNeverReadyIsReported)
{
    expect_kept(a_child_that_is_never_ready_is_reported(program("parent")));
}

TEST(Promise03, TheTimeIsTheStatedOne)
{
    execution run{program("parent"), input(lines(1))};
    run.run_until_stuck();

    std::set<std::uint64_t> limits;
    for (const auto& wait : run.process("parent").calls("WaitForMultipleObjects"))
        limits.insert(wait.arguments[3]);
    for (const auto& wait : run.process("parent").calls("WaitForSingleObject"))
        limits.insert(wait.arguments[1]);

    EXPECT_EQ(limits, (std::set<std::uint64_t>{winipc::time_limit, INFINITE}))
        << "for the child's start and its end it waits winipc::time_limit, and for what may take "
           "its time for ever\n"
        << run.timeline();
}

TEST(Promise04, TheLongestLineArrivesWhole)
{
    const auto longest = std::string(most - 1, 'x') + "y\n";
    execution run{program("parent"), input(longest + "after\n")};

    run.run_until_stuck();

    EXPECT_TRUE(printed_by_child(run) == longest + "after\n")
        << "a line of 65,536 bytes should arrive as it is; " << printed_by_child(run).size()
        << " bytes have arrived\n"
        << run.timeline();
    expect_kept(both_end_well(run));
}

TEST(Promise04, OneByteMoreIsRefused)
{
    // As many characters as fit, in one byte more.
    const auto too_long = std::string(most - 1, 'x') + "\u00E9\n";
    execution run{program("parent"), input("before\n" + too_long + "after\n")};

    run.run_until_stuck();

    const auto& parent = run.process("parent");
    EXPECT_THAT(parent, ended_with(1)) << run.timeline();
    EXPECT_THAT(parent.error_output(), AllOf(HasSubstr("65537"), HasSubstr("65536")))
        << "it should say how many bytes there are, and how many fit\n"
        << run.timeline();
    EXPECT_EQ(printed_by_child(run), "before\n") << run.timeline();
    EXPECT_THAT(run.process("child"), ended_with(winipc::peer_has_died)) << run.timeline();
}

TEST(Promise04, NothingIsWrittenBeforeTheSizeIsChecked)
{
    expect_kept(nothing_is_written_before_the_size_is_checked());
}

TEST(Promise05, ASlowReaderHoldsTheWriterUp)
{
    expect_kept(a_slow_reader_holds_the_writer_up(program("parent")));
}

TEST(Promise05, ASenderReturnsOnlyWhenTheMessageIsTaken)
{
    ASSERT_EQ(a_wait_ends_when_the_other_one_dies("child", "parent"), "");
    expect_kept(a_sender_returns_only_when_the_message_is_taken());
}

TEST(Promise05, AReceiverGivesTheSlotBackAndThenWaits)
{
    ASSERT_EQ(a_wait_ends_when_the_other_one_dies("parent", "child"), "");
    expect_kept(a_receiver_gives_the_slot_back_and_then_waits());
}

// Two ends in this process, as fast as they can. The last test: a mistake above is easier to see.
TEST(Promise01, BytesArriveAsTheyAre)
{
    expect_kept(bytes_arrive_as_they_are());
}

} // namespace final_chat
