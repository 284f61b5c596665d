// What a script can make a process do, and what it sees of it.
#include "interleave/execution.h"
#include "interleave/matchers.h"
#include "interleave/record.h"
#include "recorded.h"
#include "testing/programs.h"
#include "winipc/mapped_view.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>

using namespace interleave;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using winipc::testing::program;

namespace {

arguments scene(const wchar_t* name)
{
    return arguments({name});
}

winipc::unique_handle open_event(const execution& run, std::wstring_view name)
{
    return winipc::unique_handle{
        ::OpenEventW(EVENT_MODIFY_STATE | SYNCHRONIZE, FALSE, run.object_name(name).c_str())};
}

auto object_is(const std::string& name)
{
    return Field("object", &open_handle::object, name);
}

} // namespace

TEST(Control, StopsAProgramBeforeItsMain)
{
    execution run{program("scene"), scene(L"sleep_for_an_hour")};
    const auto& process = run.process("scene");

    EXPECT_FALSE(process.has_ended());
    EXPECT_EQ(process.call(), "process start");
    EXPECT_EQ(process.output(), "");
}

TEST(Control, StopsBeforeAndAfterACall)
{
    execution run{program("scene"), scene(L"wait_for_ever")};
    auto& process = run.process("scene");

    process.run_to(before("CreateEventW"));
    EXPECT_FALSE(open_event(run, L"Local\\winipc-event"));

    process.run_to(after("CreateEventW"));
    EXPECT_TRUE(open_event(run, L"Local\\winipc-event"));
}

TEST(Control, ShowsMemoryAsItIsAtThePoint)
{
    execution run{program("scene"), scene(L"fill_section")};
    auto& process = run.process("scene");

    process.run_to(before("Sleep"));
    const winipc::unique_handle section{::OpenFileMappingW(
        FILE_MAP_READ, FALSE, run.object_name(L"Local\\winipc-section").c_str())};
    const winipc::mapped_view view(section.get(), FILE_MAP_READ);
    EXPECT_EQ(*view.as<int>(), 1);

    process.run_to(before("Sleep"));
    EXPECT_EQ(*view.as<int>(), 2);
}

TEST(Control, CountsPointsFromWhereTheProcessStands)
{
    execution run{program("scene"), scene(L"wait_for_two")};
    auto& process = run.process("scene");

    process.run_to(after("CreateEventW").nth(2));

    EXPECT_EQ(process.calls("CreateEventW").size(), 2U);
    EXPECT_THROW(process.run_to(after("CreateEventW")), schedule_error);
}

TEST(Control, FindsAPointByItsObject)
{
    execution run{program("scene"), scene(L"wait_for_two")};
    auto& process = run.process("scene");

    process.run_to(after("CreateEventW", "winipc-second"));

    EXPECT_EQ(process.calls("CreateEventW").back().object, "winipc-second");
}

TEST(Control, SaysWhatHappenedInsteadOfThePoint)
{
    execution run{program("scene"), scene(L"no such scene")};

    try {
        run.process("scene").run_to(before("SetEvent"));
        FAIL() << "the program never calls SetEvent";
    } catch (const schedule_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("scene does not get to the point before SetEvent: "
                                            "it has ended with exit code 2"));
        EXPECT_THAT(error.what(), HasSubstr("there is no such scene"));
    }
}

TEST(Control, RefusesANameThatIsNoPoint)
{
    const auto refusal = [](const auto& use) {
        try {
            use();
            return std::string("no refusal");
        } catch (const schedule_error& error) {
            return std::string(error.what());
        }
    };
    execution run{program("scene"), scene(L"wait_for_ever")};

    EXPECT_EQ(refusal([] { (void)before("SetEvnet"); }), "there is no point called SetEvnet");
    EXPECT_EQ(refusal([] { (void)before("WaitForSingleObjectEx"); }),
              "there is no point called WaitForSingleObjectEx");
    EXPECT_EQ(refusal([] { (void)after("CreateEvent"); }),
              "there is no point called CreateEvent: is it CreateEventW?");
    EXPECT_EQ(refusal([&] { (void)run.process("scene").calls("sleep"); }),
              "there is no point called sleep");
}

