#pragma once

#include "interleave/execution.h"

// Makes lesson 7's program lose its line: says who goes on, and how far. The parent has been
// started with one line as its input, and stands at its start.
//
//     auto& parent = run.process("parent");
//     parent.run_to(before("SetEvent"));        goes on until it is about to call SetEvent
//     parent.run_to(after("SetEvent"));         goes on until it has called it
//     parent.run_to(after("SetEvent").nth(2));  ... for the second time from here
//     parent.step();                            from before a call to after it, or to the next one
//     parent.run_to_end();
//
//     auto& child = run.process("child");       from where the parent has started it
//     child.run_until_blocked();                goes on until its wait is not satisfied
//
// Whoever is not named stands still. So the order of the lines is the schedule.
void lose_a_line(interleave::execution& run);
