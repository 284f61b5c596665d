// What the controller says when a program does what it cannot control.
#include "explore_pair.h"
#include "interleave/execution.h"
#include "interleave/matchers.h"
#include "shared/protocol.h"
#include "testing/programs.h"
#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <exception>
#include <functional>
#include <string>
#include <system_error>

using namespace interleave;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;
using winipc::testing::program;

namespace {

std::string error_of(const std::function<void()>& action)
{
    try {
        action();
    } catch (const std::exception& error) {
        return error.what();
    }
    return "no error at all";
}

void change_table_of(const execution& run)
{
    auto name = run.object_name(L"Local\\winipc-interleave"); // and ".il-", and its number
    name.erase(name.rfind(L".il"), 3);
    const winipc::unique_handle section{::OpenFileMappingW(FILE_MAP_WRITE, FALSE, name.c_str())};
    if (!section)
        winipc::throw_last_error("OpenFileMappingW");
    const winipc::mapped_view view(section.get(), FILE_MAP_WRITE);
    ++view.as<protocol::board>()->table;
}

} // namespace

TEST(Guards, AWaitThatTheInstrumentDoesNotSeeIsNamedAsSuch)
{
    execution run{program("scene"), arguments({L"block_unseen"})};
    run.watchdog(500ms);

    const auto error = error_of([&] { run.process("scene").run_to_end(); });

    EXPECT_THAT(error, StartsWith("scene never reaches its next call: uncontrolled blocking."));
    EXPECT_FALSE(run.deadlocked()) << "uncontrolled blocking is not a deadlock";
}

TEST(Guards, AProgramThatWaitsByComputingIsCalledSpinning)
{
    execution run{program("scene"), arguments({L"spin"})};

    const auto error = error_of([&] { run.process("scene").run_to_end(); });

    EXPECT_THAT(error, StartsWith("scene is spinning"));
}

TEST(Guards, AProgramThatComputesForLongMayBeGivenTheTime)
{
    execution run{program("scene"), arguments({L"spin"})};
    run.processor_limit(1h);
    run.watchdog(4s); // the default limit would be reached before

    const auto error = error_of([&] { run.process("scene").run_to_end(); });

    EXPECT_THAT(error, StartsWith("scene never reaches its next call"));
}

TEST(Guards, AProgramThatEndsAtOnceIsReportedWithItsExitCode)
{
    const auto error = error_of([] { execution run{program("silent")}; });

    EXPECT_THAT(error, StartsWith("silent ended with exit code 0x3 before it reported to the "
                                  "controller. Is it linked with interleave::probe?"));
}

// As a controller with another table of calls would have written it.
TEST(Guards, AProbeOfAnotherBuildIsRefused)
{
    execution run;
    change_table_of(run);

    const auto error = error_of([&] { run.start(program("scene"), arguments({L"child"})); });

    EXPECT_THAT(error, StartsWith("scene was built with another version of the instrument than "
                                  "this test, and has refused to run: build both again"));
}

TEST(Guards, SoIsOneInAProgramThatAProgramStarts)
{
    execution run{program("scene"), arguments({L"child"})};
    change_table_of(run);

    const auto error = error_of([&] { run.process("scene").run_to_end(); });

    EXPECT_THAT(error, StartsWith("a program that scene has started was built with another version "
                                  "of the instrument than this test"));
}

TEST(Guards, AProgramThatNeverReportsIsNamed)
{
    execution run;
    run.watchdog(500ms);

    const auto error = error_of([&] { run.start(program("silent"), arguments({L"stay"})); });

    EXPECT_THAT(error, StartsWith("silent never reports that it has started"));
    EXPECT_THAT(error, HasSubstr("built without interleave::probe"));
}

TEST(Guards, AProgramThatIsNotThereIsAnErrorWithItsCode)
{
    try {
        execution run{program("scene").replace_filename("absent.exe")};
        FAIL() << "there is no such program";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code().value(), ERROR_FILE_NOT_FOUND);
        EXPECT_THAT(error.what(), HasSubstr("absent.exe"));
    }
}

