// The model that the explorer is counted against is counted against formulas.
#include "interleave/model.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <vector>

namespace model = interleave::model;

namespace {

// Two processes, each with so many calls that have nothing to do with the other's.
model::program independent(std::size_t calls)
{
    return {{model::auto_reset(), model::auto_reset()},
            {std::vector(calls, model::set(0)), std::vector(calls, model::set(1))}};
}

} // namespace

TEST(Model, CountsEveryOrderOfIndependentSteps)
{
    EXPECT_EQ(model::enumerate(independent(0)).schedules, 6U);   // 2 steps each: 4 over 2
    EXPECT_EQ(model::enumerate(independent(1)).schedules, 70U);  // 4 steps each: 8 over 4
    EXPECT_EQ(model::enumerate(independent(2)).schedules, 924U); // 6 steps each: 12 over 6
}

TEST(Model, CountsEveryOrderOfThree)
{
    const model::program three{{}, {{}, {}, {}}, 3};

    EXPECT_EQ(model::enumerate(three).schedules, 90U); // 6! / (2! 2! 2!)
}

// With one preemption: who begins, and after which of his first three steps he stops. Without:
// who begins.
TEST(Model, CountsPreemptionsAndNotSwitches)
{
    EXPECT_EQ(model::enumerate(independent(1), {.preemptions = 0}).schedules, 2U);
    EXPECT_EQ(model::enumerate(independent(1), {.preemptions = 1}).schedules, 2U + 2U * 3U);
}

TEST(Model, KnowsThatSwitchingAwayFromAWaitIsFree)
{
    using namespace model;
    const program handshake{{auto_reset(), auto_reset()}, {{wait(0), set(1)}, {set(0), wait(1)}}};

    EXPECT_EQ(enumerate(handshake, {.preemptions = 0}).schedules, 2U);
    EXPECT_EQ(enumerate(handshake).fewest_preemptions_of_bad, std::nullopt);
}

TEST(Model, SeesADeadlock)
{
    using namespace model;
    const program crossed{{auto_reset(), auto_reset()}, {{wait(0), set(1)}, {wait(1), set(0)}}};

    EXPECT_EQ(enumerate(crossed).schedules, 2U); // one step each
    EXPECT_EQ(enumerate(crossed).fewest_preemptions_of_bad, 0);
}

TEST(Model, AKillLeavesAMutexToTheOther)
{
    using namespace model;
    const program owner_dies{{mutex()}, {{wait(0)}, {wait(0), release_mutex(0)}}};

    EXPECT_EQ(enumerate(owner_dies, {.killed = 0}).fewest_preemptions_of_bad, std::nullopt);
}
