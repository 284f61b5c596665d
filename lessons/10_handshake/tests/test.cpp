#include "interleave/execution.h"
#include "interleave/explore.h"
#include "interleave/matchers.h"
#include "interleave/model.h"
#include "testing/calls.h"
#include "testing/expectations.h"
#include "testing/free_program.h"
#include "testing/lines.h"
#include "testing/programs.h"
#include "testing/slow_tests.h"
#include "testing/steps.h"
#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/text.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace interleave;
using namespace winipc::testing;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

namespace model = interleave::model;

namespace {

constexpr const char* message_ready = "winipc-message-ready";
constexpr const char* slot_free = "winipc-slot-free";

// The slot as the test sees it, beside the programs.
struct slot
{
    std::uint32_t length;
    wchar_t text[1000];
};

slot look_into(const execution& run)
{
    const auto name = run.object_name(L"Local\\winipc-message");
    const winipc::unique_handle section{::OpenFileMappingW(FILE_MAP_READ, FALSE, name.c_str())};
    if (!section)
        winipc::throw_last_error("OpenFileMappingW");
    return *winipc::mapped_view(section.get(), FILE_MAP_READ).as<const slot>();
}

std::wstring line_in(const execution& run)
{
    const auto seen = look_into(run);
    return {seen.text, std::min<std::size_t>(seen.length, std::size(seen.text))};
}

// The child waits for ever at the end, and nobody else does.
void run_to_the_end(execution& run)
{
    run_until_ended(run, {"parent"});
}

exploration every_order_of(std::size_t count)
{
    return explore(program("parent"), input(lines(count))).may_wait_forever("child");
}

// The same talk for the model, which counts its orders without any process. What opens, maps and
// closes is there for the kills.
model::program talk_of(int count)
{
    using namespace model;
    constexpr std::size_t ready = 0;
    constexpr std::size_t free = 1;
    std::vector<operation> parent(4, close());
    parent.insert(parent.end(), {start(1), close()});
    std::vector<operation> child(4, close());
    for (int i = 0; i < count; ++i) {
        parent.insert(parent.end(), {wait(free), set(ready)});
        child.insert(child.end(), {set(free), wait(ready)});
    }
    parent.push_back(wait(free));
    parent.insert(parent.end(), 5, close());
    child.insert(child.end(), {set(free), wait(ready)});
    return {{auto_reset(), auto_reset()}, {parent, child}, 1};
}

// The length and the first character, each access a point.
exploration every_order_with_memory()
{
    return explore([](execution& run) {
               run.memory_points("winipc-message", 0, 6);
               run.start(program("parent"), input(lines(2)));
           })
        .may_wait_forever("child");
}

auto expect_lines(std::size_t count)
{
    return [=](const execution& run) {
        EXPECT_EQ(printed_by_child(run), lines(count)) << "each line once, and in order";
    };
}

// What is not a comment in the program's source.
std::string code_of(const std::string& name)
{
    auto folder = std::filesystem::path(winipc::to_utf16(__FILE__)).parent_path().parent_path();
    if (solution_is_judged())
        folder = folder.parent_path().parent_path() / "solutions" / folder.filename();
    std::ifstream file(folder / (name + ".cpp"));
    if (!file)
        throw std::runtime_error("cannot read " + winipc::to_utf8((folder / name).native()) +
                                 ".cpp");
    std::string code;
    for (std::string line; std::getline(file, line);)
        code.append(line.substr(0, line.find("//"))).append("\n");
    return code;
}

void expect_no_sleep(const execution& run)
{
    for (const auto* name : {"parent", "child"})
        EXPECT_THAT(run.process(name).calls("Sleep"), IsEmpty())
            << "a wait ends when it should, and not after a time\n"
            << run.timeline();
}

// Where two texts part, with the line before.
std::string first_difference(const std::string& wanted, const std::string& found)
{
    std::istringstream all_wanted(wanted);
    std::istringstream all_found(found);
    std::string before = "(the beginning)";
    for (std::string one, other; std::getline(all_wanted, one); before = one) {
        if (!std::getline(all_found, other))
            return "after '" + before + "' nothing more comes";
        if (one != other)
            return ("after '" + before).append("' comes '").append(other).append("'");
    }
    return std::getline(all_found, before) ? "after the last line comes '" + before + "'" : "";
}

const winipc::testing::slow_tests slow{"EveryOrder.", "FullSpeed."};

} // namespace

