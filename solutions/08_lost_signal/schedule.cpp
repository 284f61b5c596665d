// Which order loses a line?
#include "schedule.h"

#include "interleave/execution.h"

using interleave::after;

//! [schedule]
void lose_a_line(interleave::execution& run)
{
    auto& parent = run.process("parent");

    parent.run_to(after("ResetEvent").nth(2)); // signalled, and wiped out
    run.process("child").run_until_blocked();
}
//! [schedule]
