// Promises 6 and 7: whoever dies, and however the talk is ended, both processes end.
#include "interleave/execution.h"
#include "interleave/explore.h"
#include "interleave/kinds.h"
#include "interleave/matchers.h"
#include "questions.h"
#include "testing/lines.h"
#include "testing/piped_program.h"
#include "testing/programs.h"
#include "testing/pseudo_console.h"
#include "winipc/peer.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <tlhelp32.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

namespace final_chat {

using namespace interleave;
using namespace winipc::testing;
using ::testing::HasSubstr;
using winipc::unique_handle;

namespace {

// 6: somebody is killed, and the other one is left.
bool ended_by_itself(const controlled_process& process, std::initializer_list<DWORD> codes)
{
    return process.has_ended() && !process.crash() &&
           std::find(codes.begin(), codes.end(), process.exit_code()) != codes.end();
}

broken what_a_killed_child_leaves(const execution& run, const std::string& sent)
{
    const auto& parent = run.process("parent");
    if (run.has_process("child") && !ended_by_itself(parent, {winipc::peer_has_died}))
        return "the child was killed; the parent should end with exit code 2; it is " +
               parent.position() + "\n" + parent.error_output() + run.timeline();
    if (!is_beginning_of(sent, printed_by_child(run)))
        return "what has arrived is not the beginning of what was sent:\n" + printed_by_child(run) +
               run.timeline();
    return {};
}

// How many signals the parent has given for the event that the child waits for.
std::ptrdiff_t messages_handed_over(const execution& run)
{
    std::string waits;
    for (const auto& wait : run.process("child").calls("WaitForMultipleObjects"))
        waits += wait.object + "\n";
    const auto signals = run.process("parent").calls("SetEvent");
    return std::count_if(signals.begin(), signals.end(), [&](const call_record& signal) {
        return waits.find(signal.object) != std::string::npos;
    });
}

broken what_a_killed_parent_leaves(const execution& run, const std::string& sent)
{
    if (!run.has_process("child"))
        return {};
    const auto& child = run.process("child");
    const bool ended_with_its_job = child.ending() == interleave::ending::ended_with_job;
    if (!ended_with_its_job &&
        !ended_by_itself(child, {winipc::all_went_well, winipc::peer_has_died}))
        return "the parent was killed; the child should end with exit code 2, or with 0 if the "
               "talk was over; it is " +
               child.position() + "\n" + child.error_output() + run.timeline();
    const auto printed = child.output();
    if (!is_beginning_of(sent, printed))
        return "what has arrived is not the beginning of what was sent:\n" + printed +
               run.timeline();
    const auto handed_over = std::min(messages_handed_over(run), // the end is a message, too
                                      std::count(sent.begin(), sent.end(), '\n'));
    if (std::count(printed.begin(), printed.end(), '\n') < handed_over)
        return "the parent had handed over " + std::to_string(handed_over) +
               " lines before it was killed; they should arrive; the child has printed:\n" +
               printed + run.timeline();
    if (child.exit_code() == winipc::all_went_well && !ended_with_its_job && printed != sent)
        return "the talk was not over, and the child says that all went well\n" + run.timeline();
    return {};
}

using what_is_left = broken (*)(const execution&, const std::string&);

} // namespace

exploration_result somebody_is_killed(const path& parent, const char* victim, std::size_t count)
{
    const bool is_child = victim == std::string_view("child");
    const what_is_left judge = is_child ? what_a_killed_child_leaves : what_a_killed_parent_leaves;
    return explore(parent, input(lines(count)))
        .kill(victim)
        .preemptions(0)
        .check([=](const execution& run) {
            const auto& killed = run.process(run.has_process(victim) ? victim : "parent");
            if (killed.has_ended() && killed.exit_code() == 1) // else it is the run without a kill
                expect_kept(judge(run, lines(count)));
        });
}

// 7: nothing more comes.
broken both_end_when_the_input_does(const path& parent, const std::string& typed,
                                    const std::string& sent)
{
    execution run{parent, input(typed)};

    run.run_until_stuck();

    return first_of({both_end_well(run), everything_arrives(run, sent)});
}

namespace {

// The process that this one has started under this name; then its own child.
DWORD child_of(DWORD parent, const wchar_t* name)
{
    const winipc::unique_file all{::CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0)};
    PROCESSENTRY32W entry{};
    entry.dwSize = sizeof entry;
    for (BOOL found = ::Process32FirstW(all.get(), &entry); found;
         found = ::Process32NextW(all.get(), &entry))
        if (entry.th32ParentProcessID == parent && entry.szExeFile == std::wstring_view(name))
            return entry.th32ProcessID;
    return 0;
}

// A chat that runs by itself: the handles of its processes, once it has printed this.
struct free_chat
{
    explicit free_chat(const piped_program& chat, std::string_view printed)
    {
        const auto parent_id = child_of(::GetCurrentProcessId(), L"parent.exe");
        parent.reset(::OpenProcess(SYNCHRONIZE, FALSE, parent_id));
        const auto is_printed = [&] { return chat.output().find(printed) != std::string::npos; };
        for (int i = 0; parent && !is_printed() && i < 3000; ++i)
            if (::WaitForSingleObject(parent.get(), 10) != WAIT_TIMEOUT)
                break;
        const auto child_id = child_of(parent_id, L"child.exe");
        child.reset(::OpenProcess(PROCESS_TERMINATE, FALSE, child_id));
        if (!child || !is_printed())
            throw std::runtime_error("'" + std::string(printed) + "' should be printed; it is\n" +
                                     chat.output() + chat.error_output());
    }

