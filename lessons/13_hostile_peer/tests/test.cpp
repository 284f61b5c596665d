#include "interleave/execution.h"
#include "interleave/explore.h"
#include "interleave/matchers.h"
#include "testing/programs.h"
#include "testing/slow_tests.h"
#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/peer.h"
#include "winipc/text.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iostream>
#include <map>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace hostile_peer {

using interleave::after;
using interleave::controlled_process;
using interleave::ended_with;
using interleave::execution;
using interleave::explore;
using interleave::input;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using winipc::mapped_view;
using winipc::testing::program;

// What becomes of the message in the slot: the line, the end, or an error. In reading_test.cpp.
std::string outcome(const char* slot, std::uint32_t number);

namespace {

constexpr std::uint32_t all_bits = 0xFFFF'FFFF;
constexpr std::uint32_t line = 1; // kinds
constexpr std::uint32_t end = 2;

// The slot as the tests see it, beside the programs.
struct raw_message
{
    std::uint32_t magic = 0x4350'4957;
    std::uint32_t version = 1;
    std::uint32_t kind = line;
    std::uint32_t number = 1;
    std::uint32_t size = 0;
    char text[4076] = {};
};
static_assert(sizeof(raw_message) == 4096);

constexpr std::uint32_t header_size = 20;
constexpr std::uint32_t most = sizeof raw_message::text;

raw_message line_message(std::uint32_t number, std::string_view text)
{
    raw_message message;
    message.number = number;
    message.size = static_cast<std::uint32_t>(text.size());
    text.copy(message.text, most);
    return message;
}

std::string hex(std::uint32_t value)
{
    std::ostringstream text;
    text << "0x" << std::hex << std::uppercase << value;
    return text.str();
}

std::string describe(const raw_message& message)
{
    return "magic " + hex(message.magic) + ", version " + std::to_string(message.version) +
           ", kind " + std::to_string(message.kind) + ", number " + std::to_string(message.number) +
           ", size " + std::to_string(message.size);
}

// Reading at first hand: read_message() is called by the test itself.

// A page between two that must not be touched.
class page_between_guards
{
public:
    page_between_guards()
        : memory_(::VirtualAlloc(nullptr, 3 * page, MEM_RESERVE | MEM_COMMIT, PAGE_NOACCESS))
    {
        DWORD before = 0;
        winipc::check(memory_ && ::VirtualProtect(get(), page, PAGE_READWRITE, &before),
                      "VirtualAlloc");
    }
    page_between_guards(const page_between_guards&) = delete;
    page_between_guards& operator=(const page_between_guards&) = delete;
    ~page_between_guards() { ::VirtualFree(memory_, 0, MEM_RELEASE); }

    [[nodiscard]] char* get() const { return static_cast<char*>(memory_) + page; }

private:
    static constexpr std::size_t page = sizeof(raw_message);
    void* memory_;
};

// Work on a thread of its own, which a forbidden access ends, and nothing else with it.
class guarded_thread
{
public:
    // Returns what went wrong: nothing, an access, or no progress.
    static std::string run(const page_between_guards& page,
                           const std::function<void(std::atomic<int>&)>& work)
    {
        guarded_thread self{page, work};
        void* const handler = ::AddVectoredExceptionHandler(1, end_the_thread);
        current = &self;
        const winipc::unique_handle thread{::CreateThread(nullptr, 0, start, &self, 0, &self.id_)};
        int before = -1;
        while (::WaitForSingleObject(thread.get(), guard) == WAIT_TIMEOUT && !self.is_stuck_) {
            self.is_stuck_ = self.progress_ == before;
            before = self.progress_;
            if (self.is_stuck_)
                ::TerminateThread(thread.get(), 1);
        }
        current = nullptr;
        ::RemoveVectoredExceptionHandler(handler);
        return self.is_stuck_ ? "does not come to an end" : self.fault_;
    }

private:
    static constexpr DWORD guard = 10'000; // milliseconds without progress: against a hang only

