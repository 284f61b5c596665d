// Which order loses a line?
#include "schedule.h"

#include "interleave/execution.h"

using interleave::after;

void lose_a_line(interleave::execution& run)
{
    auto& parent = run.process("parent");

    // TODO(8.1): In this order the line arrives. Let the parent go on to a better place, so that
    // the child waits for a signal that has been there, and is gone.
    parent.run_to(after("SetEvent"));
    run.process("child").run_until_blocked();
}
