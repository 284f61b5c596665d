// The promises of the final version, each as a test that names it, and the same questions put to
// lesson 7's chat, which keeps few of them. docs/promises.md is the table.
#include "channel_test.h"
#include "interleave/execution.h"
#include "interleave/explore.h"
#include "interleave/kinds.h"
#include "interleave/matchers.h"
#include "testing/files.h"
#include "testing/free_program.h"
#include "testing/piped_program.h"
#include "testing/programs.h"
#include "testing/pseudo_console.h"
#include "testing/slow_tests.h"
#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/peer.h"
#include "winipc/text.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <tlhelp32.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <iostream>
#include <random>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace interleave;
using final_chat::header_of;
using final_chat::most;
using final_chat::random_bytes;
using final_chat::random_header;
using final_chat::raw_header;
using final_chat::seed;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using winipc::mapped_view;
using winipc::unique_handle;
using winipc::testing::free_program;
using winipc::testing::piped_program;
using winipc::testing::program;
using winipc::testing::pseudo_console;
using winipc::testing::solution;
using winipc::testing::temporary_file;

using path = std::filesystem::path;

namespace {

// What is broken of a promise, and how; empty: it is kept. So one question can be put to two chats.
using broken = std::string;

void expect_kept(const broken& what)
{
    if (!what.empty())
        ADD_FAILURE() << what;
}

void expect_broken(const broken& what)
{
    EXPECT_FALSE(what.empty()) << "lesson 7 should break this promise, or the test shows nothing";
}

// One, two or three lines.
std::string lines(int count)
{
    static const std::string all = "one\ntwo\nthree\n";
    static constexpr std::size_t ends[] = {0, 4, 8, 14};
    return all.substr(0, ends[count]);
}

std::string numbered_lines(int count)
{
    std::string text;
    for (int i = 1; i <= count; ++i)
        text += "line " + std::to_string(i) + "\n";
    return text;
}

std::string printed_by_child(const execution& run)
{
    return run.has_process("child") ? run.process("child").output() : "";
}

// Complete lines from the beginning of what was sent.
bool is_beginning_of(const std::string& sent, const std::string& received)
{
    return sent.starts_with(received) && (received.empty() || received.ends_with('\n'));
}

broken everything_arrives(const execution& run, const std::string& sent)
{
    const auto printed = printed_by_child(run);
    if (printed == sent)
        return {};
    const auto reported = run.process("parent").error_output(); // why it has given up, if it has
    return "the child should print what was sent:\n" + sent + "it has printed:\n" + printed +
           (reported.empty() ? "" : "and the parent has reported: " + reported) + run.timeline();
}

broken both_end_well(const execution& run)
{
    for (const auto* name : {"parent", "child"}) {
        const auto& process = run.process(name);
        if (!process.has_ended() || process.exit_code() != 0)
            return "the " + process.name() + " should end with exit code 0; it is " +
                   process.position() + "\n" + process.error_output() + run.timeline();
    }
    return {};
}

broken first_of(std::initializer_list<broken> all)
{
    const auto found =
        std::find_if(all.begin(), all.end(), [](const broken& one) { return !one.empty(); });
    return found == all.end() ? broken{} : *found;
}

// Those who are named go on in turn, each as far as it can, until the place is reached. False:
// nobody can go on any more.
using place = std::function<bool(const controlled_process&, const controlled_thread&)>;

bool go_on(execution& run, std::initializer_list<const char*> who, const place& is_reached = {})
{
    bool moved = true;
    for (int steps = 0; moved && steps < 5000;) {
        moved = false;
        for (const auto* name : who) {
            for (std::size_t i = 0; run.has_process(name) && i < run.process(name).thread_count();
                 ++i) {
                auto thread = run.process(name).thread(i);
                for (bool is_done = false; !thread.has_ended() && !is_done; ++steps) {
                    const bool was_blocked = thread.is_blocked();
                    thread.step(); // who is blocked looks again
                    if (is_reached && is_reached(run.process(name), thread))
                        return true;
                    is_done = thread.is_blocked() || steps >= 5000;
                    moved = moved || !was_blocked || !thread.is_blocked();
                }
            }
        }
    }
    return false;
}

// 1: in every order.
exploration_result orders_of(const path& parent, int count, int preemptions)
{
    return explore(parent, input(lines(count)))
        .may_wait_forever("child") // that is promise 7
        .preemptions(preemptions)
        .check(
            [count](const execution& run) { expect_kept(everything_arrives(run, lines(count))); });
}

// 2: delays everywhere, by chance.
exploration_result delays_by_chance(const path& parent, int runs)
{
    return explore(parent, input(lines(3)))
        .may_wait_forever("child")
        .random(seed, runs)
        .check([](const execution& run) { expect_kept(everything_arrives(run, lines(3))); });
}

broken nobody_sleeps(const execution& run)
{
    for (const auto* name : {"parent", "child"}) {
        const auto sleeps = run.process(name).calls("Sleep");
        if (!sleeps.empty())
            return "the " + std::string(name) + " sleeps, " + sleeps.front().line + "\n" +
                   run.timeline();
    }
    return {};
}

// 3: the parent goes as far as it can before the child makes its first step.
broken a_late_child_loses_nothing(const path& parent)
{
    execution run{parent, input(lines(3))};

    auto& first = run.process("parent");
    while (!first.has_ended() && !first.is_blocked())
        first.step();
    run.run_until_stuck();

    return everything_arrives(run, lines(3));
}

// 3: the child does not make a step at all.
broken a_child_that_is_never_ready_is_reported(const path& parent)
{
    execution run{parent, input(lines(1))};

    auto& waiting = run.process("parent");
    for (int i = 0; !waiting.has_ended() && i < 1000; ++i) {
        if (waiting.is_blocked())
            waiting.time_out();
        else
            waiting.step();
    }

    if (waiting.has_ended() && waiting.exit_code() == winipc::peer_is_silent)
        return {};
    return "the child makes no step; the parent should give up in the end, with exit code 3; it "
           "is " +
           waiting.position() + "\n" + run.timeline();
}

// 5: the child is about to print the first line, and does not come to it.
broken a_slow_reader_holds_the_writer_up(const path& parent)
{
    execution run{parent, input(lines(3))};
    run.process("parent").run_to(after("CreateProcessW"));
    auto& child = run.process("child");
    child.run_until_blocked();

    go_on(run, {"parent"});
    const auto prompts = run.process("parent").output();
    run.run_until_stuck();

    if (prompts != "> ")
        return "the first line has not been read; the parent should wait, and not ask for the "
               "next one; it has printed '" +
               prompts + "'\n" + run.timeline();
    return everything_arrives(run, lines(3));
}

// 6: somebody is killed, and the other one is left.
bool ended_by_itself(const controlled_process& process, std::initializer_list<DWORD> codes)
{
    return process.has_ended() && !process.crash() &&
           std::find(codes.begin(), codes.end(), process.exit_code()) != codes.end();
}

broken what_a_killed_child_leaves(const execution& run, const std::string& sent)
{
    const auto& parent = run.process("parent");
    if (run.has_process("child") && !ended_by_itself(parent, {winipc::peer_has_died}))
        return "the child was killed; the parent should end with exit code 2; it is " +
               parent.position() + "\n" + parent.error_output() + run.timeline();
    if (!is_beginning_of(sent, printed_by_child(run)))
        return "what has arrived is not the beginning of what was sent:\n" + printed_by_child(run) +
               run.timeline();
    return {};
}

// How many signals the parent has given for the event that the child waits for.
std::ptrdiff_t messages_handed_over(const execution& run)
{
    std::string waits;
    for (const auto& wait : run.process("child").calls("WaitForMultipleObjects"))
        waits += wait.object + "\n";
    const auto signals = run.process("parent").calls("SetEvent");
    return std::count_if(signals.begin(), signals.end(), [&](const call_record& signal) {
        return waits.find(signal.object) != std::string::npos;
    });
}

broken what_a_killed_parent_leaves(const execution& run, const std::string& sent)
{
    if (!run.has_process("child"))
        return {};
    const auto& child = run.process("child");
    const bool ended_with_its_job = child.ending() == interleave::ending::ended_with_job;
    if (!ended_with_its_job &&
        !ended_by_itself(child, {winipc::all_went_well, winipc::peer_has_died}))
        return "the parent was killed; the child should end with exit code 2, or with 0 if the "
               "talk was over; it is " +
               child.position() + "\n" + child.error_output() + run.timeline();
    const auto printed = child.output();
    if (!is_beginning_of(sent, printed))
        return "what has arrived is not the beginning of what was sent:\n" + printed +
               run.timeline();
    const auto handed_over = std::min(messages_handed_over(run), // the end is a message, too
                                      std::count(sent.begin(), sent.end(), '\n'));
    if (std::count(printed.begin(), printed.end(), '\n') < handed_over)
        return "the parent had handed over " + std::to_string(handed_over) +
               " lines before it was killed; they should arrive; the child has printed:\n" +
               printed + run.timeline();
    if (child.exit_code() == winipc::all_went_well && !ended_with_its_job && printed != sent)
        return "the talk was not over, and the child says that all went well\n" + run.timeline();
    return {};
}

using what_is_left = broken (*)(const execution&, const std::string&);

exploration_result somebody_is_killed(const path& parent, const char* victim, int count)
{
    const bool is_child = victim == std::string_view("child");
    const what_is_left judge = is_child ? what_a_killed_child_leaves : what_a_killed_parent_leaves;
    return explore(parent, input(lines(count)))
        .kill(victim)
        .preemptions(0)
        .check([=](const execution& run) {
            const auto& killed = run.process(run.has_process(victim) ? victim : "parent");
            if (killed.has_ended() && killed.exit_code() == 1) // else it is the run without a kill
                expect_kept(judge(run, lines(count)));
        });
}

// 7: nothing more comes.
broken both_end_when_the_input_does(const path& parent, const std::string& typed,
                                    const std::string& sent)
{
    execution run{parent, input(typed)};

    run.run_until_stuck();

    return first_of({both_end_well(run), everything_arrives(run, sent)});
}

// 8: the test is the parent of a child that has got its handles.
class hostile_parent
{
public:
    explicit hostile_parent(const path& parent) : run_(parent, input(lines(1)))
    {
        this->parent().run_to(after("CreateProcessW"));
        child().run_until_blocked();
        const auto mapped = child().calls("MapViewOfFile");
        if (mapped.empty())
            throw std::runtime_error("the child maps no view\n" + run_.timeline());
        section = mapped.front().object;
        view_ = mapped_view(this->parent().duplicate(section).get(), FILE_MAP_WRITE);
    }

