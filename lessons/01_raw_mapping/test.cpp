#include "interleave/execution.h"
#include "interleave/matchers.h"
#include "testing/programs.h"

#include <gtest/gtest.h>

using namespace interleave;
using winipc::testing::program;

TEST(RawMapping, Runs)
{
    execution run{program("mapping")};
    auto& mapping = run.process("mapping");
    mapping.run_until_blocked();
    EXPECT_THAT(mapping, is_blocked_in("WaitForSingleObject"));
    EXPECT_EQ(mapping.output(), "hi\n");
    ADD_FAILURE() << run.timeline();
}
