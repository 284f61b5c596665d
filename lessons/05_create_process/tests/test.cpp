#include "interleave/execution.h"
#include "interleave/matchers.h"
#include "testing/calls.h"
#include "testing/expectations.h"
#include "testing/files.h"
#include "testing/memory.h"
#include "testing/programs.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

using namespace interleave;
using namespace winipc::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

namespace {

std::wstring child_path()
{
    return (programs_folder() / "child.exe").native();
}

} // namespace

TEST(Starting, TheChildPrintsWhatTheParentReads)
{
    execution run{program("parent"), input("hello child\n")};

    run.run_to_end();

    EXPECT_THAT(run.process("parent"), ended_with(0))
        << run.process("parent").error_output() << run.timeline();
    EXPECT_EQ(run.process("child").output(), "hello child\n") << run.timeline();
}

TEST(Starting, TheMessageArrivesWhenTheChildWaitsFirst)
{
    execution run{program("parent"), input("hello child\n")};
    auto& parent = run.process("parent");
    parent.run_to(after("CreateProcessW"));
    ASSERT_THAT(parent.calls("SetEvent"), IsEmpty())
        << "start the child before the line is read, or it has nothing to wait for\n"
        << run.timeline();

    run.process("child").run_until_blocked();
    run.run_to_end();

    EXPECT_EQ(run.process("child").output(), "hello child\n") << run.timeline();
}

TEST(Starting, TheMessageArrivesWhenTheChildIsLate)
{
    execution run{program("parent"), input("hello child\n")};
    auto& parent = run.process("parent");

    parent.run_until_blocked(); // it has written, and waits for the child's end
    EXPECT_THAT(parent, is_blocked_in("WaitForSingleObject")) << run.timeline();
    run.run_to_end();

    EXPECT_EQ(run.process("child").output(), "hello child\n") << run.timeline();
}

TEST(Starting, TheChildIsFoundFromAnyCurrentDirectory)
{
    const temporary_folder elsewhere(L"elsewhere");
    execution run{program("parent"), input("hello\n"), current_directory(elsewhere.path())};

    run.run_to_end();

    EXPECT_THAT(run.process("parent"), ended_with(0))
        << "the child lies beside the parent, not in the current directory\n"
        << run.process("parent").error_output() << run.timeline();
    EXPECT_EQ(run.process("child").output(), "hello\n");
}

TEST(Starting, TheChildIsFoundInAFolderWithBlanks)
{
    const temporary_folder blanks(L"a folder with blanks");
    for (const auto* name : {"parent.exe", "child.exe"})
        std::filesystem::copy_file(programs_folder() / name, blanks.path() / name);
    execution run{blanks.path() / "parent.exe", input("hello\n")};

    run.run_to_end();

    EXPECT_THAT(run.process("parent"), ended_with(0))
        << run.process("parent").error_output() << run.timeline();
    EXPECT_EQ(run.process("child").output(), "hello\n");
}

TEST(Starting, TheProgramIsNamedByItsWholePath)
{
    execution run{program("parent"), input("hello\n")};

    run.run_to_end();

    const auto create = only_call(run, run.process("parent"), "CreateProcessW");
    EXPECT_EQ(std::filesystem::path(create.text).make_preferred().native(), child_path())
        << "the first parameter is the program: with nullptr the system searches the command "
           "line for one, "
        << create.line;
}

TEST(Starting, TheCommandLineBeginsWithTheProgramInQuotes)
{
    execution run{program("parent"), input("hello\n")};

    run.run_to_end();

    const auto create = only_call(run, run.process("parent"), "CreateProcessW");
    EXPECT_THAT(create.more_text, StartsWith(L"\"" + child_path() + L"\""))
        << "this is where the child's argv[0] comes from, " << create.line;
}

TEST(Starting, TheChildInheritsNothing)
{
    execution run{program("parent"), input("hello\n")};

    run.run_to_end();

    const auto create = only_call(run, run.process("parent"), "CreateProcessW");
    EXPECT_EQ(create.arguments[4], 0U) << "bInheritHandles, " << create.line;
    EXPECT_EQ(create.arguments[6], 0U) << "lpEnvironment: its parent's will do, " << create.line;
}