    void write(std::string_view bytes, std::size_t offset = 0)
    {
        std::memcpy(static_cast<char*>(view_.get()) + offset, bytes.data(), bytes.size());
    }

    void write(const raw_header& header, std::string_view bytes)
    {
        write({reinterpret_cast<const char*>(&header), sizeof header});
        write(bytes, sizeof header);
    }

    // The child goes on until it waits for the next message, or has ended.
    void hand_over()
    {
        signal();
        while (!child().has_ended() && !child().is_blocked())
            child().step();
    }

    // The child may go on; it has not made a step yet.
    void signal()
    {
        winipc::check(::SetEvent(parent().duplicate(message_ready()).get()), "SetEvent");
        if (!parent().is_blocked())
            parent().step(); // somebody has done something: so the child looks again
        child().step();
    }

    [[nodiscard]] controlled_process& parent() const { return run_.process("parent"); }
    [[nodiscard]] controlled_process& child() const { return run_.process("child"); }
    [[nodiscard]] execution& run() { return run_; }

    // The child has refused it; or taken it for a message, where it is one.
    [[nodiscard]] broken child_is_unharmed(const std::string& may_print = {}) const
    {
        const auto report = child().position() + "\n" + child().error_output() + run_.timeline();
        if (child().crash())
            return "the child has crashed: " + report;
        if (child().has_ended() && child().exit_code() == winipc::peer_talks_nonsense)
            return child().output().empty() ? broken{} : "what was refused is printed: " + report;
        const bool is_end = child().has_ended() && child().exit_code() == 0;
        if (!is_end && !child().is_blocked())
            return "the child should end with exit code 4, or wait for a message; it is " + report;
        if (child().output() != may_print)
            return "this is no message, and the child has taken it for one; it is " + report;
        return {};
    }

