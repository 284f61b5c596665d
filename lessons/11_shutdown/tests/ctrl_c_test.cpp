// A stop that comes from outside.
#include "interleave/execution.h"
#include "talk.h"
#include "testing/lines.h"
#include "testing/programs.h"
#include "testing/pseudo_console.h"
#include "testing/steps.h"
#include "winipc/peer.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shutdown {

using namespace interleave;
using namespace winipc::testing;
using ::testing::SizeIs;

namespace {

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

} // namespace

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
        expect_ends(run, winipc::all_went_well, winipc::all_went_well);
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
    expect_ends(run, winipc::all_went_well, winipc::all_went_well);
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

} // namespace shutdown
