#include "interleave/execution.h"
#include "interleave/explore.h"
#include "interleave/matchers.h"
#include "testing/programs.h"
#include "testing/pseudo_console.h"
#include "testing/slow_tests.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace interleave;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
using winipc::testing::program;
using winipc::testing::programs_folder;
using winipc::testing::pseudo_console;

namespace {

constexpr const char* message_ready = "winipc-message-ready";
constexpr const char* slot_free = "winipc-slot-free";

// The exit codes of the lesson.
constexpr int all_went_well = 0;
constexpr int something_failed = 1;
constexpr int peer_has_died = 2;
constexpr int peer_is_silent = 3;

// One, two or three lines.
std::string lines(std::size_t count)
{
    static const std::string all = "one\ntwo\nthree\n";
    static constexpr std::size_t ends[] = {0, 4, 8, 14};
    return all.substr(0, ends[count]);
}

// Everybody goes on as far as he can: to the end, in this lesson.
void run_to_the_end(execution& run)
{
    run.run_until_stuck();
    for (const auto* name : {"parent", "child"})
        if (run.has_process(name) && !run.process(name).has_ended())
            throw std::runtime_error(std::string("the ") + name +
                                     " should have ended, and nobody can go on: it is " +
                                     run.process(name).position() + "\n" + run.timeline());
}

// A process, and no other, goes on until it waits for this object.
void let_wait(const execution& run, controlled_process& process, const char* object)
{
    const auto wanted = "the " + process.name() + " should wait for " + object + " here; ";
    try {
        process.run_until_blocked();
    } catch (const schedule_error& error) {
        throw std::runtime_error(wanted + error.what());
    }
    if (process.position().find(object) == std::string::npos)
        throw std::runtime_error(wanted + "it is " + process.position() + "\n" + run.timeline());
}

// The child has said that it is ready and waits; the parent has not noticed yet.
void let_child_be_ready(const execution& run)
{
    let_wait(run, run.process("parent"), slot_free);
    let_wait(run, run.process("child"), message_ready);
}

// The parent's wait is over without a signal.
void let_time_out(const execution& run, controlled_process& parent, const char* reason)
{
    try {
        parent.time_out();
    } catch (const schedule_error& error) {
        throw std::runtime_error(std::string(reason) + "; " + error.what());
    }
    parent.run_to_end();
    EXPECT_THAT(parent, ended_with(peer_is_silent)) << reason << "\n"
                                                    << parent.error_output() << run.timeline();
    EXPECT_NE(parent.error_output(), "") << "say why on the error output";
}

std::vector<call_record> calls_on(const controlled_process& process, const char* function,
                                  const char* object)
{
    auto calls = process.calls(function);
    std::erase_if(calls, [&](const call_record& call) { return call.object != object; });
    return calls;
}

// How many messages the parent has sent: lines, and the end.
std::size_t messages_sent(const execution& run)
{
    return calls_on(run.process("parent"), "SetEvent", message_ready).size();
}

// So many steps of the parent, and as many of the child as the parent waits for.
void make_steps(const execution& run, int count)
{
    auto& parent = run.process("parent");
    for (int i = 0; i < count && !parent.has_ended(); ++i) {
        if (parent.is_blocked()) {
            auto& child = run.process("child");
            while (!child.has_ended() && !child.step().is_blocked())
                ;
        }
        parent.step();
    }
}

void expect_ends(const execution& run, int parent, int child)
{
    EXPECT_THAT(run.process("parent"), ended_with(parent))
        << run.process("parent").error_output() << run.timeline();
    EXPECT_THAT(run.process("child"), ended_with(child))
        << run.process("child").error_output() << run.timeline();
}

// The waits that are given up after a time, but for those that only look (0 milliseconds).
std::vector<call_record> waits_with_a_limit(const controlled_process& process)
{
    std::vector<call_record> found;
    for (const auto& [function, limit] :
         {std::pair{"WaitForSingleObject", 1}, std::pair{"WaitForMultipleObjects", 3}})
        for (const auto& call : process.calls(function)) {
            const auto milliseconds = call.arguments[static_cast<std::size_t>(limit)];
            if (milliseconds != 0 && milliseconds != INFINITE)
                found.push_back(call);
        }
    return found;
}

bool is_solution()
{
    return programs_folder().filename().native().starts_with(L"solution");
}

// What must hold at the end of a talk, in which one of the two may have been killed.
void expect_sound_end(const execution& run, std::size_t count)
{
    const auto& parent = run.process("parent");
    if (!run.has_process("child"))
        return; // the parent was killed before
    const auto& child = run.process("child");
    const auto sent = messages_sent(run);
    const bool parent_was_killed = parent.exit_code() == 1;
    if (parent_was_killed) {
        EXPECT_EQ(child.output(), lines(std::min(sent, count))) << "what was sent is printed";
        if (sent > 0) {
            EXPECT_THAT(child, ended_with(sent > count ? all_went_well : peer_has_died))
                << child.error_output();
        }
    } else if (child.exit_code() != all_went_well) { // it was killed
        EXPECT_THAT(parent, ended_with(peer_has_died)) << parent.error_output();
        EXPECT_THAT(lines(count), StartsWith(child.output()));
        EXPECT_THAT(child.output(), AnyOf("", EndsWith("\n"))) << "complete lines only";
    } else {
        EXPECT_EQ(child.output(), lines(count));
        EXPECT_THAT(parent, ended_with(all_went_well)) << parent.error_output();
    }
}

exploration talk_with_a_kill(const char* victim, std::size_t count)
{
    return explore(program("parent"), input(lines(count))).kill(victim);
}

// The number of schedules is the solution's; another right answer may make other calls.
void expect_schedules(const exploration_result& result, std::size_t count)
{
    EXPECT_TRUE(result.passed()) << result.first_failure();
    if (is_solution())
        EXPECT_EQ(result.schedules(), count);
    else
        EXPECT_GT(result.schedules(), 1U);
}

const winipc::testing::slow_tests slow{"CtrlC.WhereverAStopComesWhatWasSentArrives", "EveryOrder."};

} // namespace

