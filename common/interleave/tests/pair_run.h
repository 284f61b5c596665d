#pragma once

#include "interleave/execution.h"
#include "testing/programs.h"

/// Left and right of one of the protocols in programs/pairs.cpp; both have their objects, or
/// stand before main when a schedule is to be replayed from the start.
struct pair_run
{
    explicit pair_run(const wchar_t* name, bool with_objects = true)
        : run(winipc::testing::program("left"), interleave::arguments({name})),
          left(run.process("left")),
          right(run.start(winipc::testing::program("right"), interleave::arguments({name})))
    {
        if (!with_objects)
            return;
        left.run_to(interleave::after("MapViewOfFile"));
        right.run_to(interleave::after("MapViewOfFile"));
    }

    interleave::execution run;
    interleave::controlled_process& left;
    interleave::controlled_process& right;
};
