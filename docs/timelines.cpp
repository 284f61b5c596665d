// What the lesson pages show of programs that run together: the solutions under control. Each
// output and each timeline goes into a file under capture/.
#include "interleave/execution.h"
#include "interleave/explore.h"
#include "interleave/matchers.h"
#include "testing/access.h"
#include "winipc/mapped_view.h"
#include "winipc/text.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <ios>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace interleave;

// A solution's program, as "solution04/writer". The working folder is the pages' build folder.
std::filesystem::path program(std::string_view name)
{
    auto path = std::filesystem::absolute("../bin") / name;
    return path += ".exe";
}

void save(const std::filesystem::path& name, std::string_view text)
{
    const auto path = "capture" / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

// capture/NN/timeline.txt, and what each of the programs has printed.
void save(const std::filesystem::path& lesson, const execution& run,
          const std::vector<std::string>& programs)
{
    save(lesson / "timeline.txt", run.timeline());
    for (const auto& name : programs)
        save(lesson / (name + ".txt"), run.process(name).output());
}

//! [lucky]
void send_line(controlled_process& parent, controlled_process& child)
{
    parent.run_to(after("SetEvent"));
    child.run_until_blocked();
}
//! [lucky]

} // namespace

TEST(Lesson03, TheReaderReadsWhileTheWriterHoldsTheSection)
{
    execution run;
    auto& writer = run.start(program("solution03/writer"), input("hello\n"));
    writer.run_to(before("UnmapViewOfFile"));
    auto& reader = run.start(program("solution03/reader"));
    reader.run_to_end();
    writer.run_to_end();

    EXPECT_THAT(reader, ended_with(0)) << run.timeline();
    save("03", run, {"writer", "reader"});
}

TEST(Lesson04, TheReaderWaitsUntilTheWriterSignals)
{
    execution run;
    auto& writer = run.start(program("solution04/writer"), input("hello\n"));
    writer.run_to(before("SetEvent"));
    auto& reader = run.start(program("solution04/reader"));
    reader.run_until_blocked();
    writer.run_to(after("SetEvent"));
    reader.run_to_end();
    writer.run_to_end();

    EXPECT_THAT(reader, ended_with(0)) << run.timeline();
    save("04", run, {"writer", "reader"});
}

TEST(Lesson05, TheParentStartsTheChildAndWaitsForItsEnd)
{
    execution run{program("solution05/parent"), input("hello\n")};
    run.run_to_end();

    EXPECT_THAT(run.process("parent"), ended_with(0)) << run.timeline();
    save("05", run, {"parent", "child"});
}

// What a parent says on stderr about its input, and how it ends.
static std::string complaint(std::string_view text)
{
    execution run{program("solution06/parent"), input(text)};
    run.run_to_end();

    EXPECT_THAT(run.process("parent"), ended_with(1)) << run.timeline();
    return run.process("parent").error_output();
}

TEST(Lesson06, AChildPrintsEachLine)
{
    execution run{program("solution06/parent"), input("hello  world\n\u4F60\u597D \U0001F600\n")};
    run.run_to_end();

    EXPECT_THAT(run.process("parent"), ended_with(0)) << run.timeline();
    save("06/timeline.txt", run.timeline());
    save("06/children.txt", run.process("child", 1).output() + run.process("child", 2).output());
    save("06/too_long.txt", complaint(std::string(1001, 'x')));
    save("06/ill_formed.txt", complaint("caf\xE9\n"));
}

TEST(Lesson07, TheChildIsFast)
{
    execution run{program("solution07/parent"), input("hello\nhow are you?\n")};
    auto& parent = run.process("parent");
    parent.run_to(after("CreateProcessW"));
    auto& child = run.process("child");
    child.run_until_blocked();
    send_line(parent, child);
    send_line(parent, child);
    parent.run_to_end();

    EXPECT_EQ(child.output(), "hello\nhow are you?\n") << run.timeline();
    save("07", run, {"parent", "child"});
}