TEST(Shutdown, AfterTheEndOfTheInputBothEnd)
{
    execution run{program("parent"), input(lines(2))};

    run_to_the_end(run);

    EXPECT_EQ(run.process("child").output(), lines(2)) << run.timeline();
    expect_ends(run, all_went_well, all_went_well);
}

TEST(Shutdown, AfterExitBothEnd)
{
    execution run{program("parent"), input("one\nExit\ntwo\n")};

    run_to_the_end(run);

    EXPECT_EQ(run.process("child").output(), "one\n")
        << "Exit is for the parent alone: the end is a message of another kind\n"
        << run.timeline();
    expect_ends(run, all_went_well, all_went_well);
}

TEST(Shutdown, WithoutALineBothEnd)
{
    execution run{program("parent"), input("")};

    run_to_the_end(run);

    EXPECT_EQ(run.process("child").output(), "") << "the end is no line\n" << run.timeline();
    expect_ends(run, all_went_well, all_went_well);
}

TEST(Shutdown, AnEmptyLineIsNotTheEnd)
{
    execution run{program("parent"), input("one\n\nend\n")};

    run_to_the_end(run);

    EXPECT_EQ(run.process("child").output(), "one\n\nend\n")
        << "any text may be a line; it is the kind that tells\n"
        << run.timeline();
}

TEST(Shutdown, TheParentIsTheLastToEnd)
{
    execution run{program("parent"), input("")};
    auto& parent = run.process("parent");
    let_child_be_ready(run);

    let_wait(run, parent, "process child"); // which makes no step

    EXPECT_FALSE(run.process("child").has_ended());
    run_to_the_end(run);
    expect_ends(run, all_went_well, all_went_well);
}

TEST(Shutdown, ATooLongLineEndsBoth)
{
    execution run{program("parent"), input("one\n" + std::string(1001, 'x') + "\n")};

    run_to_the_end(run);

    EXPECT_EQ(run.process("child").output(), "one\n") << run.timeline();
    EXPECT_THAT(run.process("parent"), ended_with(something_failed)) << run.timeline();
}