TEST(Guards, ACrashIsShownWithItsLine)
{
    execution run{program("scene"), arguments({L"crash"})};
    auto& process = run.process("scene");

    process.run_to_end();

    EXPECT_EQ(process.exit_code(), 0xC0000005U);
    EXPECT_EQ(process.output(), "about to crash\n");
    EXPECT_THAT(process.position(),
                MatchesRegex("crashed with exception 0xC0000005, scene.cpp:\\d+"));
}

// The scene prints the line, since the innermost frame of the program is looked for, not any.
TEST(Guards, ACrashInAFunctionWithoutAFrameIsShownWithTheLineOfItsCall)
{
    for (const auto* scene : {L"crash_in_leaf", L"call_nothing"}) {
        execution run{program("scene"), arguments({scene})};
        auto& process = run.process("scene");

        process.run_to_end();

        const auto line = process.output().substr(0, process.output().find('\n'));
        EXPECT_EQ(process.position(), "crashed with exception 0xC0000005, scene.cpp:" + line)
            << run.timeline();
    }
}

// In the same words whatever compiler has built the program.
TEST(Guards, AnUncaughtExceptionIsShownWithItsText)
{
    for (const auto* scene : {L"throw_uncaught", L"throw_uncaught_on_thread"}) {
        execution run{program("scene"), arguments({scene})};
        auto& process = run.process("scene");

        run.run_to_end();

        const auto line = process.output().substr(0, process.output().find('\n'));
        const auto words = ": nobody wants \u4F60\u597D";
        EXPECT_EQ(process.position(),
                  "ended by an uncaught C++ exception, scene.cpp:" + line + words);
        EXPECT_THAT(run.timeline(),
                    HasSubstr(std::string("an uncaught C++ exception") + words + "  scene.cpp:"));
        EXPECT_EQ(process.exit_code(), 3U);
        ASSERT_TRUE(process.crash());
        EXPECT_EQ(process.crash()->arguments[0], 0xE06D7363U);
    }
}

#ifndef _MSC_VER // its library does not promise that std::terminate can ask for the exception then
// clang has left the function that threw by the time it calls std::terminate, so no line is
// certain.
TEST(Guards, AnExceptionThatLeavesANoexceptFunctionIsShownWithItsText)
{
    execution run{program("scene"), arguments({L"throw_through_noexcept"})};
    auto& process = run.process("scene");

    process.run_to_end();

    EXPECT_THAT(process.position(),
                MatchesRegex("ended by an uncaught C\\+\\+ exception, scene.cpp:\\d+: nobody wants "
                             "\u4F60\u597D"));
    EXPECT_EQ(process.exit_code(), 3U);
}
#endif

TEST(Guards, AnUncaughtExceptionMayHaveNoText)
{
    execution run{program("scene"), arguments({L"throw_number"})};
    auto& process = run.process("scene");

    process.run_to_end();

    const auto line = process.output().substr(0, process.output().find('\n'));
    EXPECT_EQ(process.position(), "ended by an uncaught C++ exception, scene.cpp:" + line);
}

TEST(Guards, OfALongTextTheBeginningIsShown)
{
    execution run{program("scene"), arguments({L"throw_long_text"})};
    auto& process = run.process("scene");

    process.run_to_end();

    EXPECT_THAT(process.position(), MatchesRegex("ended by an uncaught C\\+\\+ exception, "
                                                 "scene.cpp:\\d+: " +
                                                 std::string(263, 'x')));
}

TEST(Guards, TerminateIsShownAsSuch)
{
    execution run{program("scene"), arguments({L"terminate"})};
    auto& process = run.process("scene");

    process.run_to_end();

    const auto line = process.output().substr(0, process.output().find('\n'));
    EXPECT_EQ(process.position(), "ended by std::terminate, scene.cpp:" + line);
    EXPECT_EQ(process.exit_code(), 3U);
}

