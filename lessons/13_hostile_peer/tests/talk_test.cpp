// The parent, the whole talk, and every order.
#include "conversation.h"
#include "interleave/execution.h"
#include "interleave/explore.h"
#include "interleave/matchers.h"
#include "raw_message.h"
#include "testing/programs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace hostile_peer {

using namespace interleave;
using namespace winipc::testing;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(Parent, ReadsNothingFromTheSlot)
{
    conversation talk("first\nsecond\n"); // so that what follows has the new form
    talk.parent.memory_points(talk.section());

    std::vector<std::string> accesses;
    while (!talk.parent.has_ended()) {
        go_on(talk.child);
        const auto more = go_on(talk.parent);
        accesses.insert(accesses.end(), more.begin(), more.end());
        ASSERT_LT(accesses.size(), 1000U) << talk.run.timeline();
    }

    EXPECT_THAT(accesses, Not(IsEmpty())) << "it has written the second line and the end";
    std::erase_if(accesses, [](const auto& one) { return one.find(" write ") != one.npos; });
    EXPECT_THAT(accesses, IsEmpty()) << "what it does not read cannot mislead it\n"
                                     << joined(accesses);
}

TEST(Parent, WritesTheWholeHeaderEachTime)
{
    conversation talk("first\nsecond\n");
    go_on(talk.child);

    talk.slot() = {all_bits, all_bits, all_bits, all_bits, all_bits, {}};
    talk.run.run_until_stuck();

    EXPECT_EQ(talk.child.output(), "first\nsecond\n")
        << talk.child.error_output() << talk.run.timeline();
    EXPECT_THAT(talk.parent, ended_with(0)) << talk.run.timeline();
}

TEST(Talk, EndsWellOnBothSides)
{
    conversation talk("first\n\n\u4F60\u597D \U0001F600\nExit\nmore\n");
    talk.run.run_until_stuck();

    EXPECT_EQ(talk.child.output(), "first\n\n\u4F60\u597D \U0001F600\n")
        << talk.child.error_output() << talk.run.timeline();
    EXPECT_THAT(talk.parent, ended_with(0)) << talk.parent.error_output() << talk.run.timeline();
    EXPECT_THAT(talk.child, ended_with(0)) << talk.child.error_output() << talk.run.timeline();
    for (const auto* process : {&talk.parent, &talk.child}) {
        EXPECT_THAT(process->open_handles(), IsEmpty()) << talk.run.timeline();
        EXPECT_THAT(process->open_views(), IsEmpty()) << talk.run.timeline();
    }
}

TEST(EveryOrder, DeliversTwoLinesOnceAndInOrder)
{
    const auto result = explore(program("parent"), input("one\ntwo\n"))
                            .preemptions(1)
                            .check([](const execution& run) {
                                EXPECT_EQ(run.process("child").output(), "one\ntwo\n");
                            });

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_EQ(result.schedules(), 8U);
}

// The header and the first letters: a parent that dies between two of its writes.
TEST(EveryOrder, AKilledParentLeavesNoHalfMessage)
{
    const auto result = explore([](execution& run) {
                            run.memory_points("section #1", 0, header_size + 4);
                            run.start(program("parent"), input("one\n"));
                        })
                            .kill("parent")
                            .preemptions(0)
                            .check([](const execution& run) {
                                const auto printed =
                                    run.has_process("child") ? run.process("child").output() : "";
                                EXPECT_TRUE(std::string_view("one\n").starts_with(printed))
                                    << "the whole line, or nothing; but printed is: " << printed;
                            });

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_GT(result.schedules(), 60U) << "so many places to die at";
}

TEST(EveryOrder, DEEP_DeliversWithTwoPreemptionsAndEachAccess)
{
    const auto result = explore([](execution& run) {
                            run.memory_points("section #1", 0, header_size + 4);
                            run.start(program("parent"), input("one\ntwo\n"));
                        })
                            .preemptions(2)
                            .check([](const execution& run) {
                                EXPECT_EQ(run.process("child").output(), "one\ntwo\n");
                            });

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_GT(result.schedules(), 30U);
}

} // namespace hostile_peer
