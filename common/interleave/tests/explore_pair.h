#pragma once

#include "interleave/execution.h"
#include "interleave/explore.h"
#include "interleave/model.h"
#include "testing/programs.h"

#include <gtest/gtest.h>

#include <cstddef>

/// Explores left and right of one of the protocols in programs/pairs.cpp, from where both have
/// their objects: an early end of one of them does not take the named objects with it. The model of
/// the same protocol begins there, too.
inline interleave::exploration explore_pair(const wchar_t* name)
{
    return interleave::explore([=](interleave::execution& run) {
        using interleave::arguments;
        auto& left = run.start(winipc::testing::program("left"), arguments({name}));
        auto& right = run.start(winipc::testing::program("right"), arguments({name}));
        left.run_to(interleave::after("MapViewOfFile"));
        right.run_to(interleave::after("MapViewOfFile"));
    });
}

/// Nothing is expected but what the explorer notices by itself.
inline void nothing(const interleave::execution&) {}

/// All has passed, and the explorer and the model have counted the same number of schedules.
inline void expect_count(std::size_t expected, const interleave::exploration_result& explored,
                         const interleave::model::program& program,
                         const interleave::model::rules& rules = {})
{
    const auto counted = interleave::model::enumerate(program, rules).schedules;
    EXPECT_TRUE(explored.passed()) << explored.first_failure();
    EXPECT_TRUE(explored.schedules() == expected && counted == expected)
        << "schedules expected: " << expected << "\nby the explorer:    " << explored.schedules()
        << "\nby the model:       " << counted;
}
