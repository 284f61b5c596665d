#include "interleave/execution.h"
#include "interleave/matchers.h"
#include "testing/access.h"
#include "testing/expectations.h"
#include "testing/memory.h"
#include "testing/programs.h"

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

namespace {

std::string report_of(const call_record& call)
{
    return call.function + " failed: error " + std::to_string(call.last_error);
}

} // namespace

TEST(Mapping, OneSectionOfTheWantedSizeIsCreatedWithoutAFile)
{
    execution run{program("mapping"), arguments({L"hello", L"8192"})};
    auto& mapping = run.process("mapping");

    mapping.run_to_end();

    const auto creates = mapping.calls("CreateFileMappingW");
    ASSERT_THAT(mapping.calls("CreateFileMappingW"), SizeIs(1)) << "one section is enough\n"
                                                                << run.timeline();
    const auto& create = creates.front();
    EXPECT_EQ(create.arguments[0], reinterpret_cast<std::uint64_t>(INVALID_HANDLE_VALUE))
        << "without a file the first parameter is INVALID_HANDLE_VALUE, " << create.line;
    EXPECT_EQ(create.arguments[2], static_cast<std::uint64_t>(PAGE_READWRITE)) << create.line;
    EXPECT_EQ(create.arguments[3], 0U) << "the upper half of the size, " << create.line;
    EXPECT_EQ(create.arguments[4], 8192U)
        << "the lower half of the size, in bytes, " << create.line;
    EXPECT_EQ(create.text, L"") << "this section needs no name, " << create.line;
}

TEST(Mapping, TheSectionIsMappedOnceToWriteAndOnceToRead)
{
    execution run{program("mapping")};
    auto& mapping = run.process("mapping");

    mapping.run_to_end();

    const auto maps = mapping.calls("MapViewOfFile");
    ASSERT_THAT(mapping.calls("MapViewOfFile"), SizeIs(2)) << run.timeline();
    EXPECT_EQ(maps[0].object, maps[1].object) << "both are views of one section";
    EXPECT_NE(maps[0].result, maps[1].result) << "two views have two addresses";
    EXPECT_EQ(section_access(maps[0].arguments[1]), "FILE_MAP_WRITE")
        << "the first view is written through, " << maps[0].line;
    EXPECT_EQ(section_access(maps[1].arguments[1]), "FILE_MAP_READ")
        << "the second view is only read: ask for no more, " << maps[1].line;
}

TEST(Mapping, FreshPagesAreZero)
{
    execution run{program("mapping")};
    auto& mapping = run.process("mapping");

    mapping.run_to_end();

    EXPECT_THAT(mapping.output(), HasSubstr("fresh pages hold: 0\n")) << run.timeline();
}

TEST(Mapping, AWriteThroughOneViewIsReadThroughTheOther)
{
    execution run{program("mapping"), arguments({L"seen twice"})};
    auto& mapping = run.process("mapping");

    mapping.run_to(before("CloseHandle"));

    const auto maps = mapping.calls("MapViewOfFile");
    ASSERT_THAT(mapping.calls("MapViewOfFile"), SizeIs(2)) << run.timeline();
    EXPECT_EQ(text_at(mapping, maps[0].result), L"seen twice") << "in the first view";
    EXPECT_EQ(text_at(mapping, maps[1].result), L"seen twice") << "in the second view";
    EXPECT_THAT(mapping.output(), HasSubstr("the second view shows: seen twice\n"));
}

TEST(Mapping, AViewOutlivesTheHandleOfItsSection)
{
    execution run{program("mapping"), arguments({L"still here"})};
    auto& mapping = run.process("mapping");

    mapping.run_to(before("CloseHandle"));
    EXPECT_THAT(mapping.open_views(), SizeIs(2)) << "close the handle while both views are mapped\n"
                                                 << run.timeline();
    EXPECT_THAT(mapping.output(), Not(HasSubstr("without the handle"))) << "print it afterwards";
    mapping.run_to_end();

    EXPECT_THAT(mapping.output(), HasSubstr("without the handle: still here\n"));
}