TEST(Shutdown, NoHandleIsLeaked)
{
    execution run{program("parent"), input(lines(2))};

    run_to_the_end(run);

    for (const auto* name : {"parent", "child"}) {
        EXPECT_THAT(run.process(name).open_handles(), IsEmpty()) << name << "\n" << run.timeline();
        EXPECT_THAT(run.process(name).open_views(), IsEmpty()) << name << "\n" << run.timeline();
    }
}

TEST(Death, TheChildEndsWhenItsParentHasDied)
{
    execution run{program("parent"), input(lines(2))};
    auto& parent = run.process("parent");
    let_child_be_ready(run);
    auto& child = run.process("child");
    parent.run_to(after("SetEvent", message_ready));
    let_wait(run, child, message_ready);

    parent.kill();
    run_to_the_end(run);

    EXPECT_EQ(child.output(), lines(1)) << run.timeline();
    EXPECT_THAT(child, ended_with(peer_has_died)) << run.timeline();
    EXPECT_NE(child.error_output(), "") << "say why on the error output";
}

TEST(Death, TheParentEndsWhenItsChildHasDied)
{
    execution run{program("parent"), input(lines(2))};
    auto& parent = run.process("parent");
    let_child_be_ready(run);
    let_wait(run, parent, slot_free); // the first line is written

    run.process("child").kill();
    run_to_the_end(run);

    EXPECT_THAT(parent, ended_with(peer_has_died)) << parent.error_output() << run.timeline();
    EXPECT_NE(parent.error_output(), "") << "say why on the error output";
}

TEST(Death, TheParentEndsWhenAChildDiesThatIsNotReadyYet)
{
    execution run{program("parent"), input(lines(2))};
    auto& parent = run.process("parent");
    let_wait(run, parent, slot_free);

    run.process("child").kill();
    run_to_the_end(run);

    EXPECT_THAT(parent, ended_with(peer_has_died))
        << "do not wait for the time limit: who is dead will never be ready\n"
        << parent.error_output() << run.timeline();
}

TEST(Death, AChildMayDieAtItsVeryStart)
{
    execution run{program("parent"), input(lines(2))};
    auto& parent = run.process("parent");
    parent.run_to(after("CreateProcessW"));

    run.process("child").kill();
    run_to_the_end(run);

    EXPECT_THAT(parent, ended_with(peer_has_died))
        << "a process that has ended cannot be put into a job; that is no failure of yours\n"
        << parent.error_output() << run.timeline();
}

TEST(Death, WhatTheParentSentBeforeItDiedIsPrinted)
{
    execution run{program("parent"), input(lines(2))};
    auto& parent = run.process("parent");
    let_wait(run, parent, slot_free);
    auto& child = run.process("child");
    child.run_to(after("SetEvent", slot_free)); // ready, and not in its wait yet
    parent.run_to(after("SetEvent", message_ready));

    parent.kill();
    run_to_the_end(run);

    EXPECT_EQ(child.output(), lines(1))
        << "the event and the process are signalled, both: the message must count, and no job may "
           "end a child that has something to print\n"
        << run.timeline();
    EXPECT_THAT(child, ended_with(peer_has_died)) << run.timeline();
}

TEST(Death, AParentMayDieWhenTheTalkIsOver)
{
    execution run{program("parent"), input("")};
    auto& parent = run.process("parent");
    let_child_be_ready(run);
    parent.run_to(after("SetEvent", message_ready));

    parent.kill();
    run_to_the_end(run);

    EXPECT_THAT(run.process("child"), ended_with(all_went_well))
        << "the talk was over: the child has been told\n"
        << run.timeline();
}

TEST(Death, AChildThatFailsIsReported)
{
    execution run{program("parent"), input(lines(2))};
    auto& parent = run.process("parent");
    let_child_be_ready(run);
    auto& child = run.process("child");
    let_wait(run, parent, slot_free);

    child.run_to(before("SetEvent", slot_free)); // the first line is printed
    child.fail(ERROR_ACCESS_DENIED);
    run_to_the_end(run);

    expect_ends(run, peer_has_died, something_failed);
}