TEST(Lesson08, TheChildIsSlow)
{
    execution run{program("solution07/parent"), input("only\n")};
    auto& parent = run.process("parent");
    parent.run_to(after("ResetEvent").nth(2));
    run.process("child").run_until_blocked();
    parent.run_to_end();

    EXPECT_EQ(run.process("child").output(), "") << run.timeline();
    save("08/timeline.txt", run.timeline());
}

TEST(Lesson08, TheExplorerFindsTheLostLine)
{
    const auto explored = [](std::string_view parent) {
        return explore([=](execution& run) {
                   run.start(program(parent), input("only\n")).run_to(after("CreateProcessW"));
                   run.process("child").run_to(before("WaitForSingleObject"));
               })
            .may_wait_forever("child")
            .preemptions(2)
            .check(
                [](const execution& run) { EXPECT_EQ(run.process("child").output(), "only\n"); });
    };

    const auto with_reset = explored("solution07/parent");
    EXPECT_FALSE(with_reset.passed());
    save("08/failure.txt", with_reset.first_failure());

    const auto without = explored("solution08/parent");
    EXPECT_TRUE(without.passed()) << without.first_failure();
    save("08/explored.txt",
         std::to_string(without.schedules()) + " schedules, and the line arrives in each\n");
}

TEST(Lesson09, TheChildIsSlow)
{
    execution run{program("solution09/parent"), input("first\nsecond\n")};
    run.process("parent").run_to(after("SetEvent").nth(2));
    run.process("child").run_until_blocked();
    run.run_until_stuck();

    EXPECT_EQ(run.process("child").output(), "second\n") << run.timeline();
    save("09", run, {"child"});
}

TEST(Lesson09, TheExplorerFindsWhatALongPauseDoesNotPrevent)
{
    const auto from_the_wait = [](execution& run, const std::string& lines) {
        run.start(program("solution09/parent"), input(lines)).run_to(after("CreateProcessW"));
        run.process("child").run_until_blocked();
    };
    const auto both_lines = [](const execution& run) {
        const auto printed = run.process("child").output();
        if (printed != "one\ntwo\n")
            throw std::runtime_error("sent were one and two; the child has printed:\n" + printed);
    };
    const auto save_failure = [](const char* name, exploration search, const auto& expectation) {
        const auto result = search.may_wait_forever("child").preemptions(2).check(expectation);
        EXPECT_FALSE(result.passed());
        save(name, result.first_failure());
    };

    save_failure("09/overwritten.txt",
                 explore([=](execution& run) { from_the_wait(run, "one\ntwo\n"); }), both_lines);
    save_failure("09/late.txt", explore(program("solution09/parent"), input("one\ntwo\n")),
                 both_lines);
    save_failure("09/torn.txt", explore([=](execution& run) {
                     run.memory_points("winipc-message", 0, 44); // the length, twenty characters
                     from_the_wait(run, "AAAAAAAAAAAAAAAAAAAA\nBBBBBBBBBBBBBBBBBBBB\n");
                 }),
                 [](const execution& run) {
                     const auto printed = run.process("child").output();
                     if (printed.find("AB") != printed.npos || printed.find("BA") != printed.npos)
                         throw std::runtime_error("a line is torn:\n" + printed);
                 });
}

TEST(Lesson10, TheOwnershipAlternates)
{
    execution run{program("solution10/parent"), input("first\nsecond\n")};
    run.run_until_stuck();

    EXPECT_EQ(run.process("child").output(), "first\nsecond\n") << run.timeline();
    save("10", run, {"parent", "child"});
}

TEST(Lesson10, EveryOrderDelivers)
{
    const auto explored = [](const std::string& lines) {
        const auto result = explore(program("solution10/parent"), input(lines))
                                .may_wait_forever("child")
                                .preemptions(2)
                                .check([=](const execution& run) {
                                    EXPECT_EQ(run.process("child").output(), lines);
                                });
        EXPECT_TRUE(result.passed()) << result.first_failure();
        return std::to_string(result.schedules());
    };

    const std::string two = "one\ntwo\n";
    const auto three = two + "three\n";
    save("10/explored.txt",
         "two lines, up to two preemptions:    " + explored(two) +
             " schedules\nthree lines, up to two preemptions:  " + explored(three) +
             " schedules\nall lines arrive in each, once and in order\n");
}

