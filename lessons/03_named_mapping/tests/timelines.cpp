// What the page of lesson 3 shows of programs that run together.
#include "capture.h"
#include "interleave/execution.h"
#include "interleave/matchers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace interleave;
using capture::program;
using capture::save;

TEST(Lesson03, TheReaderReadsWhileTheWriterHoldsTheSection)
{
    execution run;
    auto& writer = run.start(program("solution03/writer"), input("hello\n"));
    writer.run_to(before("UnmapViewOfFile"));
    auto& reader = run.start(program("solution03/reader"));
    reader.run_to_end();
    writer.run_to_end();

    EXPECT_THAT(reader, ended_with(0)) << run.timeline();
    save("03", run, {"writer", "reader"});
}
