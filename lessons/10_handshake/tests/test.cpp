#include "interleave/execution.h"
#include "interleave/explore.h"
#include "interleave/matchers.h"
#include "interleave/model.h"
#include "testing/free_program.h"
#include "testing/programs.h"
#include "testing/slow_tests.h"
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
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
using winipc::testing::free_program;
using winipc::testing::program;
using winipc::testing::programs_folder;

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

// Everybody goes on as far as he can. The child waits for ever at the end, and nobody else does.
void run_to_the_end(execution& run)
{
    run.run_until_stuck();
    const auto& parent = run.process("parent");
    if (!parent.has_ended())
        throw std::runtime_error("nobody can go on: the parent is " + parent.position() + "\n" +
                                 run.timeline());
}

// A process, and no other, goes on until it waits for the event.
void let_wait(const execution& run, controlled_process& process, const char* event)
{
    const auto wanted = "the " + process.name() + " should wait for " + event + " here; ";
    try {
        process.run_until_blocked();
    } catch (const schedule_error& error) {
        throw std::runtime_error(wanted + error.what());
    }
    if (process.position().find(event) == std::string::npos)
        throw std::runtime_error(wanted + "it is " + process.position() + "\n" + run.timeline());
}

std::vector<call_record> calls_on(const controlled_process& process, const char* function,
                                  const char* object)
{
    auto calls = process.calls(function);
    std::erase_if(calls, [&](const call_record& call) { return call.object != object; });
    return calls;
}

call_record only_call_on(const execution& run, const controlled_process& process,
                         const char* function, const char* object)
{
    const auto calls = calls_on(process, function, object);
    if (calls.size() != 1)
        throw std::runtime_error("the " + process.name() + " should call " + function + " for " +
                                 object + " once; it does so " + std::to_string(calls.size()) +
                                 " times\n" + process.error_output() + run.timeline());
    return calls.front();
}

void expect_reported(const execution& run, const controlled_process& process,
                     const std::string& function)
{
    EXPECT_THAT(process, ended_with(1)) << function << " has failed with error 5\n"
                                        << process.error_output() << run.timeline();
    EXPECT_THAT(process.error_output(), AllOf(HasSubstr(function), HasSubstr("(error 5)")))
        << run.timeline();
}

// One, two or three lines.
std::string lines(int count)
{
    static const std::string all = "one\ntwo\nthree\n";
    static constexpr std::size_t ends[] = {0, 4, 8, 14};
    return all.substr(0, ends[count]);
}

exploration every_order_of(int count)
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

std::string printed_by_child(const execution& run)
{
    return run.has_process("child") ? run.process("child").output() : "";
}

auto expect_lines(int count)
{
    return [=](const execution& run) {
        EXPECT_EQ(printed_by_child(run), lines(count)) << "each line once, and in order";
    };
}

// What is not a comment in the program's source.
std::string code_of(const std::string& name)
{
    auto folder = std::filesystem::path(winipc::to_utf16(__FILE__)).parent_path().parent_path();
    if (programs_folder().filename().native().starts_with(L"solution"))
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

std::string numbered_lines(int count)
{
    std::string text;
    for (int i = 1; i <= count; ++i)
        text += "line " + std::to_string(i) + "\n";
    return text;
}

// The lines of a whole talk, without the prompts.
std::string without_prompts(const std::string& printed)
{
    return std::regex_replace(printed, std::regex("> "), "");
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
        const auto create = only_call_on(run, run.process("parent"), "CreateEventW", event);
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
    const auto ready = only_call_on(run, child, "OpenEventW", message_ready);
    EXPECT_EQ(ready.arguments[0], static_cast<std::uint64_t>(SYNCHRONIZE))
        << "it waits for message-ready, and does nothing else with it: SYNCHRONIZE is the right to "
           "wait, "
        << ready.line;
    const auto free = only_call_on(run, child, "OpenEventW", slot_free);
    EXPECT_EQ(free.arguments[0], static_cast<std::uint64_t>(EVENT_MODIFY_STATE))
        << "it sets slot-free, and does nothing else with it: EVENT_MODIFY_STATE is the right to "
           "set, "
        << free.line;
    const auto section = only_call_on(run, child, "OpenFileMappingW", "winipc-message");
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
    EXPECT_THAT(parent.open_handles(), IsEmpty()) << run.timeline();
    EXPECT_THAT(parent.open_views(), IsEmpty()) << run.timeline();
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

        expect_reported(run, failing, place.call);
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
