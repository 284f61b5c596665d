// Promises 9 and 10: nobody else is reached, and nobody can do more than he needs.
#include "channel_test.h"
#include "interleave/execution.h"
#include "interleave/explore.h"
#include "interleave/matchers.h"
#include "questions.h"
#include "testing/lines.h"
#include "testing/programs.h"

#include <windows.h>

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace final_chat {

using namespace interleave;
using namespace winipc::testing;

// 9: two pairs at once; whose child it is tells the first character.
exploration_result two_pairs(const path& parent, int runs)
{
    return explore([parent](execution& run) {
               run.start(parent, input("A1\nA2\n"));
               run.start(parent, input("B1\nB2\n"));
           })
        .may_wait_forever("child")
        .random(seed, runs)
        .check([](const execution& run) {
            std::set<std::string> printed;
            for (int pair = 1; pair <= 2; ++pair)
                if (run.has_process("child", pair))
                    printed.insert(run.process("child", pair).output());
            if (printed != std::set<std::string>{"A1\nA2\n", "B1\nB2\n"})
                ADD_FAILURE() << "each child should print the lines of its own parent:\n"
                              << ::testing::PrintToString(printed) << run.timeline();
        });
}

// 10: what a program may do that has nothing but the names.
broken a_stranger_finds_nothing(const path& parent)
{
    execution run{parent, input(lines(1))};
    run.process("parent").run_to(after("CreateProcessW"));

    for (const auto* function : {"CreateFileMappingW", "CreateEventW"})
        for (const auto& call : run.process("parent").calls(function))
            if (!call.text.empty())
                return "whoever knows its name can open it, " + call.line + "\n" + run.timeline();
    return {};
}

TEST(Promise09, TwoPairsNeverCross)
{
    const auto result = two_pairs(program("parent"), 8);

    EXPECT_TRUE(result.passed()) << "seed " << seed << "\n" << result.first_failure();
    EXPECT_EQ(result.schedules(), 8U);
}

TEST(Promise10, AStrangerFindsNothing)
{
    expect_kept(a_stranger_finds_nothing(program("parent")));
}

TEST(Promise10, TheChildGetsFourHandlesAndNoMore)
{
    execution run{program("parent"), input(lines(1))};
    run.process("parent").run_to(after("CreateProcessW"));

    const auto handles = run.process("child").open_handles();

    std::set<std::string> kinds;
    for (const auto& handle : handles)
        kinds.insert(handle.object);
    EXPECT_EQ(handles.size(), 4U) << ::testing::PrintToString(handles) << run.timeline();
    EXPECT_EQ(kinds.size(), 4U) << "a section, two events and a process\n"
                                << ::testing::PrintToString(handles) << run.timeline();
}

TEST(Promise10, EachHandleHasOneRight)
{
    execution run{program("parent"), input(lines(1))};
    run.process("parent").run_to(after("CreateProcessW"));
    auto& child = run.process("child");
    child.run_until_blocked();
    ASSERT_FALSE(child.calls("SetEvent").empty()) << "the child should say that it is ready\n"
                                                  << run.timeline();
    const auto slot_free = child.calls("SetEvent").front().object;

    for (const auto& open : child.open_handles()) {
        const auto handle = child.duplicate(open.object);
        const bool can_wait = ::WaitForSingleObject(handle.get(), 0) != WAIT_FAILED;
        const bool can_set = open.object.starts_with("event") && open.object != slot_free &&
                             ::SetEvent(handle.get()) != 0;
        const bool can_reset = open.object.starts_with("event") && ::ResetEvent(handle.get()) != 0;
        void* const view = ::MapViewOfFile(handle.get(), FILE_MAP_WRITE, 0, 0, 0);
        const bool can_end =
            open.object.starts_with("process") && ::TerminateProcess(handle.get(), 99) != 0;

        const auto where = open.object + " of the child\n" + run.timeline();
        EXPECT_EQ(view, nullptr) << "no right to write: " << where;
        EXPECT_FALSE(can_end) << "no right to end it: " << where;
        EXPECT_FALSE(can_set) << "it waits for this one, and does not set it: " << where;
        EXPECT_EQ(can_reset, open.object == slot_free) << where;
        if (open.object == slot_free) {
            EXPECT_FALSE(can_wait) << "it sets this one, and does not wait for it: " << where;
        }
    }
}

} // namespace final_chat