    guarded_thread(const page_between_guards& page,
                   const std::function<void(std::atomic<int>&)>& work)
        : page_(page), work_(work)
    {
    }

    static DWORD WINAPI start(void* self)
    {
        auto& thread = *static_cast<guarded_thread*>(self);
        thread.work_(thread.progress_);
        return 0;
    }

    static void leave() { ::ExitThread(1); }

    static LONG CALLBACK end_the_thread(EXCEPTION_POINTERS* exception)
    {
        const auto& record = *exception->ExceptionRecord;
        if (record.ExceptionCode != EXCEPTION_ACCESS_VIOLATION || !current ||
            ::GetCurrentThreadId() != current->id_)
            return EXCEPTION_CONTINUE_SEARCH;
        const auto address = record.ExceptionInformation[1];
        const auto page = reinterpret_cast<ULONG_PTR>(current->page_.get());
        const auto offset = static_cast<long long>(address - page);
        current->fault_ = offset >= 0 && offset <= 0x1'0000'0000
                              ? "touches byte " + std::to_string(offset) + " of a slot of 4096"
                              : "touches memory that is not the slot's";
        auto& context = *exception->ContextRecord;
        context.Rip = reinterpret_cast<DWORD64>(&leave);
        context.Rsp = (context.Rsp & ~DWORD64{15}) - 8; // as after a call
        return EXCEPTION_CONTINUE_EXECUTION;
    }

    static inline guarded_thread* current = nullptr;

    const page_between_guards& page_;
    const std::function<void(std::atomic<int>&)>& work_;
    DWORD id_ = 0;
    std::atomic<int> progress_ = 0;
    bool is_stuck_ = false;
    std::string fault_;
};

constexpr const char* refused = "refused with code 4";

std::string reading(const raw_message& message, std::uint32_t number)
{
    const page_between_guards page;
    std::memcpy(page.get(), &message, sizeof message);
    std::string result;
    const auto fault =
        guarded_thread::run(page, [&](std::atomic<int>&) { result = outcome(page.get(), number); });
    return fault.empty() ? result : fault;
}

// The same field with several values, none of which is right.
void expect_refused(std::uint32_t raw_message::* field, const std::vector<std::uint32_t>& values)
{
    for (const auto value : values) {
        auto message = line_message(5, "hello");
        message.*field = value;
        EXPECT_EQ(reading(message, 5), refused)
            << "message 5 is the next one; the slot: " << describe(message);
    }
}

// Contents by chance.

std::uint32_t seed()
{
    const char* const wanted = std::getenv("WINIPC_SEED");
    const auto flag = GTEST_FLAG_GET(random_seed);
    return wanted      ? static_cast<std::uint32_t>(std::strtoul(wanted, nullptr, 10))
           : flag != 0 ? static_cast<std::uint32_t>(flag)
                       : 13;
}

class random_contents
{
public:
    explicit random_contents(std::uint32_t seed) : numbers_(seed) {}

    // A message that is right but for one thing, if at all; or anything.
    raw_message next(std::uint32_t number)
    {
        raw_message message;
        if (below(4) == 0) {
            fill(reinterpret_cast<char*>(&message), sizeof message);
            return message;
        }
        message.number = number;
        message.kind = below(8) == 0 ? end : line;
        message.size = message.kind == end ? 0 : below(below(4) == 0 ? most + 1 : 40);
        write_text(message);
        change(message);
        return message;
    }

private:
    std::uint32_t below(std::uint32_t limit)
    {
        return static_cast<std::uint32_t>(numbers_() % limit);
    }

    void fill(char* bytes, std::size_t size)
    {
        for (std::size_t i = 0; i < size; i += sizeof(std::uint64_t)) {
            const std::uint64_t number = numbers_();
            std::memcpy(bytes + i, &number, std::min(sizeof number, size - i));
        }
    }

    // Well-formed, of one to four bytes a character.
    void write_text(raw_message& message)
    {
        static constexpr std::string_view characters[] = {"a", " ", "\u00FC", "\u4F60",
                                                          "\U0001F600"};
        for (std::uint32_t at = 0; at < message.size;) {
            auto character = characters[below(5)];
            if (character.size() > message.size - at)
                character = "x";
            character.copy(message.text + at, character.size());
            at += static_cast<std::uint32_t>(character.size());
        }
    }

