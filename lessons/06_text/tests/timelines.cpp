// What the page of lesson 6 shows of programs that run together.
#include "capture.h"
#include "interleave/execution.h"
#include "interleave/matchers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

using namespace interleave;
using capture::program;
using capture::save;

namespace {

// What a parent says on stderr about its input, and how it ends.
std::string complaint(std::string_view text)
{
    execution run{program("solution06/parent"), input(text)};
    run.run_to_end();

    EXPECT_THAT(run.process("parent"), ended_with(1)) << run.timeline();
    return run.process("parent").error_output();
}

} // namespace

TEST(Lesson06, AChildPrintsEachLine)
{
    execution run{program("solution06/parent"), input("hello  world\n\u4F60\u597D \U0001F600\n")};
    run.run_to_end();

    EXPECT_THAT(run.process("parent"), ended_with(0)) << run.timeline();
    save("06/timeline.txt", run.timeline());
    save("06/children.txt", run.process("child", 1).output() + run.process("child", 2).output());
    save("06/too_long.txt", complaint(std::string(1001, 'x')));
    save("06/ill_formed.txt", complaint("caf\xE9\n"));
}
