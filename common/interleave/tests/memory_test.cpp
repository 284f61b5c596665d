// Accesses to shared memory as points: in unmodified programs, one by one.
#include "interleave/execution.h"
#include "interleave/explore.h"
#include "interleave/matchers.h"
#include "testing/memory.h"
#include "testing/programs.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

using namespace interleave;
using ::testing::HasSubstr;
using ::testing::Not;
using winipc::testing::program;

namespace {

// A program that stands with its view mapped and watched.
controlled_process& start_scene(execution& run, const wchar_t* name, std::string_view text = "")
{
    auto& process = run.start(program("memory"), arguments({name}), input(text));
    process.run_to(after("MapViewOfFile"));
    process.memory_points();
    return process;
}

} // namespace

TEST(Memory, EachCharacterIsAStep)
{
    execution run;
    auto& first = start_scene(run, L"copy_a");
    first.run_to(before("UnmapViewOfFile"));
    auto& second = start_scene(run, L"copy_b");
    auto& reader = start_scene(run, L"print_text");

    second.run_to(before("write", "winipc-memory").nth(5));
    reader.run_to_end();

    EXPECT_EQ(reader.output(), "BBBBAA\n") << run.timeline();
}

TEST(Memory, APointIsNamedByTheSectionAndTheOffset)
{
    execution run;
    auto& process = start_scene(run, L"copy_a");

    process.run_to(before("write", "winipc-memory+8"));

    EXPECT_THAT(process.position(), HasSubstr("before write winipc-memory+8, memory.cpp:"));
    EXPECT_THAT(run.timeline(), HasSubstr("write winipc-memory+4 to +6 (2 times)  memory.cpp:"));
    EXPECT_THAT(run.timeline(), Not(HasSubstr("+8  ")))
        << "the access before which it stands is still to come";
}

TEST(Memory, AnUpdateOfTwoStepsIsLost)
{
    execution run;
    auto& first = start_scene(run, L"increment");
    auto& second = start_scene(run, L"increment");

    first.run_to(before("write"));
    second.run_to(before("UnmapViewOfFile"));
    first.run_to(before("UnmapViewOfFile"));
    auto& reader = start_scene(run, L"print_counter");
    reader.run_to_end();

    EXPECT_EQ(reader.output(), "1\n") << run.timeline();
}

TEST(Memory, AnInterlockedUpdateIsOneStep)
{
    execution run;
    auto& process = start_scene(run, L"increment_atomically");

    process.run_to(before("write", "winipc-memory+0"));
    process.step();

    EXPECT_EQ(process.call(), "UnmapViewOfFile") << run.timeline();
}

TEST(Memory, AnInstructionThatRepeatsItselfIsAnAccessForEachEightBytes)
{
    execution run;
    auto& process = start_scene(run, L"read_repeating");

    for (const auto* at : {"+64", "+72", "+80"}) {
        process.step();
        EXPECT_THAT(process.position(), HasSubstr(std::string("before read winipc-memory") + at));
    }
    process.step();

    EXPECT_EQ(process.call(), "UnmapViewOfFile") << run.timeline();
}

TEST(Memory, AnInstructionThatRepeatsItselfCanBeTorn)
{
    execution run;
    auto& writer = start_scene(run, L"write_repeating");
    auto& reader = start_scene(run, L"read_repeating");

    writer.run_to(before("write", "winipc-memory+80"));
    reader.run_to_end();

    EXPECT_EQ(reader.output(), "abcdefghijklmnop\n") << run.timeline();
}

TEST(Memory, AnInstructionThatRepeatsItselfBothReadsAndWrites)
{
    execution run;
    auto& process = start_scene(run, L"copy_repeating");

    for (int i = 0; i < 2; ++i)
        for (const auto* access :
             {"read winipc-memory+64", "write winipc-memory+4160", "read winipc-memory+72",
              "write winipc-memory+4168", "read winipc-memory+80", "write winipc-memory+4176"}) {
            process.step();
            EXPECT_THAT(process.position(), HasSubstr(std::string("before ") + access + ", "));
        }
    process.step();

    EXPECT_EQ(process.call(), "UnmapViewOfFile") << run.timeline();
}

TEST(Memory, LibraryFunctionsAreSeenAtWork)
{
    execution run;
    auto& process = start_scene(run, L"use_library_functions");

    process.run_to(before("write", "winipc-memory+4"));
    process.run_to(before("read", "winipc-memory+4"));
    process.run_to_end();

    EXPECT_EQ(process.output(), "copied\n") << run.timeline();
}

TEST(Memory, AKernelCallIsOneAccess)
{
    execution run;
    auto& process = start_scene(run, L"pass_to_kernel", "bytes!");

    process.run_to(after("ReadFile"));
    process.run_to(before("WriteFile"));
    process.run_to_end();

    EXPECT_THAT(process, ended_with(0)) << process.error_output() << run.timeline();
    EXPECT_EQ(process.output(), "bytes! 77\n") << "and the last error stays as it was";
}

TEST(Memory, SeveralViewsAreWatched)
{
    execution run;
    auto& process = start_scene(run, L"touch_two_views");

    process.run_to(before("write", "winipc-other"));
    process.run_to(before("read", "winipc-other"));
    process.run_to(before("write", "winipc-memory"));
    process.run_to(before("read", "winipc-memory"));
    process.run_to_end();

    EXPECT_EQ(process.output(), "5\n");
}