    void change(raw_message& message)
    {
        static constexpr std::uint32_t telling[] = {
            0, 1, 2, 3, most, most + 1, all_bits, 0x7FFF'FFFF, 0x8000'0000};
        auto* const bytes = reinterpret_cast<char*>(&message);
        const auto field = bytes + std::size_t{4} * below(5);
        const auto number = below(2) ? telling[below(9)] : static_cast<std::uint32_t>(numbers_());
        switch (below(4)) {
        case 0:
            break;
        case 1:
            std::memcpy(field, &number, sizeof number);
            break;
        case 2:
            bytes[below(header_size)] = static_cast<char>(numbers_());
            break;
        default:
            message.text[below(message.size ? message.size : 1)] = static_cast<char>(numbers_());
        }
    }

    std::mt19937_64 numbers_;
};

// What a reader makes of the message, told by the test's own rules. An end with a size of which
// nothing is read may be taken or refused.
std::vector<std::string> right_outcomes(const raw_message& message, std::uint32_t number)
{
    const raw_message right;
    if (message.magic != right.magic || message.version != right.version ||
        message.number != number || (message.kind != line && message.kind != end))
        return {refused};
    if (message.kind == end)
        return message.size == 0 ? std::vector<std::string>{"the end"}
                                 : std::vector<std::string>{"the end", refused};
    if (message.size > most)
        return {refused};
    const std::string text(message.text, message.size);
    try {
        winipc::to_utf16(text);
    } catch (const std::system_error&) {
        return {refused};
    }
    return {"the line '" + text + "'"};
}

bool is_right(const std::string& outcome, const raw_message& message, std::uint32_t number)
{
    const auto right = right_outcomes(message, number);
    return std::ranges::find(right, outcome) != right.end();
}

// Reading by the real child, under control.

// A process goes on until it has to wait, or has ended. Returns the accesses to memory on the way.
std::vector<std::string> go_on(controlled_process& process)
{
    std::vector<std::string> accesses;
    while (!process.has_ended()) {
        process.step();
        if (process.is_blocked())
            break;
        if (process.call() == "read" || process.call() == "write")
            accesses.push_back(process.position());
    }
    return accesses;
}

std::string joined(const std::vector<std::string>& lines)
{
    std::string text;
    for (const auto& one : lines)
        text.append(one) += '\n';
    return text;
}

// Parent and child at the moment at which the first line is in the slot: the child has been told,
// and has not looked yet. The test has a view of its own, and may write.
class conversation
{
public:
    explicit conversation(std::string_view lines)
        : run(program("parent"), input(lines)), parent(run.process("parent")),
          child(start_child(run))
    {
        parent.run_until_blocked();
        if (slot().magic != raw_message{}.magic)
            throw std::runtime_error("the first message should begin with the magic number " +
                                     hex(raw_message{}.magic) + ": in the slot stands " +
                                     hex(slot().magic) + "\n" + run.timeline());
    }

    [[nodiscard]] std::string section() const
    {
        return parent.calls("CreateFileMappingW").front().object;
    }
    raw_message& slot()
    {
        if (!view_)
            view_ = mapped_view(parent.duplicate(section()).get(), FILE_MAP_WRITE);
        return *view_.as<raw_message>();
    }
    // The event that the child waits for.
    [[nodiscard]] std::string message_ready() const
    {
        const auto position = child.position(); // "blocked in WaitForMultipleObjects event #2, ..."
        const auto at = position.find("event #");
        return position.substr(at, position.find_first_of(", ", at + 7) - at);
    }

    execution run;
    controlled_process& parent;
    controlled_process& child;

private:
    static controlled_process& start_child(const execution& run)
    {
        run.process("parent").run_to(after("CreateProcessW"));
        auto& child = run.process("child");
        child.run_until_blocked();
        return child;
    }