    std::string section;

private:
    // The event that the child waits for, and does not set.
    [[nodiscard]] std::string message_ready() const
    {
        for (const auto& handle : child().open_handles()) {
            const bool is_event = handle.object.starts_with("event") ||
                                  handle.object.find("ready") != std::string::npos;
            const auto sets = child().calls("SetEvent");
            if (is_event && std::none_of(sets.begin(), sets.end(), [&](const call_record& call) {
                    return call.object == handle.object;
                }))
                return handle.object;
        }
        throw std::runtime_error("the child waits for no event\n" + run_.timeline());
    }

    mutable execution run_;
    mapped_view view_;
};

// 8: the first number in the slot is one that lesson 7 takes for a length.
broken nonsense_is_refused(const path& parent)
{
    hostile_parent hostile(parent);
    const std::uint32_t number = 100'000;

    hostile.write({reinterpret_cast<const char*>(&number), sizeof number});
    hostile.hand_over();

    return hostile.child_is_unharmed();
}

// 9: two pairs at once; whose child it is tells the first character.
exploration_result two_pairs(const path& parent, int runs)
{
    return explore([parent](execution& run) {
               run.start(parent, input("A1\nA2\n"));
               run.start(parent, input("B1\nB2\n"));
           })
        .may_wait_forever("child")
        .random(seed, runs)
        .check([](const execution& run) {
            std::set<std::string> printed;
            for (int pair = 1; pair <= 2; ++pair)
                if (run.has_process("child", pair))
                    printed.insert(run.process("child", pair).output());
            if (printed != std::set<std::string>{"A1\nA2\n", "B1\nB2\n"})
                ADD_FAILURE() << "each child should print the lines of its own parent:\n"
                              << ::testing::PrintToString(printed) << run.timeline();
        });
}

// 10: what a program may do that has nothing but the names.
broken a_stranger_finds_nothing(const path& parent)
{
    execution run{parent, input(lines(1))};
    run.process("parent").run_to(after("CreateProcessW"));

    for (const auto* function : {"CreateFileMappingW", "CreateEventW"})
        for (const auto& call : run.process("parent").calls(function))
            if (!call.text.empty())
                return "whoever knows its name can open it, " + call.line + "\n" + run.timeline();
    return {};
}

// 14: waits that have been satisfied.
std::size_t wake_ups(const controlled_process& process)
{
    std::size_t count = process.calls("Sleep").size();
    for (const auto* function : {"WaitForSingleObject", "WaitForMultipleObjects"})
        for (const auto& call : process.calls(function))
            count += call.result != WAIT_TIMEOUT;
    return count;
}

broken no_signal_is_lost(const path& parent)
{
    execution run{parent, input(lines(2))};
    run.process("parent").run_to(after("CreateProcessW"));

    run.process("child").run_until_blocked();
    go_on(run, {"parent"}); // as far as it comes without the child
    run.run_until_stuck();

    const auto received = wake_ups(run.process("child"));
    if (received >= 2)
        return {};
    return "two lines should wake the child twice, they do so " + std::to_string(received) +
           " times\n" + run.timeline();
}

// A call that is made to fail, and what came of it.
struct failure
{
    std::string process;
    std::string function;
    std::string line;
    DWORD exit_code;
    std::string error_output;
    std::vector<open_handle> open_handles;
    std::vector<call_record> open_views;
    std::string timeline;
};

// The calls that a process makes, each with how many of its kind have come before.
std::vector<std::pair<call_record, int>> calls_that_can_fail(const char* name)
{
    static const std::set<std::string> clean_up{"CloseHandle", "UnmapViewOfFile"};
    execution run{program("parent"), input(lines(1))};
    run.run_to_end();
    std::vector<std::pair<call_record, int>> result;
    for (const auto& call : run.process(name).calls()) {
        if (clean_up.contains(call.function))
            continue;
        const auto before = std::count_if(result.begin(), result.end(), [&](const auto& earlier) {
            return earlier.first.function == call.function;
        });
        result.emplace_back(call, static_cast<int>(before) + 1);
    }
    return result;
}

// Makes each call of a process fail that can.
std::vector<failure> failures_of(const char* name)
{
    std::vector<failure> result;
    for (const auto& [call, count] : calls_that_can_fail(name)) {
        execution run{program("parent"), input(lines(1))};
        int remaining = count;
        const auto before_call = "before " + call.function;
        const bool is_there =
            go_on(run, {"parent", "child"},
                  [&](const controlled_process& process, const controlled_thread& thread) {
                      return process.name() == name && thread.position().starts_with(before_call) &&
                             --remaining == 0;
                  });
        if (!is_there)
            throw std::runtime_error("the " + std::string(name) + " does not get to " +
                                     call.function + ", " + call.line + "\n" + run.timeline());

        auto& process = run.process(name);
        process.fail(ERROR_ACCESS_DENIED);
        run.run_until_stuck();

        result.push_back({name, call.function, call.line,
                          process.has_ended() ? process.exit_code() : STILL_ACTIVE,
                          process.error_output(), process.open_handles(), process.open_views(),
                          run.timeline()});
    }
    return result;
}

// The process that this one has started under this name; then its own child.
DWORD child_of(DWORD parent, const wchar_t* name)
{
    const winipc::unique_file all{::CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0)};
    PROCESSENTRY32W entry{};
    entry.dwSize = sizeof entry;
    for (BOOL found = ::Process32FirstW(all.get(), &entry); found;
         found = ::Process32NextW(all.get(), &entry))
        if (entry.th32ParentProcessID == parent && entry.szExeFile == std::wstring_view(name))
            return entry.th32ProcessID;
    return 0;
}

