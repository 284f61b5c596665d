// The same questions, put to lesson 7.
#include "interleave/execution.h"
#include "questions.h"
#include "testing/lines.h"
#include "testing/programs.h"

#include <gtest/gtest.h>

namespace final_chat {

using namespace interleave;
using namespace winipc::testing;

TEST(Lesson7, BreaksPromise01)
{
    EXPECT_FALSE(orders_of(solution("07", "parent"), 2, 1).passed());
}

TEST(Lesson7, BreaksPromise02)
{
    EXPECT_FALSE(delays_by_chance(solution("07", "parent"), 15).passed());
    execution run{solution("07", "parent"), input(lines(1))};
    run.run_until_stuck();
    expect_broken(nobody_sleeps(run));
}

TEST(Lesson7, BreaksPromise03)
{
    expect_broken(a_late_child_loses_nothing(solution("07", "parent")));
    expect_broken(a_child_that_is_never_ready_is_reported(solution("07", "parent")));
}

TEST(Lesson7, BreaksPromise05)
{
    expect_broken(a_slow_reader_holds_the_writer_up(solution("07", "parent")));
}

TEST(Lesson7, BreaksPromise06)
{
    EXPECT_FALSE(somebody_is_killed(solution("07", "parent"), "child", 1).passed());
    EXPECT_FALSE(somebody_is_killed(solution("07", "parent"), "parent", 1).passed());
}

TEST(Lesson7, BreaksPromise07)
{
    expect_broken(both_end_when_the_input_does(solution("07", "parent"), "one\n", "one\n"));
}

TEST(Lesson7, BreaksPromise08)
{
    expect_broken(nonsense_is_refused(solution("07", "parent")));
}

TEST(Lesson7, BreaksPromise09)
{
    EXPECT_FALSE(two_pairs(solution("07", "parent"), 8).passed());
}

TEST(Lesson7, BreaksPromise10)
{
    expect_broken(a_stranger_finds_nothing(solution("07", "parent")));
}

TEST(Lesson7, BreaksPromise14)
{
    expect_broken(no_signal_is_lost(solution("07", "parent")));
}

} // namespace final_chat