TEST(Control, ExtendedCallsAreKnownAsTheirTableRowsSay)
{
    execution run{program("scene"), scene(L"extended_calls")};
    auto& process = run.process("scene");
    process.run_until_blocked();

    EXPECT_THAT(process, is_blocked_in("WaitForSingleObject"));
    EXPECT_THAT(process.position(), HasSubstr("blocked in WaitForSingleObject winipc-event"));
    EXPECT_TRUE(run.deadlocked());
    EXPECT_THAT(
        process.open_handles(),
        ElementsAre(object_is("winipc-event"), object_is("winipc-event"), object_is("event #1")));
    const auto creates = process.calls("CreateEventExW");
    ASSERT_EQ(creates.size(), 3U);
    EXPECT_THAT(creates[0].arguments,
                ElementsAre(0U, ::testing::Ne(0U), static_cast<DWORD>(CREATE_EVENT_MANUAL_RESET),
                            static_cast<DWORD>(SYNCHRONIZE | EVENT_MODIFY_STATE)));
    EXPECT_EQ(creates[0].text, L"Local\\winipc-event");
    EXPECT_THAT(outcomes(run, "CreateEventExW"),
                ElementsAre(outcome::succeeded, outcome::exists_already, outcome::succeeded));

    ::SetEvent(open_event(run, L"Local\\winipc-event").get());
    process.step();
    run.run_to_end();

    EXPECT_THAT(outcomes(run, "WaitForSingleObject"),
                ElementsAre(outcome::none, outcome::signalled, outcome::none, outcome::timed_out));
    EXPECT_EQ(process.output(), "1\n");
}

TEST(Control, TheKernelDecidesWhetherAWaitIsBlocked)
{
    execution run{program("scene"), scene(L"wait_for_ever")};
    auto& process = run.process("scene");
    process.run_until_blocked();
    EXPECT_THAT(process, is_blocked_in("WaitForSingleObject"));
    EXPECT_TRUE(run.deadlocked());

    ::SetEvent(open_event(run, L"Local\\winipc-event").get());
    process.step();

    EXPECT_FALSE(process.is_blocked());
    process.run_to_end();
    EXPECT_EQ(process.output(), "signalled\n");
}

TEST(Control, WaitsForOneOfTwoAndForBoth)
{
    execution run{program("scene"), scene(L"wait_for_two")};
    auto& process = run.process("scene");
    process.run_until_blocked();
    const auto first = open_event(run, L"Local\\winipc-first");
    const auto second = open_event(run, L"Local\\winipc-second");

    ::SetEvent(second.get());
    process.step().run_until_blocked();
    EXPECT_EQ(process.output(), "1\n");

    ::SetEvent(second.get());
    process.step();
    EXPECT_TRUE(process.is_blocked());

    ::SetEvent(first.get());
    process.step().run_to_end();
    EXPECT_EQ(process.output(), "1\n0\n");
}

TEST(Control, ASleepTakesNoTime)
{
    execution run{program("scene"), scene(L"sleep_for_an_hour")};
    auto& process = run.process("scene");

    process.run_to_end();

    EXPECT_EQ(process.output(), "slept\n");
    EXPECT_THAT(process.calls("Sleep").front().arguments, ElementsAre(3'600'000));
}

TEST(Control, AFiniteWaitTimesOutWhenNothingElseCanHappen)
{
    execution run{program("scene"), scene(L"timed_wait")};

    run.run_to_end();

    EXPECT_EQ(run.process("scene").output(), "timed out\n");
}

TEST(Control, AFiniteWaitTimesOutOrIsSatisfiedAsTheScriptSays)
{
    execution run{program("scene"), scene(L"timed_wait")};
    auto& gives_up = run.process("scene");
    gives_up.run_until_blocked().time_out().run_to_end();
    EXPECT_EQ(gives_up.output(), "timed out\n");

    auto& is_served = run.start(program("scene"), scene(L"timed_wait"));
    is_served.run_until_blocked();
    ::SetEvent(open_event(run, L"Local\\winipc-event").get());
    is_served.step().run_to_end();
    EXPECT_EQ(is_served.output(), "signalled\n");
}

TEST(Control, OnlyAFiniteWaitTimesOut)
{
    execution run{program("scene"), scene(L"wait_for_ever")};
    auto& process = run.process("scene");
    process.run_until_blocked();

    EXPECT_THROW(process.time_out(), schedule_error);
}

TEST(Control, MakesACallFail)
{
    execution run{program("scene"), scene(L"fill_section")};
    auto& process = run.process("scene");

    process.run_to(before("CreateFileMappingW"));
    process.fail(ERROR_COMMITMENT_LIMIT);
    process.run_to_end();

    EXPECT_THAT(process, ended_with(1));
    EXPECT_THAT(process.error_output(), HasSubstr("CreateFileMappingW"));
    EXPECT_THAT(process.error_output(), HasSubstr("1455"));
}

TEST(Control, KnowsTheOpenHandlesAtEveryMoment)
{
    execution run{program("scene"), scene(L"handles")};
    auto& process = run.process("scene");
    EXPECT_THAT(process.open_handles(), IsEmpty());

    process.run_to(before("Sleep"));
    EXPECT_THAT(
        process.open_handles(),
        ElementsAre(object_is("event #1"), object_is("winipc-second"), object_is("event #1")));

    process.run_to_end();
    EXPECT_THAT(process.open_handles(), ElementsAre(object_is("event #1")))
        << "the duplicate is never closed";
}