TEST(Death, AChildThatFailsAtTheEndIsReported)
{
    execution run{program("parent"), input("")};
    let_wait(run, run.process("parent"), slot_free);
    auto& child = run.process("child");

    child.run_to(after("SetEvent", slot_free)); // the parent has what it waits for
    child.run_to(before("WaitForMultipleObjects"));
    child.fail(ERROR_ACCESS_DENIED);
    run_to_the_end(run);

    EXPECT_THAT(child, ended_with(something_failed)) << run.timeline();
    EXPECT_THAT(run.process("parent"), ended_with(peer_has_died))
        << "a child that has ended has not always ended well: its exit code tells\n"
        << run.timeline();
}

TEST(Limit, AChildThatDoesNotGetReadyIsReportedAndEnded)
{
    for (const bool has_begun : {false, true}) {
        execution run{program("parent"), input(lines(2))};
        auto& parent = run.process("parent");
        let_wait(run, parent, slot_free);
        auto& child = run.process("child");
        if (has_begun)
            child.run_to(before("SetEvent", slot_free));

        let_time_out(run, parent, "the child is not ready: this wait has a limit");

        EXPECT_TRUE(child.has_ended()) << "nobody ends it, if not its job\n" << run.timeline();
    }
}

TEST(Limit, AChildThatDoesNotEndIsReportedAndEnded)
{
    execution run{program("parent"), input("")};
    auto& parent = run.process("parent");
    let_child_be_ready(run);
    let_wait(run, parent, "process child");
    auto& child = run.process("child");
    child.run_to(after("WaitForMultipleObjects")); // and no further

    let_time_out(run, parent, "the child does not end: this wait has a limit");

    EXPECT_TRUE(child.has_ended()) << "no process may remain\n" << run.timeline();
}

TEST(Limit, AParentThatDiesBeforeTheChildIsReadyTakesItAlong)
{
    execution run{program("parent"), input(lines(2))};
    auto& parent = run.process("parent");
    let_wait(run, parent, slot_free);

    parent.kill();

    EXPECT_TRUE(run.process("child").has_ended())
        << "it does not watch its parent yet: its job must end it\n"
        << run.timeline();
}

TEST(Limit, InTheTalkNobodyWaitsForATime)
{
    execution run{program("parent"), input(lines(2))};

    run_to_the_end(run);

    EXPECT_THAT(waits_with_a_limit(run.process("child")), IsEmpty())
        << "the death of the parent wakes it up; what would a limit be for?\n"
        << run.timeline();
    EXPECT_THAT(waits_with_a_limit(run.process("parent")), SizeIs(2))
        << "one limit for getting ready, one for the end; a line may take as long as it takes\n"
        << run.timeline();
    for (const auto* name : {"parent", "child"})
        EXPECT_THAT(run.process(name).calls("Sleep"), IsEmpty()) << name << "\n" << run.timeline();
}

TEST(Rights, TheChildMayOnlyWaitForItsParent)
{
    execution run{program("parent"), input("")};

    run_to_the_end(run);

    const auto opened = run.process("child").calls("OpenProcess");
    ASSERT_THAT(opened, SizeIs(1)) << run.timeline();
    EXPECT_EQ(opened[0].arguments[0], static_cast<std::uint64_t>(SYNCHRONIZE))
        << "the one right that a wait needs, " << opened[0].line;
    EXPECT_EQ(opened[0].object, "process parent") << opened[0].line;
}

