// The probe must not be felt: asleep it changes nothing, awake it changes no result.
#include "interleave/execution.h"
#include "interleave/matchers.h"
#include "testing/programs.h"
#include "winipc/error.h"
#include "winipc/text.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <string>

using namespace interleave;
using winipc::testing::program;

namespace {

// Runs a program as anybody would, and returns what it prints.
std::string run_uncontrolled(const std::filesystem::path& path, const std::wstring& argument)
{
    SECURITY_ATTRIBUTES inheritable{sizeof inheritable, nullptr, TRUE};
    HANDLE read = nullptr;
    HANDLE write = nullptr;
    winipc::check(::CreatePipe(&read, &write, &inheritable, 64 * 1024), "CreatePipe");
    const winipc::unique_handle reader{read};
    winipc::unique_handle writer{write};

    auto line = L'"' + path.native() + L"\" " + argument;
    STARTUPINFOW startup{};
    startup.cb = sizeof startup;
    startup.dwFlags = STARTF_USESTDHANDLES;
    startup.hStdOutput = writer.get();
    startup.hStdError = writer.get();
    PROCESS_INFORMATION information{};
    winipc::check(::CreateProcessW(nullptr, line.data(), nullptr, nullptr, TRUE, 0, nullptr,
                                   nullptr, &startup, &information),
                  "CreateProcessW");
    const winipc::unique_handle process{information.hProcess};
    const winipc::unique_handle thread{information.hThread};
    if (::WaitForSingleObject(process.get(), 60'000) != WAIT_OBJECT_0) // a guard against hangs
        ::TerminateProcess(process.get(), 1);
    writer.reset();

    std::array<char, 4096> bytes{};
    DWORD count = 0;
    winipc::check(::ReadFile(reader.get(), bytes.data(), bytes.size(), &count, nullptr),
                  "ReadFile");
    std::string text(bytes.data(), count);
    std::erase(text, '\r');
    return text;
}

std::string run_controlled(const std::filesystem::path& path, const std::wstring& argument)
{
    execution run{path, arguments({argument})};
    run.run_to_end();
    return run.process(winipc::to_utf8(path.stem().native())).output();
}

} // namespace

TEST(Probe, AsleepItLeavesTheImportTableAsTheLoaderMadeIt)
{
    EXPECT_EQ(run_uncontrolled(program("imports"), L""), "1 slots, 0 changed\n");
}

TEST(Probe, AwakeItChangesTheImportTable)
{
    EXPECT_THAT(run_controlled(program("imports"), L""),
                ::testing::AllOf(::testing::StartsWith("1 slots, "),
                                 ::testing::Not(::testing::HasSubstr(", 0 changed"))));
}

TEST(Probe, ResultsAndLastErrorsAreThoseOfTheSystem)
{
    const auto uncontrolled = run_uncontrolled(program("scene"), L"last_errors");
    const auto controlled = run_controlled(program("scene"), L"last_errors");

    EXPECT_EQ(controlled, uncontrolled);
    EXPECT_THAT(controlled, ::testing::HasSubstr("create again 1 183\n"));
    EXPECT_THAT(controlled, ::testing::HasSubstr("wait wrongly 1 6\n"));
}

TEST(Probe, RecordsTheCallsAsTheyWereMade)
{
    execution run{program("scene"), arguments({L"last_errors"})};
    auto& process = run.process("scene");
    process.run_to_end();

    const auto creates = process.calls("CreateEventW");
    ASSERT_EQ(creates.size(), 2U);
    EXPECT_EQ(creates[1].text, L"Local\\winipc-last-errors");
    EXPECT_EQ(creates[1].last_error, static_cast<DWORD>(ERROR_ALREADY_EXISTS));
    const auto opens = process.calls("OpenEventW");
    ASSERT_EQ(opens.size(), 1U);
    EXPECT_EQ(opens[0].arguments[0], SYNCHRONIZE);
    EXPECT_EQ(opens[0].result, 0U);
    EXPECT_EQ(opens[0].last_error, static_cast<DWORD>(ERROR_FILE_NOT_FOUND));
}
