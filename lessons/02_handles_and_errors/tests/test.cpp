#include "interleave/execution.h"
#include "interleave/matchers.h"
#include "testing/expectations.h"
#include "testing/files.h"
#include "testing/programs.h"
#include "testing/slow_tests.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <system_error>

using namespace interleave;
using namespace winipc::testing;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace {

// Looked at before anything else: what a handle that was closed too early breaks points elsewhere.
void expect_closed_once(const execution& run, std::string_view program = "mapping")
{
    for (const auto& call : run.process(program).calls()) {
        const bool is_failed_close = call.function == "CloseHandle" && call.result == 0;
        if (is_failed_close || call.object == "a handle that is not open")
            ADD_FAILURE() << call.function << " in " << call.line
                          << " gets a handle that is not open: has a copy closed it, or the object "
                             "it was moved from?\n"
                          << run.timeline();
    }
}

// What moves_test.cpp says: the rest of the line that begins with the question.
std::string answer(const controlled_process& moves, const std::string& question)
{
    const auto output = moves.output();
    const auto at = output.find(question + ": ");
    if (at == std::string::npos)
        return "none, but\n" + output;
    const auto begin = at + question.size() + 2;
    return output.substr(begin, output.find('\n', begin) - begin);
}

const winipc::testing::slow_tests slow{"Handles.AThousandCyclesLeaveNoHandle"};

} // namespace

TEST(Handles, AllAreGivenBackWhenAllGoesWell)
{
    execution run{program("mapping"), arguments({L"seen twice"})};
    auto& mapping = run.process("mapping");

    mapping.run_to_end();

    expect_closed_once(run);
    EXPECT_THAT(mapping, ended_with(0)) << mapping.error_output() << run.timeline();
    EXPECT_EQ(mapping.output(), "the second view shows: seen twice\n");
    EXPECT_THAT(mapping.calls("MapViewOfFile"), SizeIs(2)) << run.timeline();
    expect_nothing_open(run, mapping);
}

TEST(Handles, ViewsGoBeforeTheSectionTheyWereMadeFrom)
{
    execution run{program("mapping")};
    auto& mapping = run.process("mapping");

    mapping.run_to(before("CloseHandle"));

    EXPECT_THAT(mapping.calls("UnmapViewOfFile"), SizeIs(2))
        << "objects are destroyed in the reverse order of their making\n"
        << run.timeline();
}

// What mapping.cpp does cannot tell: the compiler may leave out copies and moves there.
TEST(Handles, AHandleHasOneOwner)
{
    execution run{program("moves_test")};
    auto& moves = run.process("moves_test");

    moves.run_to_end();

    EXPECT_EQ(answer(moves, "an owner can be copied"), "no")
        << "two owners would close one handle twice";
    EXPECT_EQ(answer(moves, "an owner can be assigned to"), "no")
        << "it would have to close its old handle first: forbid it";
}

TEST(Handles, AHandleMovesFromOneOwnerToTheNext)
{
    execution run{program("moves_test")};
    auto& moves = run.process("moves_test");

    moves.run_to_end();

    expect_closed_once(run, "moves_test");
    for (const std::string owner : {"unique_handle", "unique_file"}) {
        EXPECT_EQ(answer(moves, owner + " has moved, to the new owner"), "yes") << run.timeline();
        EXPECT_EQ(answer(moves, owner + " has moved, the old one is empty"), "yes")
            << "the old one is left with Kind::failure(), and closes nothing\n"
            << run.timeline();
    }
    expect_nothing_open(run, moves);
}

TEST(Handles, NothingIsLeftWhenTheSectionCannotBeCreated)
{
    execution run{program("mapping")};
    auto& mapping = run.process("mapping");

    mapping.run_to(before("CreateFileMappingW"));
    mapping.fail(ERROR_COMMITMENT_LIMIT);
    mapping.run_to_end();

    expect_closed_once(run);
    expect_reported(run, mapping, "CreateFileMappingW", ERROR_COMMITMENT_LIMIT);
    expect_nothing_open(run, mapping);
    EXPECT_THAT(mapping.calls("CloseHandle"), IsEmpty()) << "there is nothing to close\n"
                                                         << run.timeline();
}

TEST(Handles, NothingIsLeftWhenTheFirstViewCannotBeMapped)
{
    execution run{program("mapping")};
    auto& mapping = run.process("mapping");

    mapping.run_to(before("MapViewOfFile"));
    mapping.fail(ERROR_NOT_ENOUGH_MEMORY);
    mapping.run_to_end();

    expect_closed_once(run);
    expect_reported(run, mapping, "MapViewOfFile", ERROR_NOT_ENOUGH_MEMORY);
    expect_nothing_open(run, mapping);
}

TEST(Handles, NothingIsLeftWhenTheSecondViewCannotBeMapped)
{
    execution run{program("mapping")};
    auto& mapping = run.process("mapping");

    mapping.run_to(before("MapViewOfFile").nth(2));
    mapping.fail(ERROR_NOT_ENOUGH_MEMORY);
    mapping.run_to_end();

    expect_closed_once(run);
    expect_reported(run, mapping, "MapViewOfFile", ERROR_NOT_ENOUGH_MEMORY);
    expect_nothing_open(run, mapping);
}