    mapped_view view_;
};

// Nothing printed, an error reported, and the parent notices.
void expect_refusal(const conversation& talk, const std::string& printed = "")
{
    EXPECT_THAT(talk.child, ended_with(4)) << "the message is nonsense\n" << talk.run.timeline();
    EXPECT_EQ(talk.child.output(), printed) << talk.run.timeline();
    EXPECT_NE(talk.child.error_output(), "") << "it says on stderr what is wrong";
    EXPECT_THAT(talk.parent, ended_with(2)) << "the child has ended before the talk was over\n"
                                            << talk.run.timeline();
}

// The child stops before its access number `index` (from 0), the slot changes, and it goes on.
// False when there are not so many.
bool change_before_access(int index, const std::function<void(raw_message&)>& change)
{
    const std::string text(40, 'A');
    conversation talk(text + '\n');
    auto& child = talk.child;
    child.memory_points(talk.section());
    for (int accesses = -1; accesses < index;) {
        child.step();
        if (child.has_ended() || child.is_blocked())
            return false;
        accesses += child.call() == "read";
    }
    const auto where = child.position();
    child.no_memory_points();

    change(talk.slot());
    talk.run.run_until_stuck();

    const auto output = child.output();
    const auto ended = [&](DWORD code) { return child.has_ended() && child.exit_code() == code; };
    const bool whole = output == text + '\n' && ended(0);
    const bool not_at_all = output.empty() && ended(4);
    EXPECT_TRUE(whole || not_at_all)
        << "when it stood " << where << ",\nthe slot changed. What it has read by then counts: it "
        << "prints the line as it was, or reports nonsense (exit code 4). Who looks at the text "
        << "twice copies it first. It has " << child.position() << ",\nand has printed '"
        << output.substr(0, 100) << "'\n"
        << talk.run.timeline();
    return !::testing::Test::HasFailure();
}

void expect_the_childs_answer(const raw_message& message, const std::string& which)
{
    conversation talk("first\n");
    talk.slot() = message;
    talk.run.run_until_stuck();

    const auto& child = talk.child;
    std::string outcome = child.position();
    if (child.has_ended() && child.exit_code() == 4 && child.output_bytes().empty())
        outcome = refused;
    else if (child.has_ended() && child.exit_code() == 0)
        outcome = child.output_bytes().empty()
                      ? "the end"
                      : "the line '" +
                            child.output_bytes().substr(0, child.output_bytes().size() - 1) + "'";
    EXPECT_TRUE(is_right(outcome, message, 1))
        << which << ": " << describe(message) << "\nshould be "
        << right_outcomes(message, 1).front() << "\nbut is " << outcome << "\n"
        << talk.run.timeline();
}

void expect_right_answers(int count)
{
    std::cout << "      seed " << seed() << '\n';
    random_contents contents(seed());
    for (int i = 1; i <= count && !::testing::Test::HasFailure(); ++i)
        expect_the_childs_answer(contents.next(1), "content " + std::to_string(i) + " of seed " +
                                                       std::to_string(seed()));
}

const winipc::testing::slow_tests slow{"Reading.OneHundredThousandContents",
                                       "Child.AnswersTwentyContentsByChance", "EveryOrder."};

} // namespace

TEST(Reading, ALineIsReturned)
{
    for (const auto* text : {"hello", "", "hello  big world ", "\u4F60\u597D \U0001F600"})
        EXPECT_EQ(reading(line_message(1, text), 1), "the line '" + std::string(text) + "'");
}

TEST(Reading, TheEndIsNoLine)
{
    raw_message message;
    message.kind = end;
    message.number = 7;

    EXPECT_EQ(reading(message, 7), "the end");
}

TEST(Reading, WhatDoesNotBeginAsAMessageIsRefused)
{
    expect_refused(&raw_message::magic, {0, 1, 0x4350'4956, 0x5749'5043, all_bits});
}

TEST(Reading, AnotherVersionIsRefused)
{
    expect_refused(&raw_message::version, {0, 2, 0x100, all_bits});
}