TEST(CtrlC, WhereverAStopComesWhatWasSentArrives)
{
    for (int steps = 0;; ++steps) {
        execution run{program("parent"), input(lines(1))};
        auto& parent = run.process("parent");
        parent.run_to(after("SetConsoleCtrlHandler")); // before, the default ends the program
        make_steps(run, steps);
        if (parent.has_ended())
            break;

        parent.ctrl_c();
        parent.thread(1).run_to_end(); // the handler, at once
        run_to_the_end(run);

        EXPECT_FALSE(parent.crash().has_value())
            << "the handler may be called when main has returned: nothing may go wrong in it";
        expect_ends(run, all_went_well, all_went_well);
        EXPECT_EQ(run.process("child").output(), lines(messages_sent(run) - 1))
            << "all lines that were sent, and then the end\n"
            << run.timeline();
        if (HasFailure())
            break;
    }
}

TEST(CtrlC, AStopIsSeenBeforeTheNextLineIsSent)
{
    execution run{program("parent"), input(lines(2))};
    auto& parent = run.process("parent");
    let_child_be_ready(run);
    let_wait(run, parent, slot_free); // the first line is written, the second one not read
    ASSERT_THAT(parent.calls("SetConsoleCtrlHandler"), SizeIs(1))
        << "without a handler Ctrl+C ends the program at once\n"
        << run.timeline();

    parent.ctrl_c();
    parent.thread(1).run_to_end();
    run_to_the_end(run);

    EXPECT_EQ(run.process("child").output(), lines(1))
        << "a stop was requested when the second line had not been read yet\n"
        << run.timeline();
    expect_ends(run, all_went_well, all_went_well);
}

TEST(CtrlC, AStopIsPossibleBeforeThereIsAChild)
{
    execution run{program("parent"), input("")};

    run.process("parent").run_to(after("SetConsoleCtrlHandler"));

    EXPECT_FALSE(run.has_process("child"))
        << "until the handler is there Ctrl+C ends the parent, and not the child\n"
        << run.timeline();
}

TEST(CtrlC, AStopIsForTheParentAlone)
{
    execution run{program("parent"), input("")};

    run_to_the_end(run);

    const auto started = run.process("parent").calls("CreateProcessW");
    ASSERT_THAT(started, SizeIs(1));
    EXPECT_TRUE((started[0].arguments[5] & CREATE_NEW_PROCESS_GROUP) != 0 ||
                !run.process("child").calls("SetConsoleCtrlHandler").empty())
        << "Ctrl+C is for all processes of the console: it would end the child at once, "
        << started[0].line;
}

TEST(CtrlC, AStopOnAConsoleEndsTheTalk)
{
    pseudo_console console(program("parent"));
    console.wait_until_shown(">");
    console.type("hello\r");
    console.wait_until_shown("hello");

    console.press_ctrl_c();
    // Wine's console does not give up its read. Whether the signal comes before this line is up to
    // the system; Ctrl+Z ends the talk in any case.
    console.type("\r\x1a\r");

    EXPECT_EQ(console.exit_code(), 0U)
        << "Ctrl+C goes to all processes of the console; both must stand it\n"
        << console.shown();
}

TEST(Errors, AFailureIsReportedAndEndsBoth)
{
    struct failure
    {
        const char* process;
        point place;
        bool is_child_ready;
    };
    const std::vector<failure> failures{{"parent", before("CreateEventW"), false},
                                        {"parent", before("SetConsoleCtrlHandler"), false},
                                        {"parent", before("CreateJobObjectW"), false},
                                        {"parent", before("SetInformationJobObject"), false},
                                        {"parent", before("AssignProcessToJobObject"), false},
                                        {"parent", before("WaitForMultipleObjects"), false},
                                        {"parent", before("SetInformationJobObject"), true},
                                        {"parent", before("SetEvent"), true},
                                        {"parent", before("WaitForMultipleObjects"), true},
                                        {"child", before("OpenProcess"), false},
                                        {"child", before("SetEvent"), false},
                                        {"child", before("WaitForMultipleObjects"), false}};
    for (const auto& [name, place, is_child_ready] : failures) {
        execution run{program("parent"), input(lines(1))};
        auto& parent = run.process("parent");
        if (is_child_ready)
            let_child_be_ready(run);
        else if (std::string(name) == "child")
            parent.run_to(after("CreateProcessW"));

        auto& failing = run.process(name);
        if (is_child_ready && place.call == "WaitForMultipleObjects")
            failing.run_to(after("SetEvent"));
        failing.run_to(place);
        failing.fail(ERROR_ACCESS_DENIED);
        run_to_the_end(run);

        EXPECT_THAT(failing, ended_with(something_failed))
            << place.call << " has failed with error 5\n"
            << failing.error_output() << run.timeline();
        EXPECT_THAT(failing.error_output(), AllOf(HasSubstr(place.call), HasSubstr("(error 5)")))
            << run.timeline();
    }
}