TEST(Memory, AViewForReadingStillRefusesAWrite)
{
    execution run;
    auto& process = start_scene(run, L"write_where_reading_is_allowed");

    process.run_to(before("read"));
    process.run_to_end();

    ASSERT_TRUE(process.crash()) << run.timeline();
    EXPECT_EQ(process.crash()->arguments[0], static_cast<DWORD>(EXCEPTION_ACCESS_VIOLATION));
    EXPECT_EQ(process.crash()->arguments[1], 1U) << "a write";
    EXPECT_EQ(process.output(), "0\n");
}

TEST(Memory, AViewThatIsMappedAgainIsWatchedAgain)
{
    execution run;
    auto& process = start_scene(run, L"map_again");

    for (int i = 0; i < 2; ++i) {
        process.run_to(before("write", "winipc-memory+0"));
        process.run_to(after("UnmapViewOfFile"));
    }
    process.run_to_end();

    EXPECT_EQ(process.output(), "2\n") << run.timeline();
}

TEST(Memory, OneInstructionMayTouchTwoPages)
{
    execution run;
    auto& process = start_scene(run, L"write_across_pages");

    process.run_to_end();

    EXPECT_EQ(process.output(), "3 2\n") << run.timeline();
}

TEST(Memory, TheLastErrorStays)
{
    execution run;
    auto& process = start_scene(run, L"keep_last_error");

    process.run_to(before("write"));
    process.run_to_end();

    EXPECT_EQ(process.output(), "77\n");
}

TEST(Memory, OnlyTheWantedBytesArePoints)
{
    execution run;
    auto& process = start_scene(run, L"copy_a");
    process.memory_points("winipc-memory", 8, 12);

    process.step();
    EXPECT_THAT(process.position(), HasSubstr("winipc-memory+8"));
    process.step();
    EXPECT_THAT(process.position(), HasSubstr("winipc-memory+10"));
    process.step();
    EXPECT_EQ(process.call(), "UnmapViewOfFile") << run.timeline();
}

TEST(Memory, AnotherSectionIsNotWatched)
{
    execution run;
    auto& process = start_scene(run, L"copy_a");
    process.memory_points("winipc-other");

    process.step();

    EXPECT_EQ(process.call(), "UnmapViewOfFile") << run.timeline();
}

TEST(Memory, PointsCanBeSwitchedOffInTheMiddle)
{
    execution run;
    auto& process = start_scene(run, L"copy_a");

    process.run_to(before("write").nth(3));
    process.no_memory_points();
    process.step();

    EXPECT_EQ(process.call(), "UnmapViewOfFile") << run.timeline();
    process.run_to_end();
    EXPECT_THAT(process, ended_with(0)) << run.timeline();
}

TEST(Memory, WithoutThemNothingIsClosed)
{
    execution run{program("memory"), arguments({L"copy_a"})};
    auto& process = run.process("memory");
    process.run_to(after("MapViewOfFile"));
    const auto view = process.calls("MapViewOfFile").front().result;

    EXPECT_EQ(winipc::testing::protection_at(process, view), static_cast<DWORD>(PAGE_READWRITE));
    process.memory_points();
    process.step();
    EXPECT_EQ(winipc::testing::protection_at(process, view), static_cast<DWORD>(PAGE_NOACCESS));
}

TEST(Memory, HoldsForTheWholeExecution)
{
    execution run;
    run.memory_points();
    auto& process = run.start(program("memory"), arguments({L"copy_a"}));

    process.run_to(before("write").nth(6));

    EXPECT_THAT(process.position(), HasSubstr("winipc-memory+14"));
}

TEST(Memory, AReplayFollowsEveryAccess)
{
    std::string schedule;
    std::string timeline;
    for (int i = 0; i < 2; ++i) {
        execution run;
        run.memory_points();
        auto& writer = run.start(program("memory"), arguments({L"copy_b"}));
        auto& reader = run.start(program("memory"), arguments({L"print_text"}));
        if (i == 0) {
            writer.run_to(before("write").nth(3));
            reader.run_to_end();
            schedule = run.schedule();
            timeline = run.timeline();
        } else {
            run.replay(schedule);
        }
        EXPECT_EQ(reader.output(), "BB\n");
        EXPECT_EQ(run.timeline(), timeline);
    }
}

TEST(Memory, ExplorationFindsTheTornText)
{
    const auto start = [](execution& run) {
        auto& first = run.start(program("memory"), arguments({L"copy_a"}));
        first.run_to(before("UnmapViewOfFile"));
        for (const auto* scene : {L"copy_b", L"print_text"})
            run.start(program("memory"), arguments({scene})).run_to(after("MapViewOfFile"));
        run.memory_points("winipc-memory", 0, 12); // four characters
    };
    const auto whole = [](const execution& run) {
        const auto text = run.process("memory", 3).output();
        EXPECT_TRUE(text == "AAAAAA\n" || text == "BBBBBB\n") << "torn: " << text;
    };

    EXPECT_TRUE(explore(start).preemptions(0).check(whole).passed());
    const auto result = explore(start).preemptions(1).check(whole);

    EXPECT_EQ(result.verdict(), "check failed");
    EXPECT_EQ(result.preemptions(), 1) << result.first_failure();
    EXPECT_THAT(result.first_failure(), HasSubstr("torn: "));
}