TEST(Handles, AThousandCyclesLeaveNoHandle)
{
    execution run{program("mapping"), arguments({L"again", L"4096", L"1000"})};
    auto& mapping = run.process("mapping");

    mapping.run_to_end();

    EXPECT_THAT(mapping, ended_with(0)) << mapping.error_output();
    EXPECT_THAT(mapping.calls("CreateFileMappingW"), SizeIs(1000));
    EXPECT_THAT(mapping.open_handles(), IsEmpty());
    EXPECT_THAT(mapping.open_views(), IsEmpty());
}

TEST(Handles, AFileStandsBehindTheSectionWhenOneIsGiven)
{
    const temporary_file file("0123456789ABCDEF");
    execution run{program("mapping"), arguments({L"in file", L"16", L"1", file.path()})};
    auto& mapping = run.process("mapping");

    mapping.run_to_end();

    expect_closed_once(run);
    EXPECT_THAT(mapping, ended_with(0)) << mapping.error_output() << run.timeline();
    EXPECT_EQ(file.content(), std::string("i\0n\0 \0f\0i\0l\0e\0\0\0", 16))
        << "the text is written through the view into the file";
    expect_nothing_open(run, mapping);
}

TEST(Handles, TheFileIsClosedAsWell)
{
    const temporary_file file("0123456789ABCDEF");
    execution run{program("mapping"), arguments({L"in file", L"16", L"1", file.path()})};

    run.process("mapping").run_to(before("process exit"));

    EXPECT_TRUE(can_be_opened_alone(file.path())) << "the program still holds the file\n"
                                                  << run.timeline();
}

TEST(Handles, TheFileIsClosedWhenTheSectionCannotBeCreated)
{
    const temporary_file file("0123456789ABCDEF");
    execution run{program("mapping"), arguments({L"in file", L"16", L"1", file.path()})};
    auto& mapping = run.process("mapping");

    mapping.run_to(before("CreateFileMappingW"));
    mapping.fail(ERROR_COMMITMENT_LIMIT);
    mapping.run_to(before("process exit"));

    EXPECT_TRUE(can_be_opened_alone(file.path())) << "the program still holds the file\n"
                                                  << run.timeline();
}

TEST(Errors, AFileThatIsNotThereIsReportedAndNotTakenForNoFile)
{
    execution run{program("mapping"), arguments({L"hello", L"4096", L"1", L"no such file"})};
    auto& mapping = run.process("mapping");

    mapping.run_to_end();

    expect_reported(run, mapping, "CreateFileW", ERROR_FILE_NOT_FOUND);
    EXPECT_THAT(mapping.calls("CreateFileMappingW"), IsEmpty())
        << "INVALID_HANDLE_VALUE means \"no file\" to CreateFileMappingW: it would succeed\n"
        << run.timeline();
}

TEST(Errors, TheTextOfTheSystemIsReportedToo)
{
    execution run{program("mapping")};
    auto& mapping = run.process("mapping");

    mapping.run_to(before("CreateFileMappingW"));
    mapping.fail(ERROR_ACCESS_DENIED);
    mapping.run_to_end();

    const auto text = std::system_category().message(ERROR_ACCESS_DENIED);
    EXPECT_THAT(mapping.error_output(), HasSubstr(text));
}

TEST(Errors, TheCodeIsThatOfTheCallThatFailed)
{
    execution run{program("mapping")};
    auto& mapping = run.process("mapping");

    mapping.run_to(before("MapViewOfFile").nth(2));
    mapping.fail(ERROR_SHARING_VIOLATION);
    mapping.run_to(before("process exit"));

    EXPECT_THAT(mapping.error_output(), HasSubstr("(error 32)"))
        << "clean-up must not change what is reported\n"
        << run.timeline();
}

TEST(Errors, ClosingAHandleKeepsTheLastError)
{
    execution run{program("mapping"), arguments({L"again", L"4096", L"2"})};
    auto& mapping = run.process("mapping");

    mapping.run_to(before("CloseHandle"));
    const auto kept = mapping.last_error();
    mapping.fail(ERROR_LOCK_VIOLATION); // which a CloseHandle that fails leaves as the last error
    mapping.run_to(before("CreateFileMappingW"));

    EXPECT_EQ(mapping.last_error(), kept)
        << "a caller that asks GetLastError() when the object has gone gets the code of "
           "CloseHandle: "
           "save the last error before it, and set it again afterwards\n"
        << run.timeline();
}

TEST(Errors, ATextThatDoesNotFitIsRefused)
{
    execution run{program("mapping"), arguments({L"12345678", L"16"})};
    auto& mapping = run.process("mapping");

    mapping.run_to_end();

    EXPECT_THAT(mapping, ended_with(1)) << run.timeline();
    EXPECT_THAT(mapping.error_output(), HasSubstr("does not fit"));
}