TEST(Handshake, BothLinesArrive)
{
    execution run{program("parent"), input("first\nsecond\n")};

    run_to_the_end(run);

    EXPECT_EQ(run.process("child").output(), "first\nsecond\n") << run.timeline();
    EXPECT_THAT(run.process("parent"), ended_with(0))
        << run.process("parent").error_output() << run.timeline();
}

TEST(Handshake, BothEventsAreAutoResetAndNotSignalledAtFirst)
{
    execution run{program("parent"), input("first\n")};
    run.process("parent").run_to(after("CreateProcessW"));

    for (const auto* event : {message_ready, slot_free}) {
        const auto create = only_call(run, run.process("parent"), "CreateEventW", event);
        EXPECT_EQ(create.arguments[1], 0U)
            << event << ": each signal is for one wait, so the event must be auto-reset, "
            << create.line;
        EXPECT_EQ(create.arguments[2], 0U)
            << event << ": nobody has signalled it when it is created, " << create.line;
    }
}

TEST(Handshake, TheChildOpensWhatItNeedsAndNoMore)
{
    execution run{program("parent"), input("first\n")};

    run_to_the_end(run);

    const auto& child = run.process("child");
    const auto ready = only_call(run, child, "OpenEventW", message_ready);
    EXPECT_EQ(ready.arguments[0], static_cast<std::uint64_t>(SYNCHRONIZE))
        << "it waits for message-ready, and does nothing else with it: SYNCHRONIZE is the right to "
           "wait, "
        << ready.line;
    const auto free = only_call(run, child, "OpenEventW", slot_free);
    EXPECT_EQ(free.arguments[0], static_cast<std::uint64_t>(EVENT_MODIFY_STATE))
        << "it sets slot-free, and does nothing else with it: EVENT_MODIFY_STATE is the right to "
           "set, "
        << free.line;
    const auto section = only_call(run, child, "OpenFileMappingW", "winipc-message");
    EXPECT_EQ(section.arguments[0], static_cast<std::uint64_t>(FILE_MAP_READ)) << section.line;
}

TEST(Handshake, NobodySleeps)
{
    execution run{program("parent"), input("first\nsecond\n")};
    run.run_until_stuck();

    expect_no_sleep(run);
    for (const auto* name : {"parent", "child"})
        EXPECT_FALSE(std::regex_search(code_of(name), std::regex("Sleep|sleep_for|sleep_until")))
            << name << ".cpp still speaks of sleeping";
}

TEST(Handshake, EachWaitIsForEver)
{
    execution run{program("parent"), input("first\nsecond\n")};

    run_to_the_end(run);

    for (const auto* name : {"parent", "child"}) {
        const auto waits = run.process(name).calls("WaitForSingleObject");
        EXPECT_FALSE(waits.empty()) << "the " << name << " waits for nothing\n" << run.timeline();
        for (const auto& wait : waits)
            EXPECT_EQ(wait.arguments[1], INFINITE)
                << "it must be INFINITE: a time-out says nothing about the other process, "
                << wait.line;
    }
}

TEST(Handshake, TheParentWritesNothingBeforeTheChildIsReady)
{
    execution run{program("parent"), input("first\nsecond\n")};
    auto& parent = run.process("parent");

    let_wait(run, parent, slot_free); // the child has not made a step

    EXPECT_EQ(look_into(run).length, 0U) << "the slot is still the child's\n" << run.timeline();
    EXPECT_EQ(parent.output(), "") << "the wait comes first, then the prompt\n" << run.timeline();
}

TEST(Handshake, TheChildSaysOnceThatItIsReady)
{
    execution run{program("parent"), input("first\nsecond\n")};
    let_wait(run, run.process("parent"), slot_free);

    let_wait(run, run.process("child"), message_ready);

    EXPECT_THAT(calls_on(run.process("child"), "SetEvent", slot_free), SizeIs(1))
        << "before it waits for the first line it says that the slot is free\n"
        << run.timeline();
}

TEST(Handshake, ALateChildLosesNothing)
{
    execution run{program("parent"), input("first\nsecond\n")};

    let_wait(run, run.process("parent"), slot_free);
    run_to_the_end(run);

    EXPECT_EQ(run.process("child").output(), "first\nsecond\n") << run.timeline();
}

