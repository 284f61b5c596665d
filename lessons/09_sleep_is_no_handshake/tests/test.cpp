#include "interleave/execution.h"
#include "interleave/explore.h"
#include "interleave/matchers.h"
#include "testing/calls.h"
#include "testing/programs.h"
#include "testing/slow_tests.h"
#include "testing/steps.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace interleave;
using namespace winipc::testing;
using ::testing::AnyOfArray;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// In schedule.cpp. Not by its header: so this file is not compiled again when a learner edits that.
void overwrite(execution& run);
void duplicate(execution& run);
void tear(execution& run);

namespace {

const std::string first(40, 'A');
const std::string second(40, 'B');

enum class points
{
    calls,
    calls_and_memory
};

// A schedule of this lesson, and what it promises.
struct order
{
    void (*carry_out)(execution& run);
    points at;
    bool (*shows)(const std::vector<std::string>& printed);
    const char* symptom;
};

bool is_mixture(const std::string& line)
{
    return line.find('A') != line.npos && line.find('B') != line.npos;
}

const order your_overwrite{
    overwrite, points::calls,
    [](const std::vector<std::string>& printed) { return printed == std::vector{second}; },
    "the child should print the second line, once, and nothing else"};
const order your_duplicate{
    duplicate, points::calls,
    [](const std::vector<std::string>& printed) { return printed == std::vector{second, second}; },
    "the child should print the second line twice, and nothing else"};
const order your_tear{tear, points::calls_and_memory,
                      [](const std::vector<std::string>& printed) {
                          return std::ranges::any_of(printed, is_mixture);
                      },
                      "the child should print a line with letters of both"};

std::vector<std::string> lines_of(const std::string& text)
{
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

// Nobody has run yet.
void start(execution& run, const std::filesystem::path& parent, points at)
{
    if (at == points::calls_and_memory)
        run.memory_points();
    run.start(parent, input(first + "\n" + second + "\n"));
}

// A program, led as a schedule of this lesson says, and then to where nobody can go on.
class your_run
{
public:
    your_run(const order& wanted, const std::filesystem::path& parent) : wanted_(wanted)
    {
        start(run, parent, wanted.at);
        try {
            wanted.carry_out(run);
        } catch (const schedule_error& error) {
            throw std::runtime_error(std::string("the program cannot be led as your schedule says; "
                                                 "each statement counts from where the one before "
                                                 "has left the process: ") +
                                     error.what());
        }
        if (!run.has_process("child"))
            throw std::runtime_error("let the parent go on: it has not started the child yet\n" +
                                     run.timeline());
        schedule = run.schedule();
        run.run_until_stuck();
    }

    [[nodiscard]] std::string printed() const { return run.process("child").output(); }
    [[nodiscard]] bool shows() const { return wanted_.shows(lines_of(printed())); }
    [[nodiscard]] std::string choices() const { return choices_of(schedule); }
    void expect_symptom() const
    {
        if (!shows())
            ADD_FAILURE() << wanted_.symptom << "; it has printed\n" << printed() << run.timeline();
    }

    execution run;
    std::string schedule; // of the learner's part

private:
    const order& wanted_;
};

std::filesystem::path lesson_8()
{
    return solution("08", "parent");
}

void expect_symptom(const order& wanted)
{
    const your_run your(wanted, lesson_8());

    your.expect_symptom();
}

void expect_symptom_every_time(const order& wanted)
{
    const auto choices = your_run(wanted, lesson_8()).choices();
    for (int i = 0; i < 5; ++i) {
        const your_run your(wanted, lesson_8());
        EXPECT_EQ(your.choices(), choices) << "not the same order as before\n"
                                           << your.run.timeline();
        your.expect_symptom();
    }
}

// The order alone must do it. Carried out again as a string, without the learner's function, it
// must lead to the same end: then nobody has touched the event or the section from outside.
void expect_no_force(const order& wanted)
{
    const your_run your(wanted, lesson_8());
    your.expect_symptom();
    EXPECT_EQ(your.choices().find_first_of("!ft"), std::string::npos)
        << "no kill(), no fail(), no time_out(): the order alone does it\n"
        << your.run.timeline();

    execution again;
    start(again, lesson_8(), wanted.at);
    try {
        again.replay(your.schedule);
    } catch (const schedule_error& error) {
        throw std::runtime_error(std::string("the order alone does not do it: your schedule has "
                                             "done something else besides; ") +
                                 error.what());
    }
    again.run_until_stuck();
    EXPECT_EQ(again.process("child").output(), your.printed())
        << "the order alone does not do it: your schedule has done something else besides\n"
        << again.timeline();
}

// The learner's parent, which sleeps for five seconds after each line.
std::filesystem::path with_a_long_pause()
{
    execution run{program("parent"), input("one\ntwo\n")};
    run_with_a_fast_child(run, 2);

    const auto sleeps = run.process("parent").calls("Sleep");
    if (sleeps.size() != 2)
        throw std::runtime_error("the parent sleeps once after each line; of two lines it has "
                                 "slept " +
                                 std::to_string(sleeps.size()) + " times\n" + run.timeline());
    for (const auto& sleep : sleeps)
        if (sleep.arguments[0] != 5000)
            throw std::runtime_error("the pause should be 5000 milliseconds; it is " +
                                     std::to_string(sleep.arguments[0]) + ", " + sleep.line);
    return program("parent");
}

void expect_symptom_in_spite_of_a_long_pause(const order& wanted)
{
    const auto parent = with_a_long_pause();

    const your_run of_fifty(wanted, lesson_8());
    const your_run of_five_thousand(wanted, parent);

    of_fifty.expect_symptom();
    of_five_thousand.expect_symptom();
    EXPECT_EQ(of_five_thousand.choices(), of_fifty.choices())
        << "the same steps, whatever the pause\n"
        << of_five_thousand.run.timeline();
}

// All orders in which two lines can go, from where the child waits for the first one.
exploration every_talk_of(const std::filesystem::path& parent)
{
    return explore([=](execution& run) {
               run.start(parent, input("one\ntwo\n")).run_to(after("CreateProcessW"));
               run.process("child").run_until_blocked();
           })
        .may_wait_forever("child")
        .preemptions(2);
}

void expect_both_lines(const execution& run)
{
    EXPECT_EQ(run.process("child").output(), "one\ntwo\n");
}

// The same, and each access to the first bytes of the section is a point.
exploration every_watched_talk_of(const std::filesystem::path& parent, const std::string& lines,
                                  std::size_t bytes)
{
    return explore([=](execution& run) {
               run.memory_points("winipc-message", 0, bytes);
               run.start(parent, input(lines)).run_to(after("CreateProcessW"));
               run.process("child").run_until_blocked();
           })
        .may_wait_forever("child")
        .preemptions(2);
}

// Overwritten or twice, but whole.
void expect_only(const execution& run, const std::vector<std::string>& lines)
{
    EXPECT_THAT(lines_of(run.process("child").output()), Each(AnyOfArray(lines)));
}

int shown_of_a_hundred(const order& wanted)
{
    const auto parent = with_a_long_pause();
    int shown = 0;
    for (int i = 0; i < 100; ++i)
        shown += your_run(wanted, parent).shows();
    return shown;
}

const winipc::testing::slow_tests slow{
    "YourOverwrite.TheOverwriteComesEveryTime", "YourDuplicate.TheDuplicateComesEveryTime",
    "YourTear.TheTearComesEveryTime", "NoNumberHelps.TheExplorer"};

} // namespace

TEST(YourOverwrite, ShowsOnlyTheSecondLine)
{
    expect_symptom(your_overwrite);
}

TEST(YourOverwrite, TheOverwriteNeedsNoForce)
{
    expect_no_force(your_overwrite);
}

TEST(YourOverwrite, TheOverwriteComesEveryTime)
{
    expect_symptom_every_time(your_overwrite);
}

TEST(YourDuplicate, ShowsTheSecondLineTwice)
{
    expect_symptom(your_duplicate);
}

TEST(YourDuplicate, TheDuplicateNeedsNoForce)
{
    expect_no_force(your_duplicate);
}

TEST(YourDuplicate, TheDuplicateComesEveryTime)
{
    expect_symptom_every_time(your_duplicate);
}

TEST(YourTear, ShowsALineMadeOfTwo)
{
    expect_symptom(your_tear);
}

TEST(YourTear, TheTearNeedsNoForce)
{
    expect_no_force(your_tear);
}

TEST(YourTear, TheTearComesEveryTime)
{
    expect_symptom_every_time(your_tear);
}

TEST(NoNumberHelps, TheParentSleepsForFiveSeconds)
{
    with_a_long_pause(); // throws what is wrong
}

TEST(NoNumberHelps, TheSecondLineStillOverwritesTheFirst)
{
    expect_symptom_in_spite_of_a_long_pause(your_overwrite);
}

TEST(NoNumberHelps, TheSecondLineStillComesTwice)
{
    expect_symptom_in_spite_of_a_long_pause(your_duplicate);
}

TEST(NoNumberHelps, ALineIsStillTorn)
{
    expect_symptom_in_spite_of_a_long_pause(your_tear);
}

TEST(NoNumberHelps, TheExplorerFindsTheOverwrittenLineThoughTheChildIsReady)
{
    const auto result = every_talk_of(with_a_long_pause()).check(expect_both_lines);

    EXPECT_FALSE(result.passed());
    EXPECT_EQ(result.preemptions(), 0) << result.first_failure();
    EXPECT_EQ(result.schedules(), 2U) << result.first_failure();
}

TEST(NoNumberHelps, TheExplorerFindsTheLinesThatALateChildNeverSees)
{
    const auto result = explore(with_a_long_pause(), input("one\ntwo\n"))
                            .may_wait_forever("child")
                            .preemptions(2)
                            .check(expect_both_lines);

    EXPECT_FALSE(result.passed());
    EXPECT_EQ(result.preemptions(), 0) << result.first_failure();
    EXPECT_EQ(result.schedules(), 2U) << result.first_failure();
}

// How many accesses a copy takes is up to the C library, and so is the number of schedules.
TEST(NoNumberHelps, TheExplorerFindsTheTornLine)
{
    const std::string a(20, 'A');
    const std::string b(20, 'B');
    constexpr std::size_t bytes = 44; // the length and twenty characters

    const auto result = every_watched_talk_of(with_a_long_pause(), a + "\n" + b + "\n", bytes)
                            .check([&](const execution& run) { expect_only(run, {a, b}); });

    EXPECT_FALSE(result.passed());
    EXPECT_EQ(result.preemptions(), 1) << result.first_failure();
}

TEST(NoNumberHelps, TheExplorerFindsANewTextWithTheOldLength)
{
    constexpr std::size_t bytes = 4; // the length alone

    const auto result = every_watched_talk_of(with_a_long_pause(), "long\nno\n", bytes)
                            .check([](const execution& run) { expect_only(run, {"long", "no"}); });

    EXPECT_FALSE(result.passed());
    EXPECT_EQ(result.preemptions(), 1) << result.first_failure();
    EXPECT_EQ(result.schedules(), 7U) << result.first_failure();
}

TEST(NoNumberHelps, EveryLineArrivesOnceWhenTheChildIsFast)
{
    execution run{with_a_long_pause(), input("one\ntwo\n你好\n")};

    run_with_a_fast_child(run, 3);

    EXPECT_EQ(run.process("child").output(), "one\ntwo\n你好\n") << run.timeline();
    EXPECT_THAT(run.process("parent"), ended_with(0)) << run.timeline();
}

TEST(NoNumberHelps, NothingElseHasChanged)
{
    execution run{with_a_long_pause(), input("one\ntwo\nExit\nthree\n")};

    run_with_a_fast_child(run, 2);

    const auto& parent = run.process("parent");
    EXPECT_THAT(names_of_calls(parent, {"SetEvent", "ResetEvent", "Sleep", "WaitForSingleObject"}),
                ElementsAre("SetEvent", "Sleep", "SetEvent", "Sleep"))
        << run.timeline();
    EXPECT_EQ(parent.output(), "> > > ") << run.timeline();
    EXPECT_THAT(parent.open_handles(), IsEmpty()) << run.timeline();
    const auto& child = run.process("child");
    EXPECT_THAT(names_of_calls(child, {"WaitForSingleObject", "Sleep", "SetEvent", "ResetEvent"}),
                ElementsAre("WaitForSingleObject", "WaitForSingleObject"))
        << run.timeline();
    for (const auto& wait : child.calls("WaitForSingleObject"))
        EXPECT_EQ(wait.arguments[1], INFINITE) << wait.line;
    EXPECT_THAT(child, is_blocked_in("WaitForSingleObject")) << run.timeline();
}

TEST(YourOverwrite, DEEP_ShowsItAHundredTimesOfAHundred)
{
    EXPECT_EQ(shown_of_a_hundred(your_overwrite), 100);
}

TEST(YourDuplicate, DEEP_ShowsItAHundredTimesOfAHundred)
{
    EXPECT_EQ(shown_of_a_hundred(your_duplicate), 100);
}

TEST(YourTear, DEEP_ShowsItAHundredTimesOfAHundred)
{
    EXPECT_EQ(shown_of_a_hundred(your_tear), 100);
}
