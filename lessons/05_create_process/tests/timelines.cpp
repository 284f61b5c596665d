// What the page of lesson 5 shows of programs that run together.
#include "capture.h"
#include "interleave/execution.h"
#include "interleave/matchers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace interleave;
using capture::program;
using capture::save;

TEST(Lesson05, TheParentStartsTheChildAndWaitsForItsEnd)
{
    execution run{program("solution05/parent"), input("hello\n")};
    run.run_to_end();

    EXPECT_THAT(run.process("parent"), ended_with(0)) << run.timeline();
    save("05", run, {"parent", "child"});
}
