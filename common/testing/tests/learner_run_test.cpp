// What a learner is told of a run of tests, and when that is a verdict.
#include "testing/files.h"
#include "testing/free_program.h"
#include "testing/programs.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

using ::testing::HasSubstr;
using winipc::testing::free_program;
using winipc::testing::temporary_file;
using winipc::testing::tool;

namespace {

// A variable of the environment, which the programs started meanwhile inherit.
class environment_variable
{
public:
    environment_variable(const wchar_t* name, const std::wstring& value) : name_(name)
    {
        ::SetEnvironmentVariableW(name_, value.c_str());
    }
    environment_variable(const environment_variable&) = delete;
    environment_variable& operator=(const environment_variable&) = delete;
    ~environment_variable() { ::SetEnvironmentVariableW(name_, nullptr); }

private:
    const wchar_t* name_;
};

struct learners_run
{
    temporary_file verdict_file{""};
    DWORD exit_code = 0;
    std::string output;
    std::string verdict;

    explicit learners_run(const std::wstring& scene)
    {
        const environment_variable learner(L"WINIPC_OUTPUT", L"learner");
        const environment_variable file(L"WINIPC_VERDICT", verdict_file.path());
        const environment_variable name(L"WINIPC_SCENE", scene);
        free_program tests(tool("learner_scene"), "");
        exit_code = tests.exit_code();
        output = tests.output();
        verdict = verdict_file.content();
        std::erase(verdict, '\r');
    }
};

constexpr const char* all_four = "  ok  The first one passes\n"
                                 "  ok  The second one is as the scene says\n"
                                 "  ok  The third one passes\n"
                                 "  ok  The slow one comes last\n"
                                 "4 of 4 tests have passed\n";

} // namespace

TEST(LearnerRun, TellsEachTestInOrderAndTheSlowOnesLast)
{
    const learners_run run(L"passes");

    EXPECT_EQ(run.output, all_four);
    EXPECT_EQ(run.verdict, "4 of 4\n");
    EXPECT_EQ(run.exit_code, 0U);
}

TEST(LearnerRun, StopsAtTheFirstFailureAndExplainsIt)
{
    const learners_run run(L"fails");

    EXPECT_THAT(run.output, HasSubstr("  ok  The first one passes\n"
                                      "  NO  The second one is as the scene says\n"));
    EXPECT_THAT(run.output,
                HasSubstr("as the scene says\n\n      (judged in testing/tests/learner_scene"));
    EXPECT_THAT(run.output, HasSubstr("1 of 4 tests have passed\n"));
    EXPECT_EQ(run.verdict, "1 of 4\n");
    EXPECT_EQ(run.exit_code, 1U);
}

TEST(LearnerRun, ATestThatEndsItsProgramEarlyHasNotPassed)
{
    const learners_run run(L"ends early");

    EXPECT_THAT(run.output, HasSubstr("  NO  The second one is as the scene says\n"));
    EXPECT_THAT(run.output, HasSubstr("its program has ended"));
    EXPECT_THAT(run.output, HasSubstr("exit code 0"));
    EXPECT_EQ(run.verdict, "1 of 4\n");
    EXPECT_EQ(run.exit_code, 1U);
}

TEST(LearnerRun, ATestThatCrashesHasNotPassed)
{
    const learners_run run(L"crashes");

    EXPECT_THAT(run.output, HasSubstr("  NO  The second one is as the scene says\n"));
    EXPECT_THAT(run.output, HasSubstr("0xC0000005"));
    EXPECT_EQ(run.exit_code, 1U);
}

// Each of these would make GoogleTest run no test, or other ones, or say so in another way.
TEST(LearnerRun, IsNotSteeredByVariablesOfGoogleTest)
{
    const environment_variable repeat(L"GTEST_REPEAT", L"0");
    const environment_variable filter(L"GTEST_FILTER", L"-*");
    const environment_variable shards(L"GTEST_TOTAL_SHARDS", L"100");
    const environment_variable shard(L"GTEST_SHARD_INDEX", L"99");
    const environment_variable list(L"GTEST_LIST_TESTS", L"1");
    const environment_variable break_on_failure(L"GTEST_BREAK_ON_FAILURE", L"1");
    const environment_variable deep(L"GTEST_ALSO_RUN_DISABLED_TESTS", L"1");

    EXPECT_EQ(learners_run(L"passes").output, all_four);
    EXPECT_EQ(learners_run(L"passes").verdict, "4 of 4\n");
    EXPECT_EQ(learners_run(L"fails").verdict, "1 of 4\n");
}