// A chat that runs by itself: the handles of its processes, once it has printed this.
struct free_chat
{
    explicit free_chat(const piped_program& chat, std::string_view printed)
    {
        const auto parent_id = child_of(::GetCurrentProcessId(), L"parent.exe");
        parent.reset(::OpenProcess(SYNCHRONIZE, FALSE, parent_id));
        const auto is_printed = [&] { return chat.output().find(printed) != std::string::npos; };
        for (int i = 0; parent && !is_printed() && i < 3000; ++i)
            if (::WaitForSingleObject(parent.get(), 10) != WAIT_TIMEOUT)
                break;
        const auto child_id = child_of(parent_id, L"child.exe");
        child.reset(::OpenProcess(PROCESS_TERMINATE, FALSE, child_id));
        if (!child || !is_printed())
            throw std::runtime_error("'" + std::string(printed) + "' should be printed; it is\n" +
                                     chat.output() + chat.error_output());
    }

    unique_handle parent;
    unique_handle child;
};

// A character of each plane of Unicode, in UTF-8.
std::string every_plane()
{
    std::string text;
    for (std::uint32_t plane = 0; plane <= 16; ++plane) {
        const auto code = plane * 0x10000 + 0x1234;
        const wchar_t high = static_cast<wchar_t>(0xD800 + ((code - 0x10000) >> 10));
        const wchar_t low = static_cast<wchar_t>(0xDC00 + (code & 0x3FF));
        text += winipc::to_utf8(plane == 0 ? std::wstring{static_cast<wchar_t>(code)}
                                           : std::wstring{high, low});
    }
    return text;
}

std::string without_prompts(const std::string& printed)
{
    return std::regex_replace(printed, std::regex("> "), "");
}

broken many_lines_arrive(int count)
{
    const auto sent = numbered_lines(count);
    free_program parent(program("parent"), sent);
    const auto code = parent.exit_code();
    if (code != 0)
        return "the parent should end with 0 and not with " + std::to_string(code) + "\n" +
               parent.error_output();
    const auto received = without_prompts(parent.output());
    const auto [one, other] =
        std::mismatch(sent.begin(), sent.end(), received.begin(), received.end());
    if (one == sent.end() && other == received.end())
        return {};
    const auto at = static_cast<std::size_t>(one - sent.begin());
    return "from byte " + std::to_string(at) + " on, '" + sent.substr(at, 20) +
           "...' was sent and '" + received.substr(std::min(at, received.size()), 20) +
           "...' has arrived";
}

const winipc::testing::slow_tests slow{
    "Promise01.EveryLineArrives",    "Promise01.ThousandsOfLines",
    "Promise02.DelaysChangeNothing", "Promise06.WhoeverIsKilled",
    "Promise07.CtrlCLetsArrive",     "Promise08.AHundredThousandRandom",
    "Promise08.RandomContents",      "Promise09.",
    "Promise11.AThousandChannels"};

} // namespace

TEST(Promise01, EveryLineArrivesOnceInEveryOrder)
{
    const auto result = orders_of(program("parent"), 2, 1);

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_GE(result.schedules(), 12U) << "0 or 1 would prove nothing";
}

TEST(Promise01, DEEP_EveryLineArrivesOnceWithTwoPreemptions)
{
    const auto result = orders_of(program("parent"), 2, 2);

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_GE(result.schedules(), 100U);
}

TEST(Promise01, ThousandsOfLinesArriveInOrder)
{
    expect_kept(many_lines_arrive(2000));
}

