// Which orders overwrite a line, print one twice, and mix two?
#include "schedule.h"

#include "interleave/execution.h"

using interleave::after;
using interleave::before;

//! [overwrite]
void overwrite(interleave::execution& run)
{
    auto& parent = run.process("parent");

    parent.run_to(after("SetEvent").nth(2)); // two lines, two signals: one slot, one event
    run.process("child").run_until_blocked();
}
//! [overwrite]

//! [duplicate]
void duplicate(interleave::execution& run)
{
    auto& parent = run.process("parent");

    parent.run_to(after("SetEvent"));
    auto& child = run.process("child");
    child.run_to(after("WaitForSingleObject")); // told of the first line, and has not read it
    parent.run_to(after("SetEvent"));           // the second one, and its signal
    child.run_until_blocked();
}
//! [duplicate]

//! [tear]
void tear(interleave::execution& run)
{
    auto& parent = run.process("parent");

    parent.run_to(after("SetEvent"));
    parent.run_to(before("write", "winipc-message").nth(3)); // a part of the second line is there
    run.process("child").run_until_blocked();
}
//! [tear]
