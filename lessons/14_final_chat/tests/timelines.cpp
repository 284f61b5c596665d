// What the page of lesson 14 shows of programs that run together.
#include "capture.h"
#include "interleave/execution.h"
#include "interleave/explore.h"
#include "interleave/matchers.h"
#include "interleave/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>

using namespace interleave;
using capture::is_about;
using capture::only;
using capture::program;
using capture::save;

namespace {

// In lesson 14 the event is called so by start_final_chat().
bool is_about_message_ready(const execution_record& record, const step_record& step)
{
    return is_about(record, step, "message-ready") ||
           is_about(record, step, "winipc-message-ready");
}

// What follows the first time that the child waits. What is closed at the end is left out.
std::string once_the_child_waits(const execution& run)
{
    const auto record = run.record();
    bool has_started = false;
    bool is_waiting = false;
    const auto shown = only(record, [&](const step_record& step) {
        const bool is_shown = is_waiting && !capture::closes(step);
        is_waiting = is_waiting || (has_started && step.point.when == phase::blocked &&
                                    is_about_message_ready(record, step));
        has_started = has_started || step.point.does == effect::starts_process;
        return is_shown;
    });
    return format_steps(shown) + "\n" + format_positions(record) +
           "replay: " + format_schedule(record) + "\n";
}

// For the README: only what the two say to each other, and how they end.
std::string signals_of(const execution& run)
{
    const auto record = run.record();
    return format_steps(only(record, [&](const step_record& step) {
        const bool is_signal =
            step.point.does == effect::none &&
            (is_about_message_ready(record, step) || is_about(record, step, "slot-free"));
        return is_signal || step.point.came_of_it == outcome::slept ||
               step.what == happening::process_ended;
    }));
}

void start_final_chat(execution& run, std::string_view lines)
{
    run.alias("event #1", "stop");
    run.alias("event #2", "message-ready");
    run.alias("event #3", "slot-free");
    run.alias("section #1", "slot");
    run.start(program("solution14/parent"), input(lines));
}

} // namespace

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
