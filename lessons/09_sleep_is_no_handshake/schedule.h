#pragma once

#include "interleave/execution.h"

// Three orders in which a chat with a Sleep goes wrong. The parent has been started with two lines
// as its input, forty letters A and forty letters B, and stands at its start.
//
//     auto& parent = run.process("parent");
//     parent.run_to(after("SetEvent"));         goes on until it has called it
//     parent.run_to(before("Sleep").nth(2));    until it is about to, for the second time from here
//     auto& child = run.process("child");       from where the parent has started it
//     child.run_to(after("WaitForSingleObject"));
//     child.run_until_blocked();                goes on until its wait is not satisfied
//
// Whoever is not named stands still.

// The child prints the second line, and nothing else.
void overwrite(interleave::execution& run);

// The child prints the second line twice, and nothing else.
void duplicate(interleave::execution& run);

// The child prints a line that has letters of both. In this one each access to the section is a
// point, too: the test has called run.memory_points().
//
//     parent.run_to(before("write", "winipc-message").nth(5));   it has made four of its writes
//     child.run_to(before("read", "winipc-message").nth(5));     it has made four of its reads
void tear(interleave::execution& run);