TEST(Lesson10, AChildThatDiesLeavesTheParentWaiting)
{
    execution run{program("solution10/parent"), input("first\nsecond\n")};
    auto& parent = run.process("parent");
    parent.run_until_blocked();
    run.process("child").run_until_blocked();
    parent.run_until_blocked();
    run.process("child").kill();
    run.run_until_stuck();

    EXPECT_THAT(parent, is_blocked_in("WaitForSingleObject")) << run.timeline();
    save("10/dead.txt", run.timeline());
}

TEST(Lesson11, TheEndIsAMessage)
{
    execution run;
    run.alias("event #1", "stop");
    run.start(program("solution11/parent"), input("hello\n"));
    run.run_to_end();

    EXPECT_THAT(run.process("parent"), ended_with(0)) << run.timeline();
    EXPECT_THAT(run.process("child"), ended_with(0)) << run.timeline();
    save("11", run, {"parent", "child"});
}

TEST(Lesson11, TheLastMessageOfAParentThatDies)
{
    execution run;
    run.alias("event #1", "stop");
    auto& parent = run.start(program("solution11/parent"), input("hello\n"));
    parent.run_until_blocked();
    auto& child = run.process("child");
    child.run_to(after("SetEvent"));
    parent.run_to(after("SetEvent"));
    parent.kill();
    run.run_to_end();

    EXPECT_EQ(child.output(), "hello\n") << run.timeline();
    EXPECT_THAT(child, ended_with(2)) << run.timeline();
    save("11/dead.txt", run.timeline());
}

TEST(Lesson11, EveryOrderEnds)
{
    const auto explored = [](const std::string& victim, int preemptions) {
        auto search = explore(program("solution11/parent"), input("one\ntwo\n"));
        if (!victim.empty())
            search.kill(victim);
        const auto result = search.preemptions(preemptions).check([](const execution&) {});
        EXPECT_TRUE(result.passed()) << result.first_failure();
        return std::to_string(result.schedules()) + " schedules\n";
    };

    save("11/explored.txt",
         "two lines, up to one preemption:            " + explored("", 1) +
             "the parent killed after each step:          " + explored("parent", 0) +
             "the child killed after each step:           " + explored("child", 0) +
             "both processes have ended in each\n");
}

// Lesson 12's objects have no names: these are for the reader of the page, in the order of
// creation.
static void start_private_pair(execution& run, std::string_view lines)
{
    run.alias("event #1", "stop");
    run.alias("section #1", "message");
    run.alias("event #2", "message-ready");
    run.alias("event #3", "slot-free");
    run.alias("job #1", "job");
    run.start(program("solution12/parent"), input(lines));
}

// What a child holds before its first step, and with which right.
static std::string handles_of(const execution& run, const controlled_process& child)
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

// Runs until the parent has written its first line and told the child.
static controlled_process& start_talk(execution& run, std::string_view parent_program,
                                      std::string_view lines)
{
    run.alias("section #1", "slot");
    run.alias("event #2", "message-ready");
    run.alias("event #3", "slot-free");
    auto& parent = run.start(program(parent_program), input(lines));
    parent.run_to(after("CreateProcessW"));
    run.process("child").run_until_blocked();
    parent.run_until_blocked();
    return parent;
}

// The same for one line. Then the test changes four bytes of the slot.
static void change_the_slot(execution& run, std::string_view parent_program, std::size_t offset,
                            std::uint32_t value)
{
    auto& parent = start_talk(run, parent_program, "hello\n");
    const winipc::mapped_view view(parent.duplicate("slot").get(), FILE_MAP_WRITE);
    std::memcpy(view.as<char>() + offset, &value, sizeof value);
}

