// What the page of lesson 4 shows of programs that run together.
#include "capture.h"
#include "interleave/execution.h"
#include "interleave/matchers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace interleave;
using capture::program;
using capture::save;

TEST(Lesson04, TheReaderWaitsUntilTheWriterSignals)
{
    execution run;
    auto& writer = run.start(program("solution04/writer"), input("hello\n"));
    writer.run_to(before("SetEvent"));
    auto& reader = run.start(program("solution04/reader"));
    reader.run_until_blocked();
    writer.run_to(after("SetEvent"));
    reader.run_to_end();
    writer.run_to_end();

    EXPECT_THAT(reader, ended_with(0)) << run.timeline();
    save("04", run, {"writer", "reader"});
}
