// What stands in the slot, and what the child makes of it.
#include "conversation.h"
#include "interleave/execution.h"
#include "interleave/matchers.h"
#include "raw_message.h"
#include "testing/programs.h"
#include "testing/slow_tests.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iostream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace hostile_peer {

using namespace interleave;
using namespace winipc::testing;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace {

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

} // namespace hostile_peer
