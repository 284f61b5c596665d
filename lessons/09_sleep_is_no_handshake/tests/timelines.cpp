// What the page of lesson 9 shows of programs that run together.
#include "capture.h"
#include "interleave/execution.h"
#include "interleave/explore.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

using namespace interleave;
using capture::program;
using capture::save;

TEST(Lesson09, TheChildIsSlow)
{
    execution run{program("solution09/parent"), input("first\nsecond\n")};
    run.process("parent").run_to(after("SetEvent").nth(2));
    run.process("child").run_until_blocked();
    run.run_until_stuck();

    EXPECT_EQ(run.process("child").output(), "second\n") << run.timeline();
    save("09", run, {"child"});
}

TEST(Lesson09, TheExplorerFindsWhatALongPauseDoesNotPrevent)
{
    const auto from_the_wait = [](execution& run, const std::string& lines) {
        run.start(program("solution09/parent"), input(lines)).run_to(after("CreateProcessW"));
        run.process("child").run_until_blocked();
    };
    const auto both_lines = [](const execution& run) {
        const auto printed = run.process("child").output();
        if (printed != "one\ntwo\n")
            throw std::runtime_error("sent were one and two; the child has printed:\n" + printed);
    };
    const auto save_failure = [](const char* name, exploration search, const auto& expectation) {
        const auto result = search.may_wait_forever("child").preemptions(2).check(expectation);
        EXPECT_FALSE(result.passed());
        save(name, result.first_failure());
    };

    save_failure("09/overwritten.txt",
                 explore([=](execution& run) { from_the_wait(run, "one\ntwo\n"); }), both_lines);
    save_failure("09/late.txt", explore(program("solution09/parent"), input("one\ntwo\n")),
                 both_lines);
    save_failure("09/torn.txt", explore([=](execution& run) {
                     run.memory_points("winipc-message", 0, 44); // the length, twenty characters
                     from_the_wait(run, "AAAAAAAAAAAAAAAAAAAA\nBBBBBBBBBBBBBBBBBBBB\n");
                 }),
                 [](const execution& run) {
                     const auto printed = run.process("child").output();
                     if (printed.find("AB") != printed.npos || printed.find("BA") != printed.npos)
                         throw std::runtime_error("a line is torn:\n" + printed);
                 });
}