TEST(Handshake, AnEarlyChildIsNotForgotten)
{
    execution run{program("parent"), input("first\nsecond\n")};
    run.process("parent").run_to(after("CreateProcessW"));

    let_wait(run, run.process("child"), message_ready); // ready before the parent asks
    run_to_the_end(run);

    EXPECT_EQ(run.process("child").output(), "first\nsecond\n") << run.timeline();
}

TEST(Handshake, TheLineIsCompleteWhenItIsSignalled)
{
    execution run{program("parent"), input("first\n")};
    auto& parent = run.process("parent");
    let_wait(run, parent, slot_free);
    let_wait(run, run.process("child"), message_ready);

    parent.run_to(before("SetEvent", message_ready));

    EXPECT_EQ(line_in(run), L"first") << "first the line, then the signal\n" << run.timeline();
}

TEST(Handshake, TheSecondLineWaitsUntilTheFirstIsTaken)
{
    execution run{program("parent"), input("first\nsecond\n")};
    auto& parent = run.process("parent");
    let_wait(run, parent, slot_free);
    let_wait(run, run.process("child"), message_ready);

    let_wait(run, parent, slot_free); // the child does not come

    EXPECT_EQ(line_in(run), L"first") << "the slot is the child's until it says otherwise\n"
                                      << run.timeline();
}

TEST(Handshake, TheSlotIsFreeOnlyWhenTheLineHasBeenPrinted)
{
    execution run{program("parent"), input("first\nsecond\n")};
    auto& parent = run.process("parent");
    let_wait(run, parent, slot_free);
    auto& child = run.process("child");
    let_wait(run, child, message_ready);
    let_wait(run, parent, slot_free);

    child.run_to(before("SetEvent", slot_free));

    EXPECT_EQ(child.output(), "first\n") << "whoever gives the slot away has done with it\n"
                                         << run.timeline();
}

TEST(Handshake, WhenTheParentHasEndedEverythingIsPrinted)
{
    execution run{program("parent"), input("first\nsecond\n")};
    auto& parent = run.process("parent");
    let_wait(run, parent, slot_free);
    auto& child = run.process("child");
    for (int line = 0; line < 2; ++line) {
        let_wait(run, child, message_ready);
        let_wait(run, parent, slot_free); // after the last line, too
    }
    EXPECT_EQ(child.output(), "first\n") << run.timeline();

    let_wait(run, child, message_ready);
    parent.run_to_end(); // the child makes no step any more

    EXPECT_EQ(child.output(), "first\nsecond\n") << run.timeline();
    EXPECT_EQ(parent.output(), "> > > ")
        << "each round begins with the wait; then comes the prompt\n"
        << run.timeline();
}

TEST(Handshake, NoHandleIsLeaked)
{
    execution run{program("parent"), input("first\nsecond\nExit\nthird\n")};

    run_to_the_end(run);

    EXPECT_EQ(run.process("child").output(), "first\nsecond\n") << run.timeline();
    const auto& parent = run.process("parent");
    expect_nothing_open(run, parent);
    EXPECT_THAT(run.process("child").open_handles(), SizeIs(3))
        << "the section and two events, however many lines have come\n"
        << run.timeline();
}

TEST(Handshake, AFailureIsReported)
{
    const std::vector<std::pair<std::string, point>> failures{
        {"parent", before("CreateEventW", message_ready)},
        {"parent", before("CreateEventW", slot_free)},
        {"parent", before("WaitForSingleObject")},
        {"parent", before("SetEvent")},
        {"child", before("OpenEventW", message_ready)},
        {"child", before("OpenEventW", slot_free)},
        {"child", before("SetEvent")},
        {"child", before("WaitForSingleObject")}};
    for (const auto& [name, place] : failures) {
        execution run{program("parent"), input("first\nsecond\n")};
        auto& parent = run.process("parent");
        if (place.call != "CreateEventW") {
            parent.run_to(after("CreateProcessW"));
            if (place.call == "SetEvent" && name == "parent")
                run.process("child").run_until_blocked();
        }

        auto& failing = run.process(name);
        failing.run_to(place);
        failing.fail(ERROR_ACCESS_DENIED);
        failing.run_to_end();

        expect_reported(run, failing, place.call, ERROR_ACCESS_DENIED);
    }
}