TEST(Reading, AnUnknownKindIsRefused)
{
    expect_refused(&raw_message::kind, {0, 3, 0x101, all_bits});
}

TEST(Reading, AMessageOutOfTurnIsRefused)
{
    expect_refused(&raw_message::number, {0, 1, 4, 6, all_bits}); // 4 once more; 5 left out
}

TEST(Reading, ATextThatFillsTheSlotIsReturned)
{
    const std::string text(most, 'x');

    EXPECT_EQ(reading(line_message(1, text), 1), "the line '" + text + "'")
        << "4076 bytes of text fit";
}

TEST(Reading, ATextThatCannotBeInTheSlotIsRefused)
{
    expect_refused(&raw_message::size, {most + 1, 4096, 8152, 0x7FFF'FFFF, 0x8000'0000, all_bits});
}

TEST(Reading, BytesThatAreNoTextAreRefused)
{
    for (const auto* text : {"caf\xE9", "\x80", "\xE4\xBD", "\xC0\x80", "\xED\xA0\x80",
                             "\xF4\x90\x80\x80", "\xFF\xFE", "good, and then \xFF"})
        EXPECT_EQ(reading(line_message(1, text), 1), refused)
            << "what is not UTF-8 is nonsense, too: '" << ::testing::PrintToString(text) << "'";
}

TEST(Reading, OneHundredThousandContentsAreALineOrRefused)
{
    constexpr int count = 100'000;
    std::cout << "      seed " << seed() << '\n';
    random_contents contents(seed());
    const page_between_guards page;
    raw_message message;
    std::string wrong;
    int tried = 0;
    int lines = 0;

    const auto fault = guarded_thread::run(page, [&](std::atomic<int>& progress) {
        for (; tried < count && wrong.empty(); progress = ++tried) {
            const auto number = static_cast<std::uint32_t>(tried);
            message = contents.next(number);
            std::memcpy(page.get(), &message, sizeof message);
            const auto found = outcome(page.get(), number);
            lines += found.starts_with("the line");
            if (!is_right(found, message, number))
                wrong = found + "\nand not " + right_outcomes(message, number).front();
        }
    });

    ASSERT_EQ(fault + wrong, "") << "content " << tried << " of seed " << seed() << ": "
                                 << describe(message);
    EXPECT_GT(lines, count / 10) << "some of them are right: the others are nearly so";
}

TEST(Slot, TheLineStandsThereAsAgreed)
{
    conversation talk("\u4F60\u597D\nsecond\n");

    EXPECT_EQ(describe(talk.slot()), "magic 0x43504957, version 1, kind 1, number 1, size 6")
        << talk.run.timeline();
    EXPECT_EQ(std::string(talk.slot().text, 6), "\u4F60\u597D") << "UTF-8: six bytes";
}

TEST(Slot, MessagesAreNumberedAndSoIsTheEnd)
{
    conversation talk("first\nsecond\n");

    go_on(talk.child);
    go_on(talk.parent);
    EXPECT_EQ(talk.slot().number, 2U) << "of the second line\n" << talk.run.timeline();
    go_on(talk.child);
    ASSERT_FALSE(talk.child.has_ended())
        << "the child should expect message 2 after message 1; it has said: "
        << talk.child.error_output() << talk.run.timeline();
    go_on(talk.parent);

    EXPECT_EQ(talk.slot().kind, end) << talk.run.timeline();
    EXPECT_EQ(talk.slot().number, 3U) << "of the end, after two lines\n" << talk.run.timeline();
    EXPECT_EQ(talk.slot().magic, raw_message{}.magic) << "the end has a header as well";
}

TEST(Slot, ALineThatFillsTheSlotArrives)
{
    std::string text;
    for (int i = 0; i < 1358; ++i)
        text += "\u4F60";
    for (const auto& full : {std::string(most, 'x'), text + "ab"}) {
        conversation talk(full + "\nsecond\n");
        talk.run.run_until_stuck();

        EXPECT_EQ(talk.child.output().substr(0, most + 8), full + "\nsecond\n")
            << full.size() << " bytes fit" << talk.parent.error_output() << talk.run.timeline();
    }
}