// Of a timeline, what comes from the call on, without what is closed and the words below it.
static std::string from_call(const std::string& timeline, std::string_view call)
{
    std::istringstream lines(timeline.substr(timeline.rfind('\n', timeline.find(call)) + 1));
    auto text = timeline.substr(0, timeline.find('\n') + 1);
    for (std::string line; std::getline(lines, line) && !line.starts_with("* runs");)
        if (line.find("CloseHandle") == line.npos && line.find("UnmapView") == line.npos)
            text += line + '\n';
    return text;
}

TEST(Lesson13, AChildThatTrustsTheSlotCrashes)
{
    execution run;
    change_the_slot(run, "solution12/parent", 4, 0x0400'0000); // the length
    run.run_until_stuck();

    EXPECT_TRUE(run.process("child").crash()) << run.timeline();
    save("13/crash.txt", from_call(run.timeline(), "SetEvent message-ready"));
}

TEST(Lesson13, AChildThatChecksReportsNonsense)
{
    execution run;
    change_the_slot(run, "solution13/parent", 16, 0xFFFF'FFFF); // the size
    run.run_until_stuck();

    EXPECT_THAT(run.process("child"), ended_with(4)) << run.timeline();
    save("13/refused.txt", from_call(run.timeline(), "SetEvent message-ready"));
    save("13/child_error.txt", run.process("child").error_output());
    save("13/parent_error.txt", run.process("parent").error_output());
}

TEST(Lesson13, EachFieldIsReadOnce)
{
    execution run;
    change_the_slot(run, "solution13/parent", 12, 1); // the number, which it has already
    auto& child = run.process("child");
    child.memory_points("slot", 0, 20);
    std::string accesses;
    do {
        child.step();
        if (child.call() == "read")
            accesses += child.position() + '\n';
    } while (!child.has_ended() && !child.is_blocked());

    save("13/reads.txt", accesses);
}

TEST(Lesson13, AParentThatWaitsForALineIsBlind)
{
    execution run;
    auto& parent = start_talk(run, "solution13/parent", "hello\nworld\n");
    run.process("child").run_until_blocked();
    parent.run_to(after("WaitForMultipleObjects")); // now the prompt, and the next line
    run.process("child").kill();
    run.run_until_stuck();

    EXPECT_THAT(parent, ended_with(2)) << run.timeline();
    save("13/blind.txt", from_call(run.timeline(), "SetEvent message-ready"));
}

// What follows the first time that the child waits, under the heads of the columns. What is closed
// at the end is left out.
static std::string once_the_child_waits(const execution& run)
{
    std::istringstream timeline(run.timeline());
    std::string result;
    bool has_started = false;
    bool is_waiting = false;
    for (std::string line; std::getline(timeline, line);) {
        const auto has = [&](const char* text) { return line.find(text) != std::string::npos; };
        if (result.empty() || (is_waiting && !has("CloseHandle") && !has("UnmapViewOfFile")))
            result += line + "\n";
        is_waiting = is_waiting || (has_started && has("message-ready") && has("... blocked"));
        has_started = has_started || has("CreateProcessW");
    }
    return result;
}

// For the README: only what the two say to each other, and how they end.
static std::string signals_of(const execution& run)
{
    std::istringstream timeline(run.timeline());
    std::string result;
    std::getline(timeline, result);
    result += "\n";
    for (std::string line; std::getline(timeline, line) && !line.empty() && line.front() == ' ';) {
        const auto has = [&](const char* text) { return line.find(text) != std::string::npos; };
        if ((has("message-ready") || has("slot-free") || has("Sleep") || has("  ends")) &&
            !has("Create") && !has("Open") && !has("Duplicate") && !has("CloseHandle"))
            result += line + "\n";
    }
    return result;
}

static void start_final_chat(execution& run, std::string_view lines)
{
    run.alias("event #1", "stop");
    run.alias("event #2", "message-ready");
    run.alias("event #3", "slot-free");
    run.alias("section #1", "slot");
    run.start(program("solution14/parent"), input(lines));
}

TEST(Lesson14, OneLineAndTheEndOfTheInput)
{
    execution run;
    start_final_chat(run, "hello\n");
    run.run_to_end();

    EXPECT_EQ(run.process("child").output(), "hello\n") << run.timeline();
    EXPECT_THAT(run.process("parent"), ended_with(0)) << run.timeline();
    save("14", run, {"child"});
}

TEST(Lesson14, TheParentNoticesADeathWhileNobodyTypes)
{
    execution run;
    start_final_chat(run, "not yet\n");
    auto& parent = run.process("parent");
    parent.run_until_blocked();
    auto& child = run.process("child");
    child.run_until_blocked();
    parent.run_until_blocked(); // the thread that reads has not begun
    child.kill();
    parent.run_to(before("process exit")).step();

    EXPECT_THAT(parent, ended_with(2)) << run.timeline();
    EXPECT_EQ(parent.error_output(), "the child has ended\n") << run.timeline();
    save("14/keyboard.txt", once_the_child_waits(run));
}

TEST(Lesson14, TheOrderThatLosesALineInLesson7)
{
    execution before{program("solution07/parent"), input("one\ntwo\n")};
    before.process("parent").run_to(after("CreateProcessW"));
    before.process("child").run_until_blocked();
    before.process("parent").run_to_end();
    before.run_until_stuck();
    EXPECT_EQ(before.process("child").output(), "") << before.timeline();
    save("14/before.txt", once_the_child_waits(before));
    save("readme/before.txt", signals_of(before));

    execution final_chat;
    start_final_chat(final_chat, "one\ntwo\n");
    auto& parent = final_chat.process("parent");
    parent.run_to(after("CreateProcessW"));
    final_chat.process("child").run_until_blocked();
    while (parent.calls("SetEvent").empty()) { // as far as it comes without the child
        parent.run_until_blocked();
        parent.thread(1).run_to_end();
        parent.run_to(after("SetEvent"));
    }
    parent.run_until_blocked();
    final_chat.run_to_end();
    EXPECT_EQ(final_chat.process("child").output(), "one\ntwo\n") << final_chat.timeline();
    save("14/after.txt", once_the_child_waits(final_chat));
    save("readme/after.txt", signals_of(final_chat));
}

TEST(Lesson14, EveryOrderAndEveryDeath)
{
    const auto explored = [](exploration search, const std::string& sent) {
        const auto result = search.check([=](const execution& run) {
            const auto printed = run.has_process("child") ? run.process("child").output() : "";
            EXPECT_TRUE(sent.starts_with(printed)) << run.timeline();
        });
        EXPECT_TRUE(result.passed()) << result.first_failure();
        return std::to_string(result.schedules());
    };
    const auto chat = [](const std::string& lines) {
        return explore(program("solution14/parent"), input(lines));
    };

    save("14/explored.txt", "two lines, up to one preemption:         " +
                                explored(chat("one\ntwo\n").preemptions(1), "one\ntwo\n") +
                                " schedules\none line, the child killed anywhere:     " +
                                explored(chat("one\n").preemptions(0).kill("child"), "one\n") +
                                " schedules\none line, the parent killed anywhere:    " +
                                explored(chat("one\n").preemptions(0).kill("parent"), "one\n") +
                                " schedules\nnobody waits for ever in any of them\n");
}

TEST(Lesson14, WakeUpsAreCounted)
{
    constexpr std::size_t messages = 20;
    std::string lines;
    for (std::size_t i = 0; i < messages; ++i)
        lines += "line\n";
    execution run{program("solution14/parent"), input(lines)};
    run.run_to_end();
    const auto waits = [&](const char* name) {
        return std::to_string(run.process(name).calls("WaitForMultipleObjects").size() +
                              run.process(name).calls("WaitForSingleObject").size());
    };

    EXPECT_EQ(waits("child"), std::to_string(messages + 1)) << run.timeline();
    save("14/wake_ups.txt",
         std::to_string(messages) + " messages: the parent is woken " + waits("parent") +
             " times, by the line and by the answer; the child " + waits("child") + " times\n");
}
