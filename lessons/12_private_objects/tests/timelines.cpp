// What the page of lesson 12 shows of programs that run together.
#include "capture.h"
#include "interleave/execution.h"
#include "interleave/matchers.h"
#include "testing/access.h"
#include "winipc/mapped_view.h"
#include "winipc/text.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace interleave;
using capture::program;
using capture::save;

namespace {

// Lesson 12's objects have no names: these are for the reader of the page, in the order of
// creation.
void start_private_pair(execution& run, std::string_view lines)
{
    run.alias("event #1", "stop");
    run.alias("section #1", "message");
    run.alias("event #2", "message-ready");
    run.alias("event #3", "slot-free");
    run.alias("job #1", "job");
    run.start(program("solution12/parent"), input(lines));
}

// What a child holds before its first step, and with which right.
std::string handles_of(const execution& run, const controlled_process& child)
{
    using namespace winipc::testing;
    std::string table;
    for (const auto& [object, opened_by] : child.open_handles())
        for (const auto& call : run.process("parent").calls("DuplicateHandle"))
            if (call.object == (object == "process parent" ? "itself" : object)) {
                const auto rights = call.arguments[4];
                auto name = object;
                name.resize(16, ' ');
                table += name;
                table += object == "message" ? section_access(rights) : event_access(rights);
                table += '\n';
            }
    return table;
}

} // namespace

TEST(Lesson12, FourHandlesAreHandedOver)
{
    execution run;
    start_private_pair(run, "first\n");
    run.process("parent").run_to(after("CreateProcessW"));
    save("12/handles.txt", handles_of(run, run.process("child")));
    run.run_to_end();

    EXPECT_THAT(run.process("child"), ended_with(0)) << run.timeline();
    save("12", run, {"parent", "child"});
}

TEST(Lesson12, TwoPairsSideBySide)
{
    execution run;
    for (const auto* lines : {"a1\na2\n", "b1\nb2\n"})
        run.start(program("solution12/parent"), input(lines)).run_to(after("CreateProcessW"));
    run.run_to_end();

    save("12/pairs.txt", "the first child:\n" + run.process("child", 1).output() +
                             "the second child:\n" + run.process("child", 2).output());
}

TEST(Lesson12, BadNumbersAreRefused)
{
    std::string refused;
    for (const std::vector<std::wstring>& numbers : {std::vector<std::wstring>{},
                                                     {L"48", L"52", L"56", L"parent"},
                                                     {L"0", L"0", L"0", L"0"}}) {
        execution run;
        auto& child = run.start(program("solution12/child"), arguments(numbers));
        child.run_to_end();
        EXPECT_THAT(child, ended_with(1)) << run.timeline();
        refused += "child";
        for (const auto& number : numbers)
            refused += " " + winipc::to_utf8(number);
        refused += "\n    " + child.error_output();
    }
    save("12/refused.txt", refused);
}

TEST(Lesson12, TheChildBelievesEveryByte)
{
    execution run;
    start_private_pair(run, "first\n");
    auto& parent = run.process("parent");
    parent.run_until_blocked();
    run.process("child").run_until_blocked();
    parent.run_to(before("SetEvent"));
    const winipc::mapped_view view(parent.duplicate("message").get(), FILE_MAP_WRITE);
    view.as<std::uint32_t>()[1] = 5000; // characters; the view has 4096 bytes
    parent.run_to(after("SetEvent"));
    run.process("child").run_to_end();

    EXPECT_TRUE(run.process("child").crash()) << run.timeline();
    save("12/nonsense.txt", run.timeline());
}