TEST(Slot, ALineOfOneByteMoreIsRefusedBeforeAnythingIsWritten)
{
    std::string text;
    for (int i = 0; i < 1358; ++i)
        text += "\u4F60";
    for (const auto& too_long : {std::string(most + 1, 'x'), text + "abc"}) {
        conversation talk("first\n" + too_long + "\n");
        talk.parent.memory_points(talk.section());
        go_on(talk.child);

        const auto accesses = go_on(talk.parent);

        EXPECT_THAT(talk.parent, ended_with(1)) << "a line of " << too_long.size() << " bytes\n"
                                                << talk.run.timeline();
        EXPECT_THAT(talk.parent.error_output(), HasSubstr("too long"));
        EXPECT_THAT(accesses, IsEmpty()) << "first the check, then the first byte";
        talk.run.run_until_stuck();
        EXPECT_EQ(talk.child.output(), "first\n") << talk.run.timeline();
    }
}

TEST(Slot, TheChildMapsWhatItReads)
{
    execution run{program("parent"), input("first\n")};
    run.run_until_stuck();

    const auto maps = run.process("child").calls("MapViewOfFile");
    ASSERT_EQ(maps.size(), 1U) << run.timeline();
    EXPECT_EQ(maps.front().arguments[4], sizeof(raw_message))
        << "the size of what it will read: if it is not all there, the call says so, "
        << maps.front().line;
}

TEST(Child, NonsenseEndsItWithACodeOfItsOwn)
{
    const std::vector<std::pair<std::uint32_t raw_message::*, std::uint32_t>> changes{
        {&raw_message::magic, 0},  {&raw_message::version, 2}, {&raw_message::kind, 3},
        {&raw_message::number, 2}, {&raw_message::size, 4077}, {&raw_message::size, all_bits}};
    for (const auto& [field, value] : changes) {
        conversation talk("first\nsecond\n");

        talk.slot().*field = value;
        talk.run.run_until_stuck();

        expect_refusal(talk);
    }
}

TEST(Child, BytesThatAreNoTextEndItLikewise)
{
    conversation talk("first\nsecond\n");

    talk.slot().text[4] = '\xFF';
    talk.run.run_until_stuck();

    expect_refusal(talk);
}

TEST(Child, ASignalWithoutAMessageIsNoticed)
{
    conversation talk("first\nsecond\n");
    go_on(talk.child);
    const auto ready = talk.parent.duplicate(talk.message_ready());

    ::SetEvent(ready.get()); // the slot still holds message 1
    go_on(talk.child);
    talk.run.run_until_stuck();

    expect_refusal(talk, "first\n");
}

TEST(Child, ReadsEachFieldOnce)
{
    conversation talk("first\n");
    talk.child.memory_points(talk.section(), 0, header_size);

    const auto accesses = go_on(talk.child);

    const std::string fields[] = {"magic", "version", "kind", "number", "size"};
    EXPECT_THAT(accesses, Not(IsEmpty())) << talk.run.timeline();
    for (std::size_t i = 0; i < std::size(fields); ++i) {
        const auto place = talk.section() + "+" + std::to_string(4 * i) + ",";
        const auto reads = std::ranges::count_if(
            accesses, [&](const auto& one) { return one.find(place) != one.npos; });
        EXPECT_LE(reads, 1) << "the field " << fields[i]
                            << " may have another value when it is read again:\n"
                            << joined(accesses);
    }
}

TEST(Child, ASizeThatChangesMeanwhileDoesNoHarm)
{
    int index = 0;
    while (change_before_access(index, [](raw_message& slot) { slot.size = all_bits; }))
        ++index;

    EXPECT_GE(index, 2) << "accesses to the slot";
}

TEST(Child, ATextThatChangesMeanwhileDoesNoHarm)
{
    const auto no_text = [](raw_message& slot) { std::ranges::fill(slot.text, '\xFF'); };

    int index = 0;
    while (change_before_access(index, no_text))
        ++index;

    EXPECT_GE(index, 2) << "accesses to the slot";
}

