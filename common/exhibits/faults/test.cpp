// What the fault table says. Where lesson 7 has a defect its column must show it, and lesson 14's
// must not: with the same program in both columns these tests fail.
#include "chat.h"
#include "faults.h"
#include "table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <vector>

using namespace faults;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

namespace {

findings lesson_7_with(std::string_view fault)
{
    return fault_called(fault).happens_to(chat_of("07"));
}

findings lesson_14_with(std::string_view fault)
{
    return fault_called(fault).happens_to(chat_of("14"));
}

std::vector<row> whole_table()
{
    std::vector<row> rows;
    for (const auto& fault : all_faults())
        rows.push_back({&fault, fault.happens_to(chat_of("07")), fault.happens_to(chat_of("14"))});
    return rows;
}

// What no cell of the final version may say.
// NOLINTNEXTLINE(readability-identifier-naming): as a matcher
auto IsNoDefect()
{
    return AllOf(Not(HasSubstr("lost")), Not(HasSubstr("more than once")),
                 Not(HasSubstr("nobody has sent")), Not(HasSubstr("not what was sent")),
                 Not(HasSubstr("for ever")), Not(HasSubstr("crashes")));
}

} // namespace

TEST(Faults, ASlowChildLosesLinesOnlyInLesson7)
{
    EXPECT_THAT(
        lesson_7_with("slow child"),
        ElementsAre("6 of 20 arrive, 14 lost", "parent ends with 0", "child waits for ever"));
    EXPECT_THAT(lesson_14_with("slow child"), ElementsAre("20 of 20 arrive", "both end with 0"));
}

TEST(Faults, ALateChildLosesLinesOnlyInLesson7)
{
    const auto before = lesson_7_with("late child");
    const auto after = lesson_14_with("late child");

    EXPECT_THAT(before, Contains("12 of 20 arrive, 8 lost"));
    EXPECT_THAT(before, Contains("0 of 20 arrive, 20 lost"));
    EXPECT_THAT(after, ElementsAre("20 of 20 arrive", "both end with 0"));
}

TEST(Faults, AnEndReachesTheChildOnlyInLesson14)
{
    EXPECT_THAT(lesson_7_with("end of input"),
                ElementsAre("3 of 3 arrive", "parent ends with 0", "child waits for ever"));
    EXPECT_THAT(lesson_14_with("end of input"), ElementsAre("3 of 3 arrive", "both end with 0"));
}

TEST(Faults, TextArrivesInBoth)
{
    EXPECT_THAT(lesson_7_with("\u4F60\u597D"), ElementsAre("2 of 2 arrive"));
    EXPECT_THAT(lesson_14_with("\u4F60\u597D"), ElementsAre("2 of 2 arrive"));
    EXPECT_THAT(lesson_7_with("blanks"), ElementsAre("3 of 3 arrive"));
    EXPECT_THAT(lesson_14_with("blanks"), ElementsAre("3 of 3 arrive"));
}

TEST(Faults, ASquattedNameStopsOnlyLesson7)
{
    for (const auto* const fault : {"squatted section", "squatted event"}) {
        EXPECT_THAT(lesson_7_with(fault),
                    ElementsAre("0 of 3 arrive, 3 lost",
                                AllOf(StartsWith("parent ends with 1"), HasSubstr("(error 183)"))));
        EXPECT_THAT(lesson_14_with(fault), ElementsAre("3 of 3 arrive", "both end with 0"));
    }
}

TEST(Faults, ASecondPairTalksOnlyInLesson14)
{
    const auto before = lesson_7_with("two pairs at once");
    const auto after = lesson_14_with("two pairs at once");

    EXPECT_THAT(before, Contains("10 of 10 arrive"));
    EXPECT_THAT(before, Contains("0 of 10 arrive, 10 lost"));
    EXPECT_THAT(after, ElementsAre("10 of 10 arrive", "both end with 0"));
}

TEST(Faults, TheSameIsFoundAgain)
{
    EXPECT_EQ(lesson_7_with("late child"), lesson_7_with("late child"));
    EXPECT_EQ(lesson_14_with("slow child"), lesson_14_with("slow child"));
}

TEST(Faults, AnUnknownFaultIsRefused)
{
    EXPECT_THROW(fault_called("an earthquake"), std::out_of_range);
}

TEST(Faults, DEEP_AnOverLongLineIsRefusedInBoth)
{
    const auto before = lesson_7_with("over-long line");
    const auto after = lesson_14_with("over-long line");

    EXPECT_THAT(before, Contains("1000 characters arrive"));
    EXPECT_THAT(before, Contains("child waits for ever"));
    EXPECT_THAT(after, Contains("65536 characters arrive"));
    EXPECT_THAT(after, Contains("child ends with 2").Times(2));
}

TEST(Faults, DEEP_ADeadChildIsNoticedOnlyInLesson14)
{
    const auto before = lesson_7_with("killed child");
    const auto after = lesson_14_with("killed child");

    EXPECT_THAT(before, Contains(EndsWith("lines are lost, and nobody says so")));
    EXPECT_THAT(before, Contains(EndsWith("parent ends with 0")));
    EXPECT_THAT(after, ElementsAre(EndsWith("parent ends with 2")));
}

TEST(Faults, DEEP_ADeadParentIsNoticedOnlyInLesson14)
{
    const auto before = lesson_7_with("killed parent");
    const auto after = lesson_14_with("killed parent");

    EXPECT_THAT(before, Contains(EndsWith("child waits for ever")));
    EXPECT_THAT(after, Contains(EndsWith("child ends with 2")));
    EXPECT_THAT(after, Each(IsNoDefect()));
}

TEST(Faults, DEEP_RandomContentsCrashOnlyLesson7)
{
    const auto before = lesson_7_with("random section contents");
    const auto after = lesson_14_with("random section contents");

    EXPECT_THAT(before, Contains(HasSubstr("child crashes")));
    EXPECT_THAT(after, Contains(EndsWith("child ends with 4")));
    EXPECT_THAT(after, Each(IsNoDefect()));
}

TEST(FaultTable, DEEP_TwoRunsGiveTheSame)
{
    const auto table = whole_table();

    EXPECT_THAT(table, SizeIs(12));
    for (const auto& row : table)
        EXPECT_THAT(row.after, Each(IsNoDefect())) << row.of->name;
    EXPECT_EQ(as_markdown(table), as_markdown(whole_table()));
}

TEST(FaultTable, FitsATerminal)
{
    const fault wide{"\u4F60\u597D", "two lines beyond ASCII, and much else besides", "06", {}};
    const findings a_long_sentence{
        "this is a sentence which does not fit into any column of a table and is broken"};

    const auto text = as_text({{&wide, a_long_sentence, a_long_sentence}});

    for (const auto& line : lines_of(text))
        EXPECT_LE(line.size(), 100U) << line;
    EXPECT_THAT(text, HasSubstr("\n\u4F60\u597D:                       this is"));
}

TEST(FaultTable, LinksToTheLesson)
{
    const fault late{"late child", "it begins last", "08", {}};

    EXPECT_THAT(as_markdown({{&late, {"after all:", "lost"}, {"arrives"}}}),
                EndsWith("| \\ref lesson08 \"late child\"<br>it begins last | "
                         "*after all:*<br>lost | arrives |\n"));
}
