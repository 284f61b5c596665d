// What the tests of this lesson share: the two events, and how a talk begins and ends.
#pragma once

#include "interleave/execution.h"
#include "interleave/matchers.h"
#include "testing/calls.h"
#include "testing/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>

namespace shutdown {

inline constexpr const char* message_ready = "winipc-message-ready";
inline constexpr const char* slot_free = "winipc-slot-free";

// In this lesson nobody is left.
inline void run_to_the_end(interleave::execution& run)
{
    winipc::testing::run_until_ended(run, {"parent", "child"});
}

// The child has said that it is ready and waits; the parent has not noticed yet.
inline void let_child_be_ready(const interleave::execution& run)
{
    winipc::testing::let_wait(run, run.process("parent"), slot_free);
    winipc::testing::let_wait(run, run.process("child"), message_ready);
}

// How many messages the parent has sent: lines, and the end.
inline std::size_t messages_sent(const interleave::execution& run)
{
    return winipc::testing::calls_on(run.process("parent"), "SetEvent", message_ready).size();
}

inline void expect_ends(const interleave::execution& run, int parent, int child)
{
    EXPECT_THAT(run.process("parent"), interleave::ended_with(parent))
        << run.process("parent").error_output() << run.timeline();
    EXPECT_THAT(run.process("child"), interleave::ended_with(child))
        << run.process("child").error_output() << run.timeline();
}

} // namespace shutdown