TEST(Promise01, DEEP_AHundredThousandLinesArriveInOrder)
{
    expect_kept(many_lines_arrive(100'000));
}

TEST(Promise02, DelaysChangeNothing)
{
    const auto result = delays_by_chance(program("parent"), 15);

    EXPECT_TRUE(result.passed()) << "seed " << seed << "\n" << result.first_failure();
    EXPECT_EQ(result.schedules(), 15U);
}

TEST(Promise02, DEEP_HundredsOfDelaysChangeNothing)
{
    const auto result = delays_by_chance(program("parent"), 200);

    EXPECT_TRUE(result.passed()) << "seed " << seed << "\n" << result.first_failure();
}

TEST(Promise02, NobodySleeps)
{
    execution run{program("parent"), input(lines(2))};

    run.run_until_stuck();

    expect_kept(first_of({everything_arrives(run, lines(2)), nobody_sleeps(run)}));
}

TEST(Promise03, ALateChildLosesNothing)
{
    expect_kept(a_late_child_loses_nothing(program("parent")));
}

TEST(Promise03, AChildThatIsNeverReadyIsReported)
{
    expect_kept(a_child_that_is_never_ready_is_reported(program("parent")));
}

TEST(Promise03, TheTimeIsTheStatedOne)
{
    execution run{program("parent"), input(lines(1))};
    run.run_until_stuck();

    std::set<std::uint64_t> limits;
    for (const auto& wait : run.process("parent").calls("WaitForMultipleObjects"))
        limits.insert(wait.arguments[3]);
    for (const auto& wait : run.process("parent").calls("WaitForSingleObject"))
        limits.insert(wait.arguments[1]);

    EXPECT_EQ(limits, (std::set<std::uint64_t>{winipc::time_limit, INFINITE}))
        << "for the child's start and its end it waits winipc::time_limit, and for what may take "
           "its time for ever\n"
        << run.timeline();
}

TEST(Promise04, TheLongestLineArrivesWhole)
{
    const auto longest = std::string(most - 1, 'x') + "y\n";
    execution run{program("parent"), input(longest + "after\n")};

    run.run_until_stuck();

    EXPECT_TRUE(printed_by_child(run) == longest + "after\n")
        << "a line of 65,536 bytes should arrive as it is; " << printed_by_child(run).size()
        << " bytes have arrived\n"
        << run.timeline();
    expect_kept(both_end_well(run));
}

TEST(Promise04, OneByteMoreIsRefused)
{
    // As many characters as fit, in one byte more.
    const auto too_long = std::string(most - 1, 'x') + "\u00E9\n";
    execution run{program("parent"), input("before\n" + too_long + "after\n")};

    run.run_until_stuck();

    const auto& parent = run.process("parent");
    EXPECT_THAT(parent, ended_with(1)) << run.timeline();
    EXPECT_THAT(parent.error_output(), AllOf(HasSubstr("65537"), HasSubstr("65536")))
        << "it should say how many bytes there are, and how many fit\n"
        << run.timeline();
    EXPECT_EQ(printed_by_child(run), "before\n") << run.timeline();
    EXPECT_THAT(run.process("child"), ended_with(winipc::peer_has_died)) << run.timeline();
}

TEST(Promise04, NothingIsWrittenBeforeTheSizeIsChecked)
{
    expect_kept(final_chat::nothing_is_written_before_the_size_is_checked());
}

TEST(Promise05, ASlowReaderHoldsTheWriterUp)
{
    expect_kept(a_slow_reader_holds_the_writer_up(program("parent")));
}

// Asked of the programs, under control, before a test makes calls that would wait for ever itself.
static broken a_wait_ends_when_the_other_one_dies(const char* victim, const char* other)
{
    execution run{program("parent"), input("one\n")};
    run.process("parent").run_to(after("CreateProcessW"));
    run.process("child").run_until_blocked();
    if (victim == std::string("child"))
        go_on(run, {"parent"}); // it has sent a line, and waits until that is taken
    run.process(victim).kill();
    run.run_until_stuck();
    const auto& left = run.process(other);
    if (left.has_ended())
        return {};
    return "the " + std::string(victim) + " is dead, and the " + other + " is " + left.position() +
           "\n" + run.timeline();
}

TEST(Promise05, ASenderReturnsOnlyWhenTheMessageIsTaken)
{
    ASSERT_EQ(a_wait_ends_when_the_other_one_dies("child", "parent"), "");
    expect_kept(final_chat::a_sender_returns_only_when_the_message_is_taken());
}

TEST(Promise05, AReceiverGivesTheSlotBackAndThenWaits)
{
    ASSERT_EQ(a_wait_ends_when_the_other_one_dies("parent", "child"), "");
    expect_kept(final_chat::a_receiver_gives_the_slot_back_and_then_waits());
}

TEST(Promise06, WhoeverIsKilledTheOtherEndsByItself)
{
    for (const auto* victim : {"child", "parent"}) {
        const auto result = somebody_is_killed(program("parent"), victim, 1);

        EXPECT_TRUE(result.passed()) << result.first_failure();
        EXPECT_GE(result.schedules(), 40U) << "kills of the " << victim;
    }
}

TEST(Promise06, DEEP_ThreeLinesWithTheChildKilledAnywhere)
{
    const auto result = somebody_is_killed(program("parent"), "child", 3);

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_GE(result.schedules(), 80U);
}

TEST(Promise06, DEEP_ThreeLinesWithTheParentKilledAnywhere)
{
    const auto result = somebody_is_killed(program("parent"), "parent", 3);

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_GE(result.schedules(), 80U);
}

// The header and the text of "one", each access a point.
exploration_result killed_at_an_access(const char* victim)
{
    const bool is_child = victim == std::string_view("child");
    const what_is_left judge = is_child ? what_a_killed_child_leaves : what_a_killed_parent_leaves;
    return explore([](execution& run) {
               run.memory_points("section #1", 0, 24);
               run.start(program("parent"), input(lines(3)));
           })
        .kill(victim)
        .preemptions(0)
        .check([=](const execution& run) {
            const auto& killed = run.process(run.has_process(victim) ? victim : "parent");
            if (killed.has_ended() && killed.exit_code() == 1)
                expect_kept(judge(run, lines(3)));
        });
}

TEST(Promise06, DEEP_TheChildKilledAtAnyAccessToTheSlot)
{
    const auto result = killed_at_an_access("child");

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_GE(result.schedules(), 100U);
}

TEST(Promise06, DEEP_TheParentKilledAtAnyAccessToTheSlot)
{
    const auto result = killed_at_an_access("parent");

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_GE(result.schedules(), 100U);
}

TEST(Promise06, AParentThatWaitsForTheKeyboardSeesTheChildsDeath)
{
    piped_program chat(program("parent"));
    chat.write("hello\n");
    const free_chat processes(chat, "hello\n> "); // so it has asked for the next line

    ::TerminateProcess(processes.child.get(), 1);

    EXPECT_EQ(chat.exit_code(), static_cast<DWORD>(winipc::peer_has_died))
        << "no line comes, and none is needed\n"
        << chat.error_output();
    EXPECT_THAT(chat.error_output(), HasSubstr("child"));
}

TEST(Promise07, BothEndWhenTheInputDoes)
{
    expect_kept(both_end_when_the_input_does(program("parent"), "one\ntwo\n", "one\ntwo\n"));
    expect_kept(both_end_when_the_input_does(program("parent"), "", ""));
    expect_kept(both_end_when_the_input_does(program("parent"), "one\ntwo", "one\ntwo\n"));
}

TEST(Promise07, BothEndAtExit)
{
    expect_kept(both_end_when_the_input_does(program("parent"), "one\nExit\ntwo\n", "one\n"));
    expect_kept(
        both_end_when_the_input_does(program("parent"), "Exit now\n exit\n", "Exit now\n exit\n"));
}

// Ctrl+C after so many steps of the parent. False: it has ended before.
bool press_ctrl_c_after(int steps)
{
    execution run{program("parent"), input(lines(3))};
    const bool is_there = go_on(
        run, {"parent", "child"}, [&](const controlled_process& process, const controlled_thread&) {
            return process.name() == "parent" && !process.has_ended() &&
                   !process.calls("SetConsoleCtrlHandler").empty() && --steps < 0;
        });
    if (!is_there)
        return false;

    run.process("parent").ctrl_c();
    run.run_until_stuck();

    expect_kept(both_end_well(run));
    EXPECT_TRUE(is_beginning_of(lines(3), printed_by_child(run)))
        << printed_by_child(run) << run.timeline();
    return true;
}

TEST(Promise07, CtrlCLetsArriveWhatWasSent)
{
    for (const int steps : {1, 15, 30, 45})
        EXPECT_TRUE(press_ctrl_c_after(steps))
            << "the parent should have called SetConsoleCtrlHandler, and not have ended by itself, "
            << steps << " steps later";
}

TEST(Promise07, DEEP_CtrlCAtAnyPoint)
{
    int steps = 0;
    while (press_ctrl_c_after(steps))
        ++steps;

    EXPECT_GE(steps, 60);
}

TEST(Promise07, CtrlCOnAConsoleNeedsNoFurtherKey)
{
    pseudo_console console(program("parent"));
    console.wait_until_shown(">"); // so it waits, and has said what Ctrl+C is to do

    console.press_ctrl_c();

    EXPECT_EQ(console.exit_code(), 0U) << console.shown();
}

TEST(Promise08, NonsenseIsRefused)
{
    expect_kept(nonsense_is_refused(program("parent")));
}

TEST(Promise08, EachFieldOfTheHeaderIsChecked)
{
    auto other_magic = header_of(1, 3);
    other_magic.magic ^= 1;
    auto newer = header_of(1, 3);
    ++newer.version;
    auto kind = header_of(1, 3);
    kind.kind = 3;
    for (const auto& header : {other_magic, newer, kind, header_of(2, 3), header_of(0, 3),
                               header_of(1, most + 1), header_of(1, 0xFFFF'FFFF)}) {
        hostile_parent hostile(program("parent"));

        hostile.write(header, "one");
        hostile.hand_over();

        EXPECT_THAT(hostile.child(), ended_with(winipc::peer_talks_nonsense))
            << hostile.child().error_output() << hostile.run().timeline();
        EXPECT_EQ(hostile.child().output(), "");
    }
}

TEST(Promise08, AMessageIsTakenOnce)
{
    hostile_parent hostile(program("parent"));
    hostile.write(header_of(1, 3), "one");
    hostile.hand_over();
    EXPECT_EQ(hostile.child().output(), "one\n") << hostile.run().timeline();

    hostile.hand_over(); // the same again

    EXPECT_THAT(hostile.child(), ended_with(winipc::peer_talks_nonsense))
        << "this number has been there already\n"
        << hostile.run().timeline();
}

TEST(Promise08, TextThatIsNoUtf8IsRefused)
{
    hostile_parent hostile(program("parent"));

    hostile.write(header_of(1, 3), "\xED\xA0\x80");
    hostile.hand_over();

    EXPECT_THAT(hostile.child(), ended_with(winipc::peer_talks_nonsense))
        << hostile.child().error_output() << hostile.run().timeline();
}

// The child reads the slot, and at its k-th access the size changes. False: there are not so many.
bool size_changes_at_access(int k)
{
    hostile_parent hostile(program("parent"));
    auto& child = hostile.child();
    child.memory_points(hostile.section, 0, 24);
    hostile.write(header_of(1, 3), "one");
    hostile.signal();
    while (!child.has_ended() && !child.is_blocked() && k > 0) {
        child.step();
        k -= !child.has_ended() && child.call() == "read";
    }
    if (k > 0)
        return false;

    hostile.write(header_of(1, 0x7FFF'FFFF), "one");
    while (!child.has_ended() && !child.is_blocked())
        child.step();

    expect_kept(hostile.child_is_unharmed("one\n"));
    return true;
}

TEST(Promise08, ASizeThatChangesMeanwhileIsHarmless)
{
    int accesses = 0;
    while (accesses < 40 && size_changes_at_access(accesses + 1) && !HasFailure())
        ++accesses;

    EXPECT_GE(accesses, 5) << "the child should read the five fields of the header in the slot";
}

TEST(Promise08, AHundredThousandRandomContentsAreRead)
{
    expect_kept(final_chat::a_hundred_thousand_random_contents_are_read());
}

void random_contents_through_processes(int count)
{
    std::cout << "seed " << seed << '\n';
    std::mt19937 random(seed);
    for (int i = 0; i < count && !::testing::Test::HasFailure(); ++i) {
        hostile_parent hostile(program("parent"));
        const auto header = random_header(random);
        const auto bytes = random_bytes(random, most);

        hostile.write(header, bytes);
        hostile.hand_over();

        const auto message = bytes.substr(0, header.size) + "\n";
        const bool has_printed = hostile.child().output_bytes() == message;
        expect_kept(hostile.child_is_unharmed(has_printed ? hostile.child().output() : ""));
    }
}

TEST(Promise08, RandomContentsHarmNoChild)
{
    random_contents_through_processes(12);
}

TEST(Promise08, DEEP_ThreeHundredRandomContentsHarmNoChild)
{
    random_contents_through_processes(300);
}

TEST(Promise09, TwoPairsNeverCross)
{
    const auto result = two_pairs(program("parent"), 8);

    EXPECT_TRUE(result.passed()) << "seed " << seed << "\n" << result.first_failure();
    EXPECT_EQ(result.schedules(), 8U);
}

TEST(Promise10, AStrangerFindsNothing)
{
    expect_kept(a_stranger_finds_nothing(program("parent")));
}

TEST(Promise10, TheChildGetsFourHandlesAndNoMore)
{
    execution run{program("parent"), input(lines(1))};
    run.process("parent").run_to(after("CreateProcessW"));

    const auto handles = run.process("child").open_handles();

    std::set<std::string> kinds;
    for (const auto& handle : handles)
        kinds.insert(handle.object);
    EXPECT_EQ(handles.size(), 4U) << ::testing::PrintToString(handles) << run.timeline();
    EXPECT_EQ(kinds.size(), 4U) << "a section, two events and a process\n"
                                << ::testing::PrintToString(handles) << run.timeline();
}

TEST(Promise10, EachHandleHasOneRight)
{
    execution run{program("parent"), input(lines(1))};
    run.process("parent").run_to(after("CreateProcessW"));
    auto& child = run.process("child");
    child.run_until_blocked();
    ASSERT_FALSE(child.calls("SetEvent").empty()) << "the child should say that it is ready\n"
                                                  << run.timeline();
    const auto slot_free = child.calls("SetEvent").front().object;

    for (const auto& open : child.open_handles()) {
        const auto handle = child.duplicate(open.object);
        const bool can_wait = ::WaitForSingleObject(handle.get(), 0) != WAIT_FAILED;
        const bool can_set = open.object.starts_with("event") && open.object != slot_free &&
                             ::SetEvent(handle.get()) != 0;
        const bool can_reset = open.object.starts_with("event") && ::ResetEvent(handle.get()) != 0;
        void* const view = ::MapViewOfFile(handle.get(), FILE_MAP_WRITE, 0, 0, 0);
        const bool can_end =
            open.object.starts_with("process") && ::TerminateProcess(handle.get(), 99) != 0;

        const auto where = open.object + " of the child\n" + run.timeline();
        EXPECT_EQ(view, nullptr) << "no right to write: " << where;
        EXPECT_FALSE(can_end) << "no right to end it: " << where;
        EXPECT_FALSE(can_set) << "it waits for this one, and does not set it: " << where;
        EXPECT_EQ(can_reset, open.object == slot_free) << where;
        if (open.object == slot_free) {
            EXPECT_FALSE(can_wait) << "it sets this one, and does not wait for it: " << where;
        }
    }
}

TEST(Promise11, AThousandChannelsLeaveNothingOpen)
{
    expect_kept(final_chat::a_thousand_channels_leave_nothing_open());
}

TEST(Promise11, ManyLinesNeedNoMoreHandlesThanOne)
{
    const auto held_after = [](int count) {
        execution run{program("parent"), input(numbered_lines(count))};
        go_on(run, {"parent", "child"}, [&](const controlled_process&, const controlled_thread&) {
            return printed_by_child(run) == numbered_lines(count);
        });
        EXPECT_EQ(printed_by_child(run), numbered_lines(count)) << run.timeline();
        return run.process("parent").open_handles().size() +
               run.process("child").open_handles().size();
    };

    EXPECT_EQ(held_after(20), held_after(1));
}

TEST(Promise11, NothingIsLeftOpenWhenACallFails)
{
    for (const auto* process : {"parent", "child"})
        for (const auto& failed : failures_of(process)) {
            EXPECT_THAT(failed.open_handles, IsEmpty())
                << failed.function << " has failed, " << failed.line << "\n"
                << failed.timeline;
            EXPECT_THAT(failed.open_views, IsEmpty())
                << failed.function << " has failed, " << failed.line << "\n"
                << failed.timeline;
        }
}

TEST(Promise12, EveryCallThatFailsIsReported)
{
    for (const auto* process : {"parent", "child"}) {
        const auto all = failures_of(process);
        EXPECT_GE(all.size(), 4U);
        for (const auto& failed : all) {
            const auto what = "the " + failed.process + ": " + failed.function + ", " +
                              failed.line + ", has failed with error 5\n";
            const auto& report = failed.error_output;
            // The C library reports by errno, which cannot be made to say 5.
            const auto code = failed.function == "_beginthreadex" ? "(error " : "(error 5)";
            EXPECT_EQ(failed.exit_code, 1U) << what << report << failed.timeline;
            EXPECT_THAT(report, AllOf(HasSubstr(failed.function), HasSubstr(code)))
                << what << failed.timeline;
            EXPECT_EQ(std::count(report.begin(), report.end(), '\n'), 1)
                << "one line, with function, text and code: " << what << failed.timeline;
        }
    }
}

TEST(Promise13, EveryPlaneOfUnicodeArrives)
{
    const auto text = every_plane() + "\n\n \n  a  b \n\t\x1b\x7f\n" +
                      std::string("zero \0 inside\n", 14) + "cr \r inside\n";
    execution run{program("parent"), input(text)};

    run.run_until_stuck();

    EXPECT_EQ(run.process("child").output_bytes(), text) << run.timeline();
    expect_kept(both_end_well(run));
}

TEST(Promise13, IllFormedInputIsReported)
{
    for (const char* bytes : {"caf\xE9", "\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\x80"}) {
        execution run{program("parent"), input(std::string("before\n") + bytes + "\nafter\n")};

        run.run_until_stuck();

        const auto& parent = run.process("parent");
        EXPECT_THAT(parent, ended_with(1)) << run.timeline();
        EXPECT_THAT(parent.error_output(), HasSubstr("(error 1113)")) << run.timeline();
        EXPECT_EQ(printed_by_child(run), "before\n") << run.timeline();
    }
}

TEST(Promise13, WhatIsTypedArrives)
{
    const temporary_file out("");
    pseudo_console console(program("parent"), {.input = {}, .output = out.path()});

    console.type("\u4F60\u597D  \U0001F600 \r\x1a\r");

    EXPECT_EQ(console.exit_code(), 0U) << console.shown();
    EXPECT_EQ(out.content(), "> \u4F60\u597D  \U0001F600 \n> ") << console.shown();
}

TEST(Promise14, NoSignalIsLost)
{
    expect_kept(no_signal_is_lost(program("parent")));
}

TEST(Promise14, AMessageWakesEachSideOnceOrTwice)
{
    constexpr std::size_t count = 20;
    execution run{program("parent"), input(numbered_lines(count))};

    run.run_until_stuck();

    expect_kept(everything_arrives(run, numbered_lines(count)));
    const auto parent = wake_ups(run.process("parent"));
    const auto child = wake_ups(run.process("child"));
    std::cout << count << " messages: the parent has been woken " << parent << " times, the child "
              << child << " times\n";
    EXPECT_EQ(child, count + 1) << "once for each message, and once for the end\n"
                                << run.timeline();
    EXPECT_LE(parent, 3 * count + 6)
        << "once for the line and once for the answer, and a few times at both ends\n"
        << run.timeline();
}

TEST(Promise14, WhoHasNothingToDoWaitsForEver)
{
    execution run{program("parent"), input(lines(1))};
    // The thread that reads has not made a step: nothing is typed.
    go_on(run, {"parent", "child"},
          [](const controlled_process& process, const controlled_thread& thread) {
              return process.thread_count() > 1 && thread.is_blocked();
          });

    auto& parent = run.process("parent");
    auto& child = run.process("child");
    auto main_thread = parent.thread(0);
    main_thread.run_until_blocked();
    child.run_until_blocked();

    // Nobody makes a step: so nobody uses the processor. And no wait ends by itself.
    EXPECT_THROW(main_thread.time_out(), schedule_error) << run.timeline();
    EXPECT_THROW(child.time_out(), schedule_error) << run.timeline();
}

// Two ends in this process, as fast as they can. The last test: a mistake above is easier to see.
TEST(Promise01, BytesArriveAsTheyAre)
{
    expect_kept(final_chat::bytes_arrive_as_they_are());
}

// The same questions, put to lesson 7.

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
