#include "interleave/execution.h"
#include "interleave/matchers.h"
#include "testing/access.h"
#include "testing/expectations.h"
#include "testing/memory.h"
#include "testing/programs.h"
#include "winipc/mapped_view.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

using namespace interleave;
using namespace winipc::testing;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using winipc::unique_handle;

namespace {

constexpr const wchar_t* section_name = L"Local\\winipc-message";

} // namespace

TEST(NamedMapping, TheReaderPrintsWhatTheWriterHasWritten)
{
    execution run{program("writer"), input("hello reader\n")};
    auto& writer = run.process("writer");
    writer.run_to(before("UnmapViewOfFile"));

    auto& reader = run.start(program("reader"));
    reader.run_to_end();

    EXPECT_THAT(reader, ended_with(0)) << reader.error_output() << run.timeline();
    EXPECT_EQ(reader.output(), "hello reader\n") << run.timeline();
}

TEST(NamedMapping, TheReaderWaitsWhileTheMessageIsNotReady)
{
    execution run{program("writer"), input("late\n")};
    auto& writer = run.process("writer");
    writer.run_to(after("MapViewOfFile"));
    auto& reader = run.start(program("reader"));

    reader.run_to(after("Sleep").nth(3));
    EXPECT_EQ(reader.output(), "") << "nothing is written yet\n" << run.timeline();
    writer.run_to(before("UnmapViewOfFile"));
    reader.run_to_end();

    EXPECT_EQ(reader.output(), "late\n") << run.timeline();
}

TEST(NamedMapping, TheTextIsWrittenBeforeReadyIsSet)
{
    execution run{program("writer"), input("hello\n")};
    auto& writer = run.process("writer");
    writer.run_to(after("MapViewOfFile"));
    const auto maps = writer.calls("MapViewOfFile");
    ASSERT_THAT(writer.calls("MapViewOfFile"), SizeIs(1)) << run.timeline();

    forbid_writing(writer, maps[0].result); // so that the first write can be seen
    writer.run_to_end();

    const auto write = writer.crash();
    ASSERT_TRUE(write) << "nothing is written into the section\n" << run.timeline();
    EXPECT_GE(write->arguments[2], maps[0].result + sizeof(std::uint32_t))
        << "the first write goes to `ready`, " << write->line
        << ": a reader would print a text that is not there yet";
}

TEST(NamedMapping, TheSectionHasTheAgreedNameAndSize)
{
    execution run{program("writer"), input("hello\n")};
    auto& writer = run.process("writer");

    writer.run_to_end();

    const auto creates = writer.calls("CreateFileMappingW");
    ASSERT_THAT(writer.calls("CreateFileMappingW"), SizeIs(1)) << run.timeline();
    EXPECT_EQ(creates[0].text, section_name) << creates[0].line;
    EXPECT_EQ(creates[0].arguments[4], 4096U) << "bytes, " << creates[0].line;
}

TEST(NamedMapping, TheReaderAsksForNoMoreThanItNeeds)
{
    execution run{program("writer"), input("hello\n")};
    run.process("writer").run_to(before("UnmapViewOfFile"));
    auto& reader = run.start(program("reader"));

    reader.run_to(after("MapViewOfFile"));

    const auto opens = reader.calls("OpenFileMappingW");
    ASSERT_THAT(reader.calls("OpenFileMappingW"), SizeIs(1)) << run.timeline();
    EXPECT_EQ(section_access(opens[0].arguments[0]), "FILE_MAP_READ") << opens[0].line;
    EXPECT_EQ(opens[0].arguments[1], 0U) << "no child inherits the handle, " << opens[0].line;
    const auto map = reader.calls("MapViewOfFile").back();
    EXPECT_EQ(section_access(map.arguments[1]), "FILE_MAP_READ") << map.line;
    EXPECT_EQ(protection_at(reader, map.result), static_cast<DWORD>(PAGE_READONLY))
        << "a write through this view must fault, " << map.line;
}

TEST(NamedMapping, TheWriterAsksForNoMoreThanItNeeds)
{
    execution run{program("writer"), input("hello\n")};
    auto& writer = run.process("writer");

    writer.run_to_end();

    const auto maps = writer.calls("MapViewOfFile");
    ASSERT_THAT(writer.calls("MapViewOfFile"), SizeIs(1)) << run.timeline();
    EXPECT_EQ(section_access(maps[0].arguments[1]), "FILE_MAP_WRITE") << maps[0].line;
}