TEST(Handshake, AStrangersEventIsRefused)
{
    for (const auto* name : {L"Local\\winipc-message-ready", L"Local\\winipc-slot-free"}) {
        execution run;
        const winipc::unique_handle stranger{
            ::CreateEventW(nullptr, TRUE, TRUE, run.object_name(name).c_str())};
        run.start(program("parent"), input("first\n"));

        run.run_until_stuck();

        EXPECT_THAT(run.process("parent"), ended_with(1))
            << "an event that exists already keeps its own kind and state\n"
            << run.timeline();
    }
}

TEST(EveryOrder, DeliversTwoLinesOnceAndInOrder)
{
    const auto result = every_order_of(2).preemptions(2).check(expect_lines(2));

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_EQ(result.schedules(), 33U);
    EXPECT_EQ(result.schedules(), model::enumerate(talk_of(2), {.preemptions = 2}).schedules);
}

TEST(EveryOrder, DeliversThreeLinesOnceAndInOrder)
{
    const auto result = every_order_of(3).preemptions(2).check(expect_lines(3));

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_EQ(result.schedules(), 52U);
    EXPECT_EQ(result.schedules(), model::enumerate(talk_of(3), {.preemptions = 2}).schedules);
}

TEST(EveryOrder, NeverTearsALine)
{
    const auto result = every_order_with_memory().preemptions(1).check(expect_lines(2));

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_EQ(result.schedules(), 7U) << "as many as without the accesses: while one of the two "
                                         "may use the slot, the other waits";
}

TEST(FullSpeed, TenThousandLinesArriveInOrder)
{
    {
        execution run{program("parent"), input("first\n")};
        run_to_the_end(run);
        expect_no_sleep(run);
        if (HasFailure())
            return; // ten thousand pauses
    }
    const auto sent = numbered_lines(10'000);

    free_program parent(program("parent"), sent);

    EXPECT_EQ(parent.exit_code(), 0U) << parent.error_output();
    EXPECT_EQ(first_difference(sent, without_prompts(parent.output())), "")
        << "when the parent has ended all of it is printed: it has waited once more";
}

// What this lesson leaves open.

TEST(StillWrong, AChildThatDiesLeavesTheParentWaiting)
{
    execution run{program("parent"), input("first\nsecond\n")};
    auto& parent = run.process("parent");
    let_wait(run, parent, slot_free);

    run.process("child").kill();
    run.run_until_stuck();

    EXPECT_THAT(parent, is_blocked_in("WaitForSingleObject")) << run.timeline();
}

TEST(StillWrong, NobodyTellsTheChildThatTheTalkIsOver)
{
    execution run{program("parent"), input("first\nExit\n")};

    run_to_the_end(run);

    EXPECT_THAT(run.process("parent"), ended_with(0)) << run.timeline();
    EXPECT_THAT(run.process("child"), is_blocked_in("WaitForSingleObject")) << run.timeline();
    EXPECT_THAT(run.process("child").position(), HasSubstr(message_ready)) << run.timeline();
}

TEST(EveryOrder, DEEP_DeliversWithThreePreemptions)
{
    const auto result = every_order_of(2).preemptions(3).check(expect_lines(2));

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_EQ(result.schedules(), 113U);
    EXPECT_EQ(result.schedules(), model::enumerate(talk_of(2), {.preemptions = 3}).schedules);
}

TEST(EveryOrder, DEEP_NeverTearsALineWithTwoPreemptions)
{
    const auto result = every_order_with_memory().preemptions(2).check(expect_lines(2));

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_EQ(result.schedules(), 41U);
}

// Whoever is left may wait for ever: that is the question of lesson 11.
std::size_t orders_with_a_kill(const char* victim)
{
    const auto result =
        every_order_of(2).may_wait_forever("parent").kill(victim).preemptions(1).check(
            [](const execution& run) {
                EXPECT_THAT(lines(2), StartsWith(printed_by_child(run)))
                    << "what is printed must be the beginning of what was sent";
            });
    EXPECT_TRUE(result.passed()) << result.first_failure();
    return result.schedules();
}

TEST(EveryOrder, DEEP_AKilledParentLeavesABeginning)
{
    EXPECT_EQ(orders_with_a_kill("parent"), 206U);
    EXPECT_EQ(model::enumerate(talk_of(2), {.preemptions = 1, .killed = 0}).schedules, 206U);
}

TEST(EveryOrder, DEEP_AKilledChildLeavesABeginning)
{
    EXPECT_EQ(orders_with_a_kill("child"), 204U);
    EXPECT_EQ(model::enumerate(talk_of(2), {.preemptions = 1, .killed = 1}).schedules, 204U);
}