TEST(Starting, TheStartupInformationTellsItsSize)
{
    execution run{program("parent"), input("hello\n")};
    auto& parent = run.process("parent");

    parent.run_to(after("CreateProcessW"));

    const auto create = only_call(run, run.process("parent"), "CreateProcessW");
    EXPECT_EQ(number_at(parent, create.arguments[8]), sizeof(STARTUPINFOW))
        << "cb, the first member of STARTUPINFOW, is its size in bytes, " << create.line;
}

TEST(Starting, TheHandleOfTheThreadIsClosedAtOnce)
{
    execution run{program("parent"), input("hello\n")};
    auto& parent = run.process("parent");

    parent.run_until_blocked();

    for (const auto& handle : parent.open_handles())
        EXPECT_NE(handle.object, "thread of child")
            << "hThread is still open, and nobody needs it\n"
            << run.timeline();
}

TEST(Starting, TheParentGivesBackWhatItHolds)
{
    execution run{program("parent"), input("hello\n")};

    run.run_to_end();

    only_call(run, run.process("parent"), "CreateProcessW");
    for (const auto* name : {"parent", "child"}) {
        expect_nothing_open(run, run.process(name));
    }
}

TEST(Starting, TheParentEndsWithTheExitCodeOfTheChild)
{
    execution run{program("parent"), input("hello\n")};
    run.process("parent").run_to(after("CreateProcessW"));

    run.process("child").kill(42);
    run.run_to_end();

    EXPECT_THAT(run.process("parent"), ended_with(42)) << run.timeline();
}

TEST(Starting, AChildThatFailsMakesTheParentFail)
{
    execution run{program("parent"), input("hello\n")};
    run.process("parent").run_to(after("CreateProcessW"));
    auto& child = run.process("child");

    child.run_to(before("OpenFileMappingW"));
    child.fail(ERROR_ACCESS_DENIED);
    run.run_to_end();

    EXPECT_THAT(child.error_output(), HasSubstr("OpenFileMappingW"));
    EXPECT_THAT(run.process("parent"), ended_with(1)) << run.timeline();
}

TEST(Starting, TheParentWaitsForTheEndOfTheChild)
{
    execution run{program("parent"), input("hello\n")};
    auto& parent = run.process("parent");

    parent.run_until_blocked();

    EXPECT_THAT(parent, is_blocked_in("WaitForSingleObject")) << run.timeline();
    EXPECT_THAT(parent.position(), HasSubstr("process child"))
        << "the section must live until the child has read\n"
        << run.timeline();
    run.run_to_end();
    for (const auto& wait : parent.calls("WaitForSingleObject"))
        EXPECT_EQ(wait.arguments[1], INFINITE) << "the child ends by itself within a minute or so, "
                                                  "but nobody knows when exactly: wait "
                                                  "for its end, with INFINITE, "
                                               << wait.line;
}

TEST(Starting, AChildThatIsNotThereIsAClearError)
{
    const temporary_folder alone(L"alone");
    std::filesystem::copy_file(program("parent"), alone.path() / "parent.exe");
    execution run{alone.path() / "parent.exe", input("hello\n")};
    auto& parent = run.process("parent");

    parent.run_to_end();

    EXPECT_THAT(parent, ended_with(1)) << run.timeline();
    EXPECT_THAT(parent.error_output(), AllOf(HasSubstr("CreateProcessW"), HasSubstr("(error 2)")));
    EXPECT_THAT(parent.open_handles(), IsEmpty()) << run.timeline();
}

TEST(Starting, AFailedWaitForTheChildIsReported)
{
    execution run{program("parent"), input("hello\n")};
    auto& parent = run.process("parent");

    parent.run_to(before("WaitForSingleObject"));
    parent.fail(ERROR_ACCESS_DENIED);
    run.run_to_end();

    EXPECT_THAT(parent, ended_with(1)) << run.timeline();
    EXPECT_THAT(parent.error_output(), HasSubstr("WaitForSingleObject"));
}