TEST(Guards, ACrashWithoutALineIsShownWithoutOne)
{
    execution run{program("scene"), arguments({L"crash_nowhere"})};
    auto& process = run.process("scene");

    run.run_to_end();

    EXPECT_EQ(process.position(), "crashed with exception 0xC0000005");
    ASSERT_TRUE(process.crash());
    EXPECT_EQ(process.crash()->line, "an unknown line") << "it stands in the middle of sentences";
}

TEST(Guards, AWriteToAReadOnlyViewFaults)
{
    execution run{program("scene"), arguments({L"write_read_only_view"})};
    auto& process = run.process("scene");

    process.run_to_end();

    EXPECT_EQ(process.exit_code(), 0xC0000005U);
    const auto crash = process.crash();
    ASSERT_TRUE(crash);
    EXPECT_EQ(crash->arguments[1], 1U) << "a write";
    EXPECT_EQ(crash->arguments[2], process.calls("MapViewOfFile").back().result);
}

TEST(Guards, AProcessThatNeverBlocksIsStoppedByTheStepLimit)
{
    execution run{program("right"), arguments({L"timed_spin"})};
    run.step_limit(100);

    const auto error = error_of([&] { run.run_to_end(); });

    EXPECT_THAT(error, StartsWith("after 100 steps nobody has ended: a livelock is suspected"));
}

TEST(Guards, AProcessThatNobodyHasStartedIsNotThere)
{
    execution run{program("scene"), arguments({L"spin"})};

    const auto error = error_of([&] { (void)run.process("child"); });

    EXPECT_THAT(error, StartsWith("there is no process child (yet)"));
}

TEST(Guards, AThreadThatHasNotStartedIsNotThere)
{
    execution run{program("scene"), arguments({L"spin"})};

    const auto error = error_of([&] { (void)run.process("scene").thread(1); });

    EXPECT_THAT(error, StartsWith("scene has no thread 1 (yet): it has 1"));
}

// What would pass because there is nothing that could fail.
TEST(Guards, AnExplorationOfNothingIsRefused)
{
    const auto pair = [] { return explore_pair(L"ping_pong").preemptions(0); };

    EXPECT_EQ(error_of([&] { pair().at_once(0); }), "interleave: 0 executions at once: at least 1");
    EXPECT_EQ(error_of([&] { pair().random(1, 0); }), "interleave: 0 runs: at least 1");
    EXPECT_EQ(error_of([&] { pair().pct(1, 1, 0); }),
              "interleave: 0 ordering constraints: at least 1");
    EXPECT_EQ(error_of([&] { pair().preemptions(-1); }), "interleave: -1 preemptions: at least 0");
    EXPECT_EQ(error_of([] { (void)exploration([](execution&) {}).check(nothing); }),
              "interleave: the start function has started no program");
}

TEST(Guards, AnExplorationWithoutTheProcessThatIsNamedIsRefused)
{
    const auto pair = [] { return explore_pair(L"ping_pong").preemptions(0); };

    EXPECT_EQ(error_of([&] { (void)pair().kill("wright").check(nothing); }),
              "interleave: there has been no process 'wright'");
    EXPECT_EQ(error_of([&] { (void)pair().may_wait_forever("wright").check(nothing); }),
              "interleave: there has been no process 'wright'");
    EXPECT_EQ(error_of([&] { (void)pair().may_wait_forever("right").check(nothing); }),
              "no error at all");
}

TEST(Guards, NoProcessOutlivesItsExecution)
{
    winipc::unique_handle process;
    {
        execution run{program("scene"), arguments({L"wait_for_ever"})};
        run.process("scene").run_until_blocked();
        process =
            winipc::unique_handle{::OpenProcess(SYNCHRONIZE, FALSE, run.process("scene").id())};
    }

    EXPECT_EQ(::WaitForSingleObject(process.get(), 0), WAIT_OBJECT_0);
}