    unique_handle parent;
    unique_handle child;
};

// The header and the text of "one", each access a point.
exploration_result killed_at_an_access(const char* victim)
{
    const bool is_child = victim == std::string_view("child");
    const what_is_left judge = is_child ? what_a_killed_child_leaves : what_a_killed_parent_leaves;
    return explore([](execution& run) {
               run.memory_points("section #1", 0, 24);
               run.start(program("parent"), input(lines(3)));
           })
        .kill(victim)
        .preemptions(0)
        .check([=](const execution& run) {
            const auto& killed = run.process(run.has_process(victim) ? victim : "parent");
            if (killed.has_ended() && killed.exit_code() == 1)
                expect_kept(judge(run, lines(3)));
        });
}

// Ctrl+C after so many steps of the parent. False: it has ended before.
bool press_ctrl_c_after(int steps)
{
    execution run{program("parent"), input(lines(3))};
    const bool is_there = go_on(
        run, {"parent", "child"}, [&](const controlled_process& process, const controlled_thread&) {
            return process.name() == "parent" && !process.has_ended() &&
                   !process.calls("SetConsoleCtrlHandler").empty() && --steps < 0;
        });
    if (!is_there)
        return false;

    run.process("parent").ctrl_c();
    run.run_until_stuck();

    expect_kept(both_end_well(run));
    EXPECT_TRUE(is_beginning_of(lines(3), printed_by_child(run)))
        << printed_by_child(run) << run.timeline();
    return true;
}

} // namespace

TEST(Promise06, WhoeverIsKilledTheOtherEndsByItself)
{
    for (const auto* victim : {"child", "parent"}) {
        const auto result = somebody_is_killed(program("parent"), victim, 1);

        EXPECT_TRUE(result.passed()) << result.first_failure();
        EXPECT_GE(result.schedules(), 40U) << "kills of the " << victim;
    }
}

TEST(Promise06, DEEP_ThreeLinesWithTheChildKilledAnywhere)
{
    const auto result = somebody_is_killed(program("parent"), "child", 3);

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_GE(result.schedules(), 80U);
}

TEST(Promise06, DEEP_ThreeLinesWithTheParentKilledAnywhere)
{
    const auto result = somebody_is_killed(program("parent"), "parent", 3);

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_GE(result.schedules(), 80U);
}

TEST(Promise06, DEEP_TheChildKilledAtAnyAccessToTheSlot)
{
    const auto result = killed_at_an_access("child");

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_GE(result.schedules(), 100U);
}

TEST(Promise06, DEEP_TheParentKilledAtAnyAccessToTheSlot)
{
    const auto result = killed_at_an_access("parent");

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_GE(result.schedules(), 100U);
}

TEST(Promise06, AParentThatWaitsForTheKeyboardSeesTheChildsDeath)
{
    piped_program chat(program("parent"));
    chat.write("hello\n");
    const free_chat processes(chat, "hello\n> "); // so it has asked for the next line

    ::TerminateProcess(processes.child.get(), 1);

    EXPECT_EQ(chat.exit_code(), static_cast<DWORD>(winipc::peer_has_died))
        << "no line comes, and none is needed\n"
        << chat.error_output();
    EXPECT_THAT(chat.error_output(), HasSubstr("child"));
}

TEST(Promise07, BothEndWhenTheInputDoes)
{
    expect_kept(both_end_when_the_input_does(program("parent"), "one\ntwo\n", "one\ntwo\n"));
    expect_kept(both_end_when_the_input_does(program("parent"), "", ""));
    expect_kept(both_end_when_the_input_does(program("parent"), "one\ntwo", "one\ntwo\n"));
}

TEST(Promise07, BothEndAtExit)
{
    expect_kept(both_end_when_the_input_does(program("parent"), "one\nExit\ntwo\n", "one\n"));
    expect_kept(
        both_end_when_the_input_does(program("parent"), "Exit now\n exit\n", "Exit now\n exit\n"));
}

TEST(Promise07, CtrlCLetsArriveWhatWasSent)
{
    for (const int steps : {1, 15, 30, 45})
        EXPECT_TRUE(press_ctrl_c_after(steps))
            << "the parent should have called SetConsoleCtrlHandler, and not have ended by itself, "
            << steps << " steps later";
}

TEST(Promise07, DEEP_CtrlCAtAnyPoint)
{
    int steps = 0;
    while (press_ctrl_c_after(steps))
        ++steps;

    EXPECT_GE(steps, 60);
}

TEST(Promise07, CtrlCOnAConsoleNeedsNoFurtherKey)
{
    pseudo_console console(program("parent"));
    console.wait_until_shown(">"); // so it waits, and has said what Ctrl+C is to do

    console.press_ctrl_c();

    EXPECT_EQ(console.exit_code(), 0U) << console.shown();
}

} // namespace final_chat