TEST(Errors, AChildWithoutAParentSaysSo)
{
    for (const auto& wrong : {arguments({}), arguments({L"0"}), arguments({L"nonsense"})}) {
        execution run{program("parent"), input("")};
        let_child_be_ready(run); // so all that has a name can be opened
        auto& child = run.start(program("child"), wrong);

        while (!child.has_ended() && !child.is_blocked())
            child.step();

        EXPECT_THAT(child, ended_with(something_failed)) << run.timeline();
        EXPECT_NE(child.error_output(), "");
        EXPECT_THAT(child.calls("WaitForMultipleObjects"), IsEmpty())
            << "a child that knows no parent has nothing to wait for\n"
            << run.timeline();
    }
}

TEST(EveryOrder, BothEndWellWithOnePreemption)
{
    const auto result =
        explore(program("parent"), input(lines(2))).preemptions(1).check([](const execution& run) {
            expect_sound_end(run, 2);
        });

    expect_schedules(result, 8);
}

TEST(EveryOrder, TheChildEndsWellWhereverTheParentIsKilled)
{
    const auto result =
        talk_with_a_kill("parent", 2).preemptions(0).check([](const execution& run) {
            expect_sound_end(run, 2);
        });

    expect_schedules(result, 93);
}

TEST(EveryOrder, TheParentEndsWellWhereverTheChildIsKilled)
{
    const auto result = talk_with_a_kill("child", 2).preemptions(0).check([](const execution& run) {
        expect_sound_end(run, 2);
    });

    expect_schedules(result, 58);
}

// What this lesson leaves open.

TEST(StillWrong, AProcessIdIsANumberThatAnyProcessMayHave)
{
    execution run{program("parent"), input(lines(2))};
    let_child_be_ready(run);
    const auto id = std::to_wstring(::GetCurrentProcessId()); // the test's own
    auto& stranger = run.start(program("child"), arguments({id}));
    let_wait(run, stranger, message_ready);

    run.process("parent").kill();
    run.run_until_stuck();

    EXPECT_TRUE(run.process("child", 1).has_ended()) << run.timeline();
    EXPECT_TRUE(stranger.is_blocked()) << "it watches another process\n" << run.timeline();
}

TEST(StillWrong, ASecondPairIsRefused)
{
    execution run{program("parent"), input(lines(2))};
    let_child_be_ready(run);

    auto& second = run.start(program("parent"), input(lines(2)));
    second.run_to_end();

    EXPECT_THAT(second, ended_with(something_failed)) << run.timeline();
    EXPECT_THAT(second.error_output(), HasSubstr("(error 183)")) << run.timeline();
}

TEST(EveryOrder, DEEP_BothEndWellWithTwoPreemptions)
{
    const auto result =
        explore(program("parent"), input(lines(2))).preemptions(2).check([](const execution& run) {
            expect_sound_end(run, 2);
        });

    expect_schedules(result, 46);
}

TEST(EveryOrder, DEEP_TheChildEndsWellWithOnePreemptionAndAKilledParent)
{
    const auto result =
        talk_with_a_kill("parent", 3).preemptions(1).check([](const execution& run) {
            expect_sound_end(run, 3);
        });

    expect_schedules(result, 567);
}

TEST(EveryOrder, DEEP_TheParentEndsWellWithOnePreemptionAndAKilledChild)
{
    const auto result = talk_with_a_kill("child", 3).preemptions(1).check([](const execution& run) {
        expect_sound_end(run, 3);
    });

    expect_schedules(result, 378);
}
