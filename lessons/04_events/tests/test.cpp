#include "interleave/execution.h"
#include "interleave/matchers.h"
#include "testing/access.h"
#include "testing/expectations.h"
#include "testing/memory.h"
#include "testing/programs.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

using namespace interleave;
using namespace winipc::testing;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using winipc::unique_handle;

namespace {

constexpr const wchar_t* event_name = L"Local\\winipc-message-ready";

} // namespace

TEST(Events, TheWriterWakesTheWaitingReader)
{
    execution run{program("writer"), input("wake up\n")};
    auto& writer = run.process("writer");
    writer.run_to(before("SetEvent"));
    auto& reader = run.start(program("reader"));

    reader.run_until_blocked();
    EXPECT_THAT(reader, is_blocked_in("WaitForSingleObject")) << run.timeline();
    EXPECT_EQ(reader.output(), "") << "nobody has told it yet\n" << run.timeline();
    writer.run_to(after("SetEvent"));
    reader.run_to_end();

    EXPECT_THAT(reader, ended_with(0)) << reader.error_output() << run.timeline();
    EXPECT_EQ(reader.output(), "wake up\n") << run.timeline();
}

TEST(Events, ASignalSetBeforeTheWaitIsNotLost)
{
    execution run{program("writer"), input("early\n")};
    auto& writer = run.process("writer");

    writer.run_to(after("SetEvent"));
    writer.run_to(before("UnmapViewOfFile"));
    auto& reader = run.start(program("reader"));
    reader.run_to_end();

    EXPECT_EQ(reader.output(), "early\n")
        << "the event stays set until somebody has waited for it\n"
        << run.timeline();
}

TEST(Events, TheMessageIsCompleteBeforeTheSignal)
{
    execution run{program("writer"), input("all of it\n")};
    auto& writer = run.process("writer");

    writer.run_to(before("SetEvent"));

    const auto maps = writer.calls("MapViewOfFile");
    ASSERT_THAT(writer.calls("MapViewOfFile"), SizeIs(1)) << "map the section before you signal\n"
                                                          << run.timeline();
    EXPECT_EQ(text_at(writer, maps[0].result), L"all of it")
        << "whoever waits may read as soon as the event is set\n"
        << run.timeline();
}

TEST(Events, TheEventIsNotSignalledFromTheStart)
{
    execution run{program("writer"), input("hello\n")};
    auto& writer = run.process("writer");
    writer.run_to(after("CreateEventW"));
    writer.run_to(after("MapViewOfFile"));
    auto& reader = run.start(program("reader"));

    reader.run_until_blocked();

    EXPECT_EQ(reader.output(), "") << run.timeline();
}

TEST(Events, OneSetWakesOneReader)
{
    execution run{program("writer"), input("for one\n")};
    auto& writer = run.process("writer");
    writer.run_to(before("SetEvent"));
    auto& first = run.start(program("reader"));
    auto& second = run.start(program("reader"));
    first.run_until_blocked();
    second.run_until_blocked();

    writer.run_to(after("SetEvent"));
    first.run_to_end();
    second.run_until_blocked();

    EXPECT_EQ(first.output(), "for one\n") << run.timeline();
    EXPECT_THAT(second, is_blocked_in("WaitForSingleObject"))
        << "an auto-reset event lets one wait through\n"
        << run.timeline();
}

TEST(Events, TwoSignalsInARowAreOne)
{
    execution run{program("writer"), input("for one\n")};
    auto& writer = run.process("writer");
    writer.run_to(after("SetEvent"));
    const unique_handle event{
        ::OpenEventW(EVENT_MODIFY_STATE, FALSE, run.object_name(event_name).c_str())};
    auto& first = run.start(program("reader"));
    auto& second = run.start(program("reader"));

    ::SetEvent(event.get()); // it is set already
    first.run_to_end();
    second.run_until_blocked();

    EXPECT_TRUE(second.is_blocked()) << "an event is not a counter\n" << run.timeline();
}

