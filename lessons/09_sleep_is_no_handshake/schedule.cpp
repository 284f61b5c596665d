// Which orders overwrite a line, print one twice, and mix two?
#include "schedule.h"

#include "interleave/execution.h"

using interleave::after;

void overwrite(interleave::execution& run)
{
    auto& parent = run.process("parent");

    // TODO(9.1): The child is fast here. In which order does it find the second line only?
    parent.run_to(after("SetEvent"));
    run.process("child").run_until_blocked();
}

void duplicate(interleave::execution& run)
{
    auto& parent = run.process("parent");

    // TODO(9.2): In which order does it print the second line twice? It has to stop in between.
    parent.run_to(after("SetEvent"));
    run.process("child").run_until_blocked();
}

void tear(interleave::execution& run)
{
    auto& parent = run.process("parent");

    // TODO(9.3): In which order does it print letters of both lines?
    parent.run_to(after("SetEvent"));
    run.process("child").run_until_blocked();
}
