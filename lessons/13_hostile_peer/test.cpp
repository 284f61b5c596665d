#include "interleave/execution.h"
#include "interleave/matchers.h"
#include "testing/programs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace interleave;
using winipc::testing::program;

TEST(Draft, TwoLinesArrive)
{
    execution run{program("parent"), input("first\nsecond\n")};

    run.run_to_end();

    EXPECT_EQ(run.process("child").output(), "first\nsecond\n") << run.timeline();
    EXPECT_THAT(run.process("parent"), ended_with(0)) << run.timeline();
    EXPECT_THAT(run.process("child"), ended_with(0)) << run.timeline();
    EXPECT_THAT(run.process("parent").open_handles(), ::testing::IsEmpty()) << run.timeline();
}