TEST(Events, TheReaderWaitsOnceAndDoesNotLook)
{
    execution run{program("writer"), input("hello\n")};
    auto& writer = run.process("writer");
    writer.run_to(before("SetEvent"));
    auto& reader = run.start(program("reader"));
    run.step_limit(200);

    reader.run_until_blocked();
    writer.run_to(after("SetEvent"));
    reader.run_to_end();

    EXPECT_THAT(reader.calls("Sleep"), IsEmpty()) << "no more looking\n" << run.timeline();
    const auto waits = reader.calls("WaitForSingleObject");
    ASSERT_THAT(reader.calls("WaitForSingleObject"), SizeIs(1)) << run.timeline();
    EXPECT_EQ(waits[0].arguments[1], 60'000U) << "a minute, in milliseconds, " << waits[0].line;
}

TEST(Events, AWaitThatTimesOutIsReported)
{
    execution run{program("writer"), input("hello\n")};
    run.process("writer").run_to(before("SetEvent"));
    auto& reader = run.start(program("reader"));

    reader.run_until_blocked();
    reader.time_out().run_to_end();

    EXPECT_THAT(reader, ended_with(1)) << run.timeline();
    EXPECT_THAT(reader.error_output(), HasSubstr("no message has come in time"));
    EXPECT_EQ(reader.output(), "") << "there is no message to print\n" << run.timeline();
}

TEST(Events, AWaitThatFailsIsReported)
{
    execution run{program("writer"), input("hello\n")};
    run.process("writer").run_to(before("SetEvent"));
    auto& reader = run.start(program("reader"));

    reader.run_to(before("WaitForSingleObject"));
    reader.fail(ERROR_ACCESS_DENIED);
    reader.run_to_end();

    expect_reported(run, reader, "WaitForSingleObject", ERROR_ACCESS_DENIED);
    EXPECT_EQ(reader.output(), "") << run.timeline();
}

TEST(Events, ASignalThatFailsIsReported)
{
    execution run{program("writer"), input("hello\n")};
    auto& writer = run.process("writer");

    writer.run_to(before("SetEvent"));
    writer.fail(ERROR_ACCESS_DENIED);
    writer.run_to_end();

    expect_reported(run, writer, "SetEvent", ERROR_ACCESS_DENIED);
}

TEST(Events, TheEventHasTheAgreedNameAndKind)
{
    execution run{program("writer"), input("hello\n")};
    auto& writer = run.process("writer");

    writer.run_to_end();

    const auto creates = writer.calls("CreateEventW");
    ASSERT_THAT(writer.calls("CreateEventW"), SizeIs(1)) << run.timeline();
    EXPECT_EQ(creates[0].text, event_name) << creates[0].line;
    EXPECT_EQ(creates[0].arguments[1], 0U) << "not manual-reset, " << creates[0].line;
    EXPECT_EQ(creates[0].arguments[2], 0U) << "not signalled, " << creates[0].line;
}

TEST(Events, TheReaderAsksForNoMoreThanItNeeds)
{
    execution run{program("writer"), input("hello\n")};
    run.process("writer").run_to(before("SetEvent"));
    auto& reader = run.start(program("reader"));

    reader.run_until_blocked();

    const auto opens = reader.calls("OpenEventW");
    ASSERT_THAT(reader.calls("OpenEventW"), SizeIs(1)) << run.timeline();
    EXPECT_EQ(event_access(opens[0].arguments[0]), "SYNCHRONIZE")
        << "it only waits, " << opens[0].line;
    EXPECT_EQ(opens[0].arguments[1], 0U) << "no child inherits the handle, " << opens[0].line;
}

TEST(Events, AnEventOfSomebodyElseIsRefused)
{
    execution run;
    const unique_handle squatted{
        ::CreateEventW(nullptr, TRUE, TRUE, run.object_name(event_name).c_str())};
    auto& writer = run.start(program("writer"), input("secret\n"));

    writer.run_to_end();

    expect_reported(run, writer, "CreateEventW", ERROR_ALREADY_EXISTS);
    EXPECT_THAT(writer.open_handles(), IsEmpty()) << run.timeline();
}

TEST(Events, AReaderBeforeTheWriterReportsAndEnds)
{
    execution run;
    auto& reader = run.start(program("reader"));

    reader.run_to_end();

    EXPECT_THAT(reader, ended_with(1)) << run.timeline();
    EXPECT_THAT(reader.error_output(), HasSubstr("(error 2)"));
}

TEST(Events, BothGiveBackWhatTheyHold)
{
    execution run{program("writer"), input("hello\n")};
    auto& writer = run.process("writer");
    writer.run_to(after("SetEvent"));
    auto& reader = run.start(program("reader"));

    reader.run_to_end();
    writer.run_to_end();

    for (const auto* process : {&reader, &writer}) {
        EXPECT_THAT(*process, ended_with(0)) << process->error_output() << run.timeline();
        expect_nothing_open(run, *process);
    }
}

TEST(Events, ALineFitsWithItsTerminatingZeroAndNotOneCharacterMore)
{
    execution run{program("writer"), input(std::string(2047, 'x') + "\n")};
    run.process("writer").run_to(after("SetEvent"));
    auto& reader = run.start(program("reader"));
    reader.run_to_end();
    EXPECT_EQ(reader.output(), std::string(2047, 'x') + "\n");

    execution too_long{program("writer"), input(std::string(2048, 'x') + "\n")};
    too_long.run_to_end();
    EXPECT_THAT(too_long.process("writer"), ended_with(1)) << too_long.timeline();
    EXPECT_THAT(too_long.process("writer").error_output(), HasSubstr("too long"));
}