TEST(Mapping, TheHandleAndBothViewsAreGivenBack)
{
    execution run{program("mapping")};
    auto& mapping = run.process("mapping");

    mapping.run_to_end();

    EXPECT_THAT(mapping, ended_with(0)) << mapping.error_output() << run.timeline();
    EXPECT_THAT(mapping.calls("CreateFileMappingW"), SizeIs(1)) << run.timeline();
    expect_nothing_open(run, mapping);
    for (const auto& call : mapping.calls())
        EXPECT_NE(call.result, 0U)
            << call.function << " fails, error " << call.last_error << ", " << call.line;
}

TEST(Mapping, ASectionOfNoBytesIsReported)
{
    execution run{program("mapping"), arguments({L"hello", L"0"})};
    auto& mapping = run.process("mapping");

    mapping.run_to_end();

    const auto creates = mapping.calls("CreateFileMappingW");
    ASSERT_THAT(mapping.calls("CreateFileMappingW"), SizeIs(1)) << run.timeline();
    EXPECT_THAT(mapping.error_output(), HasSubstr(report_of(creates.front())))
        << "a size of 0 makes the call fail: say so on std::wcerr, and with its code, taken at "
           "once";
    EXPECT_THAT(mapping, ended_with(1)) << run.timeline();
    EXPECT_THAT(mapping.calls("MapViewOfFile"), IsEmpty())
        << "there is nothing to map: return first\n"
        << run.timeline();
}

TEST(Mapping, AFirstViewThatCannotBeMappedIsReported)
{
    execution run{program("mapping")};
    auto& mapping = run.process("mapping");

    mapping.run_to(before("MapViewOfFile"));
    mapping.fail(ERROR_NOT_ENOUGH_MEMORY);
    mapping.run_to_end();

    EXPECT_THAT(mapping.error_output(), HasSubstr("MapViewOfFile failed: error 8"))
        << "on std::wcerr, and with its code, taken at once";
    EXPECT_THAT(mapping, ended_with(1)) << run.timeline();
}

TEST(Mapping, ASecondViewThatCannotBeMappedIsReported)
{
    execution run{program("mapping")};
    auto& mapping = run.process("mapping");

    mapping.run_to(before("MapViewOfFile").nth(2));
    mapping.fail(ERROR_NOT_ENOUGH_MEMORY);
    mapping.run_to_end();

    EXPECT_THAT(mapping.error_output(), HasSubstr("MapViewOfFile failed: error 8"))
        << "on std::wcerr, and with its code, taken at once";
    EXPECT_THAT(mapping, ended_with(1)) << run.timeline();
}

TEST(Mapping, AHandleThatCannotBeClosedIsReported)
{
    execution run{program("mapping")};
    auto& mapping = run.process("mapping");

    mapping.run_to(before("CloseHandle"));
    mapping.fail(ERROR_INVALID_HANDLE);
    mapping.run_to_end();

    EXPECT_THAT(mapping.error_output(), HasSubstr("CloseHandle failed: error 6"))
        << "on std::wcerr, and with its code, taken at once";
    EXPECT_THAT(mapping, ended_with(1)) << run.timeline();
}

TEST(Mapping, ATextFitsWithItsTerminatingZeroAndNotOneCharacterMore)
{
    execution fits{program("mapping"), arguments({L"1234567", L"16"})};
    fits.run_to_end();
    EXPECT_THAT(fits.process("mapping"), ended_with(0))
        << "7 characters and the zero are 16 bytes\n"
        << fits.process("mapping").error_output() << fits.timeline();

    execution too_long{program("mapping"), arguments({L"12345678", L"16"})};
    auto& mapping = too_long.process("mapping");
    mapping.run_to_end();
    EXPECT_THAT(mapping, ended_with(1)) << "8 characters and the zero are 18 bytes\n"
                                        << too_long.timeline();
    EXPECT_THAT(mapping.error_output(), Not(IsEmpty())) << "say why on std::wcerr";
    EXPECT_THAT(mapping.output(), Not(HasSubstr("12345678"))) << "nothing may be written";
}