TEST(Child, AnswersTwentyContentsByChance)
{
    expect_right_answers(20);
}

TEST(Child, DEEP_AnswersThreeHundredContentsByChance)
{
    expect_right_answers(300);
}

TEST(Parent, ReadsNothingFromTheSlot)
{
    conversation talk("first\nsecond\n"); // so that what follows has the new form
    talk.parent.memory_points(talk.section());

    std::vector<std::string> accesses;
    while (!talk.parent.has_ended()) {
        go_on(talk.child);
        const auto more = go_on(talk.parent);
        accesses.insert(accesses.end(), more.begin(), more.end());
        ASSERT_LT(accesses.size(), 1000U) << talk.run.timeline();
    }

    EXPECT_THAT(accesses, Not(IsEmpty())) << "it has written the second line and the end";
    std::erase_if(accesses, [](const auto& one) { return one.find(" write ") != one.npos; });
    EXPECT_THAT(accesses, IsEmpty()) << "what it does not read cannot mislead it\n"
                                     << joined(accesses);
}

TEST(Parent, WritesTheWholeHeaderEachTime)
{
    conversation talk("first\nsecond\n");
    go_on(talk.child);

    talk.slot() = {all_bits, all_bits, all_bits, all_bits, all_bits, {}};
    talk.run.run_until_stuck();

    EXPECT_EQ(talk.child.output(), "first\nsecond\n")
        << talk.child.error_output() << talk.run.timeline();
    EXPECT_THAT(talk.parent, ended_with(0)) << talk.run.timeline();
}

TEST(Talk, EndsWellOnBothSides)
{
    conversation talk("first\n\n\u4F60\u597D \U0001F600\nExit\nmore\n");
    talk.run.run_until_stuck();

    EXPECT_EQ(talk.child.output(), "first\n\n\u4F60\u597D \U0001F600\n")
        << talk.child.error_output() << talk.run.timeline();
    EXPECT_THAT(talk.parent, ended_with(0)) << talk.parent.error_output() << talk.run.timeline();
    EXPECT_THAT(talk.child, ended_with(0)) << talk.child.error_output() << talk.run.timeline();
    for (const auto* process : {&talk.parent, &talk.child}) {
        EXPECT_THAT(process->open_handles(), IsEmpty()) << talk.run.timeline();
        EXPECT_THAT(process->open_views(), IsEmpty()) << talk.run.timeline();
    }
}

TEST(EveryOrder, DeliversTwoLinesOnceAndInOrder)
{
    const auto result = explore(program("parent"), input("one\ntwo\n"))
                            .preemptions(1)
                            .check([](const execution& run) {
                                EXPECT_EQ(run.process("child").output(), "one\ntwo\n");
                            });

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_EQ(result.schedules(), 8U);
}

// The header and the first letters: a parent that dies between two of its writes.
TEST(EveryOrder, AKilledParentLeavesNoHalfMessage)
{
    const auto result = explore([](execution& run) {
                            run.memory_points("section #1", 0, header_size + 4);
                            run.start(program("parent"), input("one\n"));
                        })
                            .kill("parent")
                            .preemptions(0)
                            .check([](const execution& run) {
                                const auto printed =
                                    run.has_process("child") ? run.process("child").output() : "";
                                EXPECT_TRUE(std::string_view("one\n").starts_with(printed))
                                    << "the whole line, or nothing; but printed is: " << printed;
                            });

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_GT(result.schedules(), 60U) << "so many places to die at";
}

TEST(EveryOrder, DEEP_DeliversWithTwoPreemptionsAndEachAccess)
{
    const auto result = explore([](execution& run) {
                            run.memory_points("section #1", 0, header_size + 4);
                            run.start(program("parent"), input("one\ntwo\n"));
                        })
                            .preemptions(2)
                            .check([](const execution& run) {
                                EXPECT_EQ(run.process("child").output(), "one\ntwo\n");
                            });

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_GT(result.schedules(), 30U);
}

} // namespace hostile_peer