TEST(Control, SeesAHandleClosedTwice)
{
    execution run{program("scene"), scene(L"double_close")};
    auto& process = run.process("scene");

    process.run_to_end();

    const auto closes = process.calls("CloseHandle");
    ASSERT_EQ(closes.size(), 2U);
    EXPECT_EQ(closes[0].result, 1U);
    EXPECT_EQ(closes[1].result, 0U);
    EXPECT_EQ(closes[1].last_error, static_cast<DWORD>(ERROR_INVALID_HANDLE));
}

TEST(Control, KnowsTheOpenViews)
{
    execution run{program("scene"), scene(L"fill_section")};
    auto& process = run.process("scene");

    process.run_to(before("Sleep"));
    ASSERT_EQ(process.open_views().size(), 1U);
    EXPECT_EQ(process.open_views().front().object, "winipc-section");

    process.run_to_end();
    EXPECT_THAT(process.open_views(), IsEmpty());
}

TEST(Control, NamesTheProgramsLineNotItsLibrarys)
{
    execution run{program("scene"), scene(L"fill_section")};
    auto& process = run.process("scene");

    process.run_to(after("MapViewOfFile")); // called in mapped_view.h

    EXPECT_THAT(process.position(),
                ::testing::MatchesRegex("after MapViewOfFile winipc-section, scene.cpp:\\d+"));
}

TEST(Control, FollowsAChildThroughCreateProcess)
{
    execution run{program("scene"), scene(L"child")};
    auto& parent = run.process("scene");

    parent.run_to(after("CreateProcessW"));
    auto& child = run.process("scene", 2);
    EXPECT_EQ(child.call(), "process start");
    parent.run_until_blocked();
    EXPECT_THAT(parent, is_blocked_in("WaitForSingleObject"));

    child.run_to_end();
    parent.run_to_end();
    EXPECT_THAT(child, ended_with(7));
    EXPECT_EQ(parent.output(), "parent\n7\n");
}

TEST(Control, FollowsAChildThatIsCreatedSuspended)
{
    execution run{program("scene"), scene(L"suspended_child")};
    auto& parent = run.process("scene");

    parent.run_to(after("CreateProcessW"));
    EXPECT_FALSE(run.has_process("scene", 2));
    parent.run_to(after("ResumeThread"));
    EXPECT_TRUE(run.has_process("scene", 2));

    run.run_to_end();
    EXPECT_EQ(parent.output(), "7\n");
}

TEST(Control, FollowsGrandchildrenAndKeepsTheirOutputApart)
{
    execution run{program("scene"), scene(L"grandchild")};

    run.run_to_end();

    EXPECT_EQ(run.process("scene").output(), "0\n");
    EXPECT_EQ(run.process("scene", 2).output(), "parent\n7\n");
    EXPECT_THAT(run.process("scene", 3), ended_with(7));
}

TEST(Control, SeesAChildEndedByItsParent)
{
    execution run{program("scene"), scene(L"end_child")};
    auto& parent = run.process("scene");

    parent.run_to(after("TerminateProcess"));

    EXPECT_THAT(run.process("scene", 2), ended_with(9));
    parent.run_to_end();
}

TEST(Control, ControlsEveryThreadOfAProcess)
{
    execution run{program("scene"), scene(L"threads")};
    auto& process = run.process("scene");

    process.run_to(after("CreateThread"));
    ASSERT_EQ(process.thread_count(), 2U);
    process.thread(0).run_until_blocked();
    EXPECT_TRUE(process.thread(0).is_blocked());

    process.thread(1).run_to(after("SetEvent"));
    process.thread(0).run_until_blocked(); // now for the thread's end
    EXPECT_FALSE(process.thread(1).has_ended());
    process.thread(1).run_to_end();
    process.thread(0).run_to_end();
    EXPECT_EQ(process.output(), "5\n");
}

namespace {

// A thread that the library has started is waited for, and its handle closed, at points.
void expect_joined_under_control(const controlled_process& process, int threads)
{
    const auto waits = process.calls("WaitForSingleObject");
    const auto closes = process.calls("CloseHandle");
    ASSERT_EQ(waits.size(), static_cast<std::size_t>(threads));
    ASSERT_EQ(closes.size(), static_cast<std::size_t>(threads));
    for (int i = 0; i < threads; ++i) {
        const auto name = "thread #" + std::to_string(i + 1);
        EXPECT_EQ(waits[static_cast<std::size_t>(i)].object, name);
        EXPECT_EQ(closes[static_cast<std::size_t>(i)].object, name);
    }
    EXPECT_THAT(process.open_handles(), IsEmpty());
}

} // namespace

