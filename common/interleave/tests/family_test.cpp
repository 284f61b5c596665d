// What a process gets from its parent, and what becomes of it: inherited handles, jobs, Ctrl+C.
#include "interleave/execution.h"
#include "interleave/explore.h"
#include "interleave/matchers.h"
#include "interleave/record.h"
#include "testing/programs.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

using namespace interleave;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using winipc::testing::program;

namespace {

constexpr DWORD ctrl_c_exit = 0xC000013A; // STATUS_CONTROL_C_EXIT

arguments scene(const wchar_t* name)
{
    return arguments({name});
}

controlled_process& child_of(const execution& run)
{
    return run.process("family", 2);
}

} // namespace

TEST(Family, WaitsOnInheritedHandlesAreControlled)
{
    execution run{program("family"), scene(L"hand_over")};
    run.process("family").run_to(after("CreateProcessW"));
    auto& child = child_of(run);

    child.run_until_blocked();

    EXPECT_THAT(child, is_blocked_in("WaitForMultipleObjects")) << run.timeline();
    EXPECT_THAT(child.position(), HasSubstr("event #1, process family")) << run.timeline();
    run.run_to_end();
    EXPECT_EQ(child.output(), "ping\n") << run.timeline();
    EXPECT_EQ(run.process("family").output(), "pong\n") << run.timeline();
}

TEST(Family, OnlyWhatIsListedIsInherited)
{
    execution run{program("family"), scene(L"hand_over")};
    run.process("family").run_to(after("CreateProcessW"));

    const auto handles = child_of(run).open_handles();

    EXPECT_THAT(handles, ElementsAre(Field(&open_handle::object, "event #1"),
                                     Field(&open_handle::object, "event #2"),
                                     Field(&open_handle::object, "process family")))
        << run.timeline();
    EXPECT_THAT(handles, Each(Field(&open_handle::opened_by, "inherited")));
}

TEST(Family, AnInheritedHandleCanBeClosed)
{
    execution run{program("family"), scene(L"hand_over")};

    run.run_to_end();

    EXPECT_THAT(child_of(run).open_handles(), IsEmpty()) << run.timeline();
}

TEST(Family, ATestTakesAHandleOfItsOwn)
{
    execution run{program("family"), scene(L"hand_over")};
    auto& parent = run.process("family");
    parent.run_to(after("CreateProcessW"));
    auto& child = child_of(run);
    child.run_until_blocked();

    ::SetEvent(parent.duplicate("event #1").get()); // before the parent does
    parent.step();
    child.run_to(after("WaitForMultipleObjects"));

    EXPECT_EQ(child.calls("WaitForMultipleObjects").back().result, 0U) << run.timeline();
}

TEST(Family, TheDeathOfAParentEndsAWaitForIt)
{
    execution run{program("family"), scene(L"hand_over")};
    run.process("family").run_to(after("CreateProcessW"));
    auto& child = child_of(run);
    child.run_until_blocked();

    run.process("family").kill();
    child.run_to_end();

    EXPECT_THAT(child, ended_with(2)) << run.timeline();
}

TEST(Family, AProcessOpenedByItsIdIsKnownByItsName)
{
    execution run{program("family"), scene(L"open_parent")};
    run.process("family").run_to(after("CreateProcessW"));
    auto& child = child_of(run);

    child.run_until_blocked();

    EXPECT_THAT(child.position(), HasSubstr("process family")) << run.timeline();
    run.process("family").kill();
    child.run_to_end();
    EXPECT_EQ(child.output(), "alone\n") << run.timeline();
}

TEST(Family, APrivateObjectCanBeGivenAName)
{
    execution run;
    run.alias("event #1", "ping");
    run.start(program("family"), scene(L"hand_over"));

    run.run_to_end();

    EXPECT_THAT(run.timeline(), HasSubstr("SetEvent ping  family.cpp"));
}

TEST(Family, WhoSharesItsParentsOutputHasItsOwnFile)
{
    execution run{program("family"), scene(L"hand_over")}; // the child is given the streams

    run.run_to_end();

    EXPECT_EQ(run.process("family").output(), "pong\n");
    EXPECT_EQ(child_of(run).output(), "ping\n");
}

