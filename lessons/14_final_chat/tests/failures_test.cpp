// Promises 11 and 12: nothing is left open, and each failure is reported.
#include "channel_test.h"
#include "interleave/execution.h"
#include "questions.h"
#include "testing/lines.h"
#include "testing/programs.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace final_chat {

using namespace interleave;
using namespace winipc::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace {

// A call that is made to fail, and what came of it.
struct failure
{
    std::string process;
    std::string function;
    std::string line;
    DWORD exit_code;
    std::string error_output;
    std::vector<open_handle> open_handles;
    std::vector<call_record> open_views;
    std::string timeline;
};

// The calls that a process makes, each with how many of its kind have come before.
std::vector<std::pair<call_record, int>> calls_that_can_fail(const char* name)
{
    static const std::set<std::string> clean_up{"CloseHandle", "UnmapViewOfFile"};
    execution run{program("parent"), input(lines(1))};
    run.run_to_end();
    std::vector<std::pair<call_record, int>> result;
    for (const auto& call : run.process(name).calls()) {
        if (clean_up.contains(call.function))
            continue;
        const auto before = std::count_if(result.begin(), result.end(), [&](const auto& earlier) {
            return earlier.first.function == call.function;
        });
        result.emplace_back(call, static_cast<int>(before) + 1);
    }
    return result;
}

// Makes each call of a process fail that can.
std::vector<failure> failures_of(const char* name)
{
    std::vector<failure> result;
    for (const auto& [call, count] : calls_that_can_fail(name)) {
        execution run{program("parent"), input(lines(1))};
        int remaining = count;
        const auto before_call = "before " + call.function;
        const bool is_there =
            go_on(run, {"parent", "child"},
                  [&](const controlled_process& process, const controlled_thread& thread) {
                      return process.name() == name && thread.position().starts_with(before_call) &&
                             --remaining == 0;
                  });
        if (!is_there)
            throw std::runtime_error("the " + std::string(name) + " does not get to " +
                                     call.function + ", " + call.line + "\n" + run.timeline());

        auto& process = run.process(name);
        process.fail(ERROR_ACCESS_DENIED);
        run.run_until_stuck();

        result.push_back({name, call.function, call.line,
                          process.has_ended() ? process.exit_code() : STILL_ACTIVE,
                          process.error_output(), process.open_handles(), process.open_views(),
                          run.timeline()});
    }
    return result;
}

} // namespace

TEST(Promise11, AThousandChannelsLeaveNothingOpen)
{
    expect_kept(a_thousand_channels_leave_nothing_open());
}

TEST(Promise11, ManyLinesNeedNoMoreHandlesThanOne)
{
    const auto held_after = [](std::size_t count) {
        execution run{program("parent"), input(numbered_lines(count))};
        go_on(run, {"parent", "child"}, [&](const controlled_process&, const controlled_thread&) {
            return printed_by_child(run) == numbered_lines(count);
        });
        EXPECT_EQ(printed_by_child(run), numbered_lines(count)) << run.timeline();
        return run.process("parent").open_handles().size() +
               run.process("child").open_handles().size();
    };

    EXPECT_EQ(held_after(20), held_after(1));
}

TEST(Promise11, NothingIsLeftOpenWhenACallFails)
{
    for (const auto* process : {"parent", "child"})
        for (const auto& failed : failures_of(process)) {
            EXPECT_THAT(failed.open_handles, IsEmpty())
                << failed.function << " has failed, " << failed.line << "\n"
                << failed.timeline;
            EXPECT_THAT(failed.open_views, IsEmpty())
                << failed.function << " has failed, " << failed.line << "\n"
                << failed.timeline;
        }
}

TEST(Promise12, EveryCallThatFailsIsReported)
{
    for (const auto* process : {"parent", "child"}) {
        const auto all = failures_of(process);
        EXPECT_GE(all.size(), 4U);
        for (const auto& failed : all) {
            const auto what = "the " + failed.process + ": " + failed.function + ", " +
                              failed.line + ", has failed with error 5\n";
            const auto& report = failed.error_output;
            // The C library reports by errno, which cannot be made to say 5.
            const auto code = failed.function == "_beginthreadex" ? "(error " : "(error 5)";
            EXPECT_EQ(failed.exit_code, 1U) << what << report << failed.timeline;
            EXPECT_THAT(report, AllOf(HasSubstr(failed.function), HasSubstr(code)))
                << what << failed.timeline;
            EXPECT_EQ(std::count(report.begin(), report.end(), '\n'), 1)
                << "one line, with function, text and code: " << what << failed.timeline;
        }
    }
}

} // namespace final_chat
