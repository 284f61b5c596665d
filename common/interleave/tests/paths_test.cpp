// Programs in folders whose names no single code page has all the letters of.
#include "explorer_program.h"
#include "interleave/execution.h"
#include "interleave/matchers.h"
#include "testing/files.h"
#include "testing/programs.h"
#include "winipc/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <exception>
#include <filesystem>
#include <string>
#include <string_view>

using namespace interleave;
using ::testing::HasSubstr;
using winipc::testing::program;
using winipc::testing::temporary_folder;

namespace {

constexpr std::wstring_view odd_name = L"\u00e9 \u4f60\u597d \U0001f600";
const std::string odd_bytes = winipc::to_utf8(odd_name);

std::filesystem::path copy(const std::filesystem::path& program, const temporary_folder& folder)
{
    const auto target = folder.path() / (std::wstring(odd_name) + L".exe");
    std::filesystem::copy_file(program, target);
    return target;
}

} // namespace

TEST(Paths, AProgramRunsUnderANameOfAnyLetters)
{
    const temporary_folder folder(odd_name);
    execution run{copy(program("left"), folder)};

    run.process(odd_bytes).run_to(before("process exit"));

    EXPECT_THAT(run.timeline(), HasSubstr(odd_bytes));
    run.process(odd_bytes).run_to_end();
}

TEST(Paths, AProgramThatIsNotThereIsNamedWhateverItsLetters)
{
    const temporary_folder folder(odd_name);
    std::string error;

    try {
        execution run{folder.path() / L"nobody.exe"};
    } catch (const std::exception& thrown) {
        error = thrown.what();
    }

    EXPECT_THAT(error, HasSubstr(odd_bytes));
    EXPECT_THAT(error, HasSubstr("nobody.exe"));
}

TEST(Paths, TheExplorerTakesAProgramFromAnyFolder)
{
    const temporary_folder folder(odd_name);

    EXPECT_EQ(explore_by_program(copy(program("left"), folder), L"--preemptions 0"), 0U);
}

TEST(Paths, TheExplorerTakesAReplayStringWithTheQuotesThatCmdPassesOn)
{
    EXPECT_EQ(explore_by_program(program("left"), L"--replay 'v1:'"), 0U);
    EXPECT_EQ(explore_by_program(program("left"), L"--replay \"v1:\""), 0U);
    EXPECT_EQ(explore_by_program(program("left"), L"--replay 'v1:"), 1U);
}