TEST(NamedMapping, AReaderBeforeTheWriterReportsAndEnds)
{
    execution run;
    auto& reader = run.start(program("reader"));

    reader.run_to_end();

    expect_reported(run, reader, "OpenFileMappingW", ERROR_FILE_NOT_FOUND);
    EXPECT_THAT(reader.calls("CreateFileMappingW"), IsEmpty())
        << "a reader that creates the section waits for a writer that will refuse it\n"
        << run.timeline();
}

TEST(NamedMapping, ANameThatBelongsToAnEventIsReportedByTheReader)
{
    execution run;
    const unique_handle event{
        ::CreateEventW(nullptr, FALSE, FALSE, run.object_name(section_name).c_str())};
    auto& reader = run.start(program("reader"));

    reader.run_to_end();

    expect_reported(run, reader, "OpenFileMappingW", ERROR_INVALID_HANDLE);
}

TEST(NamedMapping, ANameThatBelongsToAnEventIsReportedByTheWriter)
{
    execution run;
    const unique_handle event{
        ::CreateEventW(nullptr, FALSE, FALSE, run.object_name(section_name).c_str())};
    auto& writer = run.start(program("writer"), input("hello\n"));

    writer.run_to_end();

    expect_reported(run, writer, "CreateFileMappingW", ERROR_INVALID_HANDLE);
}

TEST(NamedMapping, ASectionOfSomebodyElseIsRefused)
{
    execution run;
    const unique_handle squatted{::CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE,
                                                      0, 4096,
                                                      run.object_name(section_name).c_str())};
    const winipc::mapped_view view(squatted.get(), FILE_MAP_READ);
    auto& writer = run.start(program("writer"), input("secret\n"));

    writer.run_to_end();

    expect_reported(run, writer, "CreateFileMappingW", ERROR_ALREADY_EXISTS);
    EXPECT_EQ(*view.as<unsigned char>(), 0) << "nothing may be written into it";
    EXPECT_THAT(writer.calls("MapViewOfFile"), IsEmpty()) << run.timeline();
    EXPECT_THAT(writer.open_handles(), IsEmpty())
        << "the create has returned a handle even so: close it\n"
        << run.timeline();
}

TEST(NamedMapping, ALineFitsWithItsTerminatingZeroAndNotOneCharacterMore)
{
    execution run;
    auto& writer = run.start(program("writer"), input(std::string(2045, 'x') + "\n"));
    writer.run_to(before("UnmapViewOfFile"));
    auto& reader = run.start(program("reader"));
    reader.run_to_end();
    EXPECT_EQ(reader.output(), std::string(2045, 'x') + "\n");

    execution too_long;
    auto& refusing = too_long.start(program("writer"), input(std::string(2046, 'x') + "\n"));
    refusing.run_to_end();
    EXPECT_THAT(refusing, ended_with(1)) << too_long.timeline();
    EXPECT_THAT(refusing.error_output(), HasSubstr("too long"));
}

TEST(NamedMapping, NoLineAtAllIsReported)
{
    execution run{program("writer"), input("")};
    auto& writer = run.process("writer");

    writer.run_to_end();

    EXPECT_THAT(writer, ended_with(1)) << run.timeline();
    EXPECT_THAT(writer.error_output(), Not(IsEmpty()));
}

TEST(NamedMapping, BothGiveBackWhatTheyHold)
{
    execution run{program("writer"), input("hello\n")};
    auto& writer = run.process("writer");
    writer.run_to(before("UnmapViewOfFile"));
    auto& reader = run.start(program("reader"));

    reader.run_to_end();
    writer.run_to_end();

    ASSERT_THAT(reader.calls("MapViewOfFile"), SizeIs(1)) << run.timeline();
    EXPECT_THAT(reader, ended_with(0)) << reader.error_output() << run.timeline();
    expect_nothing_open(run, reader);
    EXPECT_THAT(writer, ended_with(0)) << writer.error_output() << run.timeline();
    expect_nothing_open(run, writer);
}

TEST(NamedMapping, AViewThatCannotBeMappedIsReported)
{
    execution run{program("writer"), input("hello\n")};
    run.process("writer").run_to(before("UnmapViewOfFile"));
    auto& reader = run.start(program("reader"));

    reader.run_to(before("MapViewOfFile"));
    reader.fail(ERROR_NOT_ENOUGH_MEMORY);
    reader.run_to_end();

    expect_reported(run, reader, "MapViewOfFile", ERROR_NOT_ENOUGH_MEMORY);
    EXPECT_THAT(reader.open_handles(), IsEmpty()) << run.timeline();
}