TEST(Jobs, EndTheirProcessesWithTheParent)
{
    for (const bool is_killed : {false, true}) {
        execution run{program("family"), scene(L"job_ends_with_parent")};
        auto& parent = run.process("family");
        parent.run_to(after("Sleep"));
        EXPECT_FALSE(child_of(run).has_ended()) << run.timeline();

        if (is_killed)
            parent.kill();
        else
            parent.run_to_end();

        EXPECT_TRUE(child_of(run).has_ended()) << run.timeline();
        EXPECT_EQ(child_of(run).ending(), ending::ended_with_job) << run.timeline();
    }
}

TEST(Jobs, EndTheirProcessesWhenTheyAreClosedOrTerminated)
{
    const std::pair<const wchar_t*, point> ends[] = {
        {L"job_is_closed", after("CloseHandle", "job #1")},
        {L"job_is_terminated", after("TerminateJobObject")}};
    for (const auto& [name, end] : ends) {
        execution run{program("family"), scene(name)};

        run.process("family").run_to(end);

        EXPECT_TRUE(child_of(run).has_ended()) << "it belongs to this step\n" << run.timeline();
        EXPECT_EQ(child_of(run).ending(), ending::ended_with_job) << run.timeline();
    }
}

TEST(Jobs, WithoutTheLimitLetTheirProcessesLive)
{
    execution run{program("family"), scene(L"job_is_harmless")};

    run.process("family").run_to_end();

    EXPECT_FALSE(child_of(run).has_ended()) << run.timeline();
}

TEST(Jobs, AreExploredWithAKillAnywhere)
{
    const auto result =
        explore(program("family"), scene(L"job_ends_with_parent"))
            .kill("family")
            .may_wait_forever("family")
            .preemptions(0)
            .check([](const execution& run) {
                if (run.has_process("family", 2) && !child_of(run).calls("CreateEventW").empty()) {
                    EXPECT_TRUE(run.process("family").has_ended());
                }
            });

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_GT(result.schedules(), 10U);
}

TEST(CtrlC, CallsTheHandlerOnAThreadOfItsOwn)
{
    execution run{program("family"), scene(L"stop_by_ctrl_c")};
    auto& process = run.process("family");
    process.run_until_blocked();

    process.ctrl_c();

    EXPECT_EQ(process.thread_count(), 2U) << run.timeline();
    EXPECT_FALSE(process.has_ended());
    run.run_to_end();
    EXPECT_EQ(process.output(), "stopped\n") << run.timeline();
    EXPECT_THAT(process, ended_with(0));
    EXPECT_THAT(run.timeline(), HasSubstr("Ctrl+C (by the test)"));
}

TEST(CtrlC, WithoutAHandlerEndsTheProcess)
{
    execution run{program("family"), scene(L"wait")};
    auto& process = run.process("family");
    process.run_until_blocked();

    process.ctrl_c();
    run.run_to_end();

    EXPECT_THAT(process, ended_with(ctrl_c_exit)) << run.timeline();
}

TEST(CtrlC, CanBeIgnored)
{
    execution run{program("family"), scene(L"ignore_ctrl_c")};
    auto& process = run.process("family");
    process.run_to(before("Sleep"));

    process.ctrl_c();
    run.run_to_end();

    EXPECT_EQ(process.output(), "ignored\n") << run.timeline();
    EXPECT_THAT(process, ended_with(0));
}

TEST(CtrlC, IsReplayed)
{
    execution run{program("family"), scene(L"stop_by_ctrl_c")};
    run.process("family").run_until_blocked();
    run.process("family").ctrl_c();
    run.run_to_end();

    for (int i = 0; i < 20; ++i) {
        execution again{program("family"), scene(L"stop_by_ctrl_c")};
        again.replay(run.schedule());
        EXPECT_EQ(again.process("family").output(), "stopped\n") << again.timeline();
    }
}