// They would wait for ever for a thread that stands at a point.
TEST(Control, TheLibrarysWaitsForThreadsAreControlled)
{
    execution run{program("scene"), scene(L"library_threads")};

    run.run_to_end();

    EXPECT_EQ(run.process("scene").output(), "3\n");
    expect_joined_under_control(run.process("scene"), 3);
}

TEST(Control, SoAreThoseOfALibraryThatIsAPartOfTheProgram)
{
    execution run{program("scene"), scene(L"static_library_thread")};
    auto& process = run.process("scene");

    process.run_until_blocked();
    EXPECT_THAT(process, is_blocked_in("WaitForSingleObject"));
    process.thread(1).run_to(before("thread exit"));
    EXPECT_TRUE(process.thread(0).is_blocked()) << "the thread is about to end";
    run.run_to_end();

    expect_joined_under_control(process, 1);
}

#ifndef _MSC_VER // there the library itself is such a DLL, by default
TEST(Control, SoAreThoseOfALibraryInADll)
{
    execution run{program("joins")};
    auto& process = run.process("joins");

    process.run_until_blocked();
    EXPECT_THAT(process, is_blocked_in("WaitForSingleObject"));
    run.run_to_end();

    EXPECT_EQ(process.output(), "0 0\n");
    const auto waits = process.calls("WaitForSingleObject");
    ASSERT_EQ(waits.size(), 1U);
    EXPECT_EQ(waits[0].object, "thread #1");
    EXPECT_EQ(process.calls("CloseHandle").size(), 2U) << "one joined, one detached";
    EXPECT_THAT(process.open_handles(), IsEmpty());
}
#endif

TEST(Control, GivesAProgramItsInputAndArguments)
{
    execution run{program("scene"), input("a line\n"),
                  arguments({L"echo", L"two words", L"a \"quote\"", L"ends in \\"})};

    run.run_to_end();

    EXPECT_EQ(run.process("scene").output(), "a line\n[two words]\n[a \"quote\"]\n[ends in \\]\n");
}

TEST(Control, KillsAProcessWhereItStands)
{
    execution run{program("left"), scene(L"abandoned_mutex")};
    auto& left = run.process("left");
    left.run_to(before("SetEvent"));

    left.kill(5);

    EXPECT_THAT(left, ended_with(5));
    EXPECT_EQ(left.ending(), ending::killed_by_test);
    EXPECT_THROW(left.step(), schedule_error);
}

TEST(Control, TwoExecutionsSideBySideDoNotMeet)
{
    execution one{program("scene"), scene(L"wait_for_ever")};
    execution other{program("scene"), scene(L"wait_for_ever")};
    one.process("scene").run_until_blocked();
    other.process("scene").run_until_blocked();

    ::SetEvent(open_event(one, L"Local\\winipc-event").get());
    one.process("scene").step();
    other.start(program("scene"), scene(L"sleep_for_an_hour")).run_to_end(); // allows a new try
    other.process("scene").step();

    EXPECT_FALSE(one.process("scene").is_blocked());
    EXPECT_TRUE(other.process("scene").is_blocked());
}

TEST(Control, PrintsATimelineWithAColumnAProcess)
{
    execution run{program("left"), scene(L"no_acknowledgement")};
    auto& left = run.process("left");
    auto& right = run.start(program("right"), scene(L"no_acknowledgement"));

    right.run_until_blocked();
    left.run_to(after("SetEvent"));
    right.run_until_blocked();
    left.run_to_end();
    const auto timeline = run.timeline();

    EXPECT_THAT(timeline, ::testing::ContainsRegex("step +left +right"));
    EXPECT_THAT(timeline, ::testing::ContainsRegex(
                              "  WaitForSingleObject winipc-request ... blocked  pairs.cpp:\\d+"));
    EXPECT_THAT(timeline, ::testing::ContainsRegex("SetEvent winipc-request  pairs.cpp:\\d+"));
    EXPECT_THAT(timeline,
                ::testing::ContainsRegex("\\* WaitForSingleObject winipc-request -> signalled"));
    EXPECT_THAT(timeline, HasSubstr("ends, exit code 0"));
    EXPECT_THAT(timeline, HasSubstr("right: blocked in WaitForSingleObject winipc-request"));
    EXPECT_THAT(timeline, HasSubstr("replay: v1:R"));
}

TEST(Control, TheTimelineCountsWhatIsRepeated)
{
    execution run{program("memory"), arguments({L"sleep_often"})}; // 500 times

    run.process("memory").run_to_end();

    EXPECT_THAT(run.timeline(), HasSubstr("... the same 498 times more\n"));
}
