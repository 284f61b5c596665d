// What the page of lesson 7 shows of programs that run together.
#include "capture.h"
#include "interleave/execution.h"

#include <gtest/gtest.h>

using namespace interleave;
using capture::program;
using capture::save;

namespace {

//! [lucky]
void send_line(controlled_process& parent, controlled_process& child)
{
    parent.run_to(after("SetEvent"));
    child.run_until_blocked();
}
//! [lucky]

} // namespace

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
