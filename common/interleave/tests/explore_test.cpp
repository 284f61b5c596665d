// The explorer finds what it must, at the stated bound, and counts what a model counts.
#include "interleave/explore.h"
#include "interleave/matchers.h"
#include "testing/programs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace interleave;
using winipc::testing::program;

namespace {

exploration explore_pair(const wchar_t* name)
{
    return explore([=](execution& run) {
        run.start(program("left"), arguments({name}));
        run.start(program("right"), arguments({name}));
    });
}

void nothing(const execution&) {}

} // namespace

TEST(Explore, CountsEveryOrderOfTwoThatAreIndependent)
{
    const auto result = explore_pair(L"independent").check(nothing);

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_EQ(result.schedules(), 70U); // 4 steps each: 8 over 4
}
