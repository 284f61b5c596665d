#include "interleave/execution.h"
#include "interleave/matchers.h"
#include "testing/expectations.h"
#include "testing/files.h"
#include "testing/piped_program.h"
#include "testing/programs.h"
#include "testing/pseudo_console.h"
#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

using namespace interleave;
using namespace winipc::testing;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Not;
using winipc::mapped_view;
using winipc::unique_handle;

namespace {

constexpr std::size_t most = 1000; // characters of a line

// U+4F60 U+597D, three bytes each, and U+1F600, four bytes and two characters of UTF-16.
const std::string chinese = "\xE4\xBD\xA0\xE5\xA5\xBD";
const std::string smile = "\xF0\x9F\x98\x80";

std::string repeat(const std::string& text, std::size_t count)
{
    std::string result;
    while (count-- > 0)
        result += text;
    return result;
}

// What the children have printed, one after the other.
std::string printed(const execution& run)
{
    std::string all;
    for (int nth = 1; run.has_process("child", nth); ++nth)
        all += run.process("child", nth).output_bytes();
    return all;
}

int children(const execution& run)
{
    int count = 0;
    while (run.has_process("child", count + 1))
        ++count;
    return count;
}

std::string errors(const execution& run)
{
    return run.process("parent").error_output() + run.timeline();
}

// Every line gets through, and the parent ends well.
void expect_printed(const std::string& in, const std::string& out)
{
    execution run{program("parent"), input(in)};

    run.run_to_end();

    EXPECT_EQ(printed(run), out) << errors(run);
    EXPECT_THAT(run.process("parent"), ended_with(0)) << errors(run);
}

// The section of an execution, as the test sees it: its whole page.
class shared_page
{
public:
    static constexpr std::size_t message_size = 2004; // bytes
    static constexpr std::size_t size = 4096;         // bytes

    explicit shared_page(const execution& run)
        : section_(open(run.object_name(L"Local\\winipc-message"))),
          view_(section_.get(), FILE_MAP_WRITE)
    {
    }

    [[nodiscard]] std::uint32_t length() const { return *view_.as<std::uint32_t>(); }
    [[nodiscard]] wchar_t* text() const
    {
        return reinterpret_cast<wchar_t*>(view_.as<unsigned char>() + sizeof(std::uint32_t));
    }

    void fill_behind_the_message(unsigned char value) const
    {
        std::fill(behind(), view_.as<unsigned char>() + size, value);
    }
    [[nodiscard]] std::vector<unsigned char> behind_the_message() const
    {
        return {behind(), view_.as<unsigned char>() + size};
    }

private:
    static unique_handle open(const std::wstring& name)
    {
        unique_handle section{
            ::OpenFileMappingW(FILE_MAP_READ | FILE_MAP_WRITE, FALSE, name.c_str())};
        if (!section)
            winipc::throw_last_error("the test's OpenFileMappingW");
        return section;
    }
    [[nodiscard]] unsigned char* behind() const { return view_.as<unsigned char>() + message_size; }

    unique_handle section_;
    mapped_view view_;
};

} // namespace

TEST(Lines, EveryLineIsPrintedByAChildOfItsOwn)
{
    execution run{program("parent"), input("first\nsecond\nthird\n")};

    run.run_to_end();

    ASSERT_EQ(children(run), 3) << errors(run);
    EXPECT_EQ(run.process("child", 1).output_bytes(), "first\n") << errors(run);
    EXPECT_EQ(run.process("child", 2).output_bytes(), "second\n") << errors(run);
    EXPECT_EQ(run.process("child", 3).output_bytes(), "third\n") << errors(run);
}

TEST(Lines, TheParentWaitsForEachChildBeforeItReadsOn)
{
    execution run{program("parent"), input("first\nsecond\n")};
    auto& parent = run.process("parent");

    parent.run_until_blocked();

    EXPECT_THAT(parent, is_blocked_in("WaitForSingleObject")) << run.timeline();
    EXPECT_EQ(children(run), 1) << "the next line would overwrite this one\n" << run.timeline();
    EXPECT_EQ(shared_page(run).length(), 5U) << "\"first\", in characters\n" << run.timeline();
}

TEST(Lines, BlanksAreKept)
{
    expect_printed("hello  big world \n\t indented\n", "hello  big world \n\t indented\n");
}

TEST(Lines, ALineMayBeEmpty)
{
    expect_printed("above\n\nbelow\n", "above\n\nbelow\n");
}

TEST(Lines, AShortLineAfterALongOneIsShort)
{
    expect_printed("a long line\nshort\n", "a long line\nshort\n");
}

TEST(Lines, AZeroIsACharacterLikeAnyOther)
{
    const std::string line("before\0after\n", 13);

    expect_printed(line, line);
}

TEST(Lines, TheEndOfALineMayBeThatOfWindowsOrUnix)
{
    expect_printed("Windows\r\nUnix\nboth\r\n", "Windows\nUnix\nboth\n");
}

TEST(Lines, ACarriageReturnWithinALineStays)
{
    expect_printed("a\rb\r\r\nc\n", "a\rb\r\nc\n");
}

TEST(EndOfInput, EndsTheLoopOnce)
{
    execution run{program("parent"), input("first\nlast\n")};

    run.run_to_end();

    EXPECT_EQ(children(run), 2) << "two lines, two children\n" << errors(run);
    EXPECT_THAT(run.process("parent"), ended_with(0)) << errors(run);
}

TEST(EndOfInput, TheLastLineNeedsNoLineEnd)
{
    expect_printed("first\nlast", "first\nlast\n");
}

TEST(EndOfInput, WithoutInputThereIsNoChild)
{
    execution run{program("parent"), input("")};

    run.run_to_end();

    EXPECT_EQ(children(run), 0) << run.timeline();
    EXPECT_THAT(run.process("parent"), ended_with(0)) << errors(run);
}

TEST(Length, TheMessageIsALengthAndThenTheCharacters)
{
    execution run{program("parent"), input("a longer line\nhello\n")};
    run.process("parent").run_to(before("CreateProcessW"));
    run.process("parent").run_until_blocked();
    run.process("child").run_to_end();

    run.process("parent").run_to(before("SetEvent")); // of the second line

    const shared_page page(run);
    EXPECT_EQ(page.length(), 5U) << "characters of \"hello\"\n" << run.timeline();
    EXPECT_EQ(std::wstring(page.text(), 5), L"hello")
        << "the length has four bytes, and the text comes right behind them\n"
        << run.timeline();
}

TEST(Length, TheLongestLineIsDelivered)
{
    const auto line = repeat("x", most) + "\n";

    expect_printed(line, line);
}

TEST(Length, TheLongestLineMayHaveThreeBytesACharacter)
{
    const auto line = repeat(chinese, most / 2) + "\n"; // longer than what one ReadFile returns

    expect_printed(line, line);
}

TEST(Length, OneCharacterMoreIsRefused)
{
    execution run{program("parent"), input("fits\n" + repeat("x", most + 1) + "\nnext\n")};

    run.run_to_end();

    EXPECT_EQ(printed(run), "fits\n") << "the line is refused, not cut\n" << errors(run);
    EXPECT_THAT(run.process("parent"), ended_with(1)) << run.timeline();
    EXPECT_THAT(run.process("parent").error_output(), HasSubstr("too long")) << run.timeline();
}

TEST(Length, NothingBehindTheMessageIsWritten)
{
    const auto longest = repeat("x", most);
    execution run{program("parent"), input(longest + "\n" + longest + longest + "\n")};
    run.process("parent").run_to(after("MapViewOfFile"));
    const shared_page page(run);
    page.fill_behind_the_message(0xA5);

    run.run_to_end();

    EXPECT_EQ(printed(run), longest + "\n") << errors(run);
    EXPECT_THAT(page.behind_the_message(), Each(Eq(0xA5)))
        << "the message has 2004 bytes: a line must not be written behind them\n"
        << run.timeline();
}

TEST(Length, ASmileCountsAsTwoCharacters)
{
    const auto longest = repeat(smile, most / 2);
    execution run{program("parent"), input(longest + "\n" + longest + "x\n")};
    run.process("parent").run_until_blocked();

    const shared_page page(run);
    EXPECT_EQ(page.length(), most) << "characters of UTF-16\n" << errors(run);
    run.run_to_end();

    EXPECT_EQ(printed(run), longest + "\n") << errors(run);
    EXPECT_THAT(run.process("parent"), ended_with(1)) << "one character too many\n" << errors(run);
}

TEST(Unicode, TextFromAFileArrivesWhole)
{
    const auto lines = chinese + "\n" + smile + " " + chinese + "\n";

    expect_printed(lines, lines);
}

TEST(Unicode, TextFromAPipeArrivesWhole)
{
    const auto lines = chinese + "\n" + smile + " " + chinese + "\n";
    piped_program parent(program("parent"));

    parent.write(lines);
    parent.close();

    EXPECT_EQ(parent.exit_code(), 0U) << parent.error_output();
    EXPECT_EQ(parent.output(), lines) << parent.error_output();
}

TEST(Unicode, ACharacterMayComeInTwoPieces)
{
    piped_program parent(program("parent"));

    parent.write(smile.substr(0, 2)); // one ReadFile returns this,
    parent.write(smile.substr(2) + " " + chinese.substr(0, 1));
    parent.write(chinese.substr(1) + "\n"); // and another one this
    parent.close();

    EXPECT_EQ(parent.exit_code(), 0U) << parent.error_output();
    EXPECT_EQ(parent.output(), smile + " " + chinese + "\n") << parent.error_output();
}

TEST(Unicode, ALineMayComeInPiecesAndALineEndToo)
{
    piped_program parent(program("parent"));

    parent.write("first\r");
    parent.write("\nsec");
    parent.write("ond\nthird\nfour");
    parent.write("th");
    parent.close();

    EXPECT_EQ(parent.exit_code(), 0U) << parent.error_output();
    EXPECT_EQ(parent.output(), "first\nsecond\nthird\nfourth\n") << parent.error_output();
}

TEST(Unicode, ThePipesOtherEndIsTheEndOfTheInput)
{
    piped_program parent(program("parent"));

    parent.close();

    EXPECT_EQ(parent.exit_code(), 0U)
        << "a pipe whose other end is closed is no error, but the end\n"
        << parent.error_output();
    EXPECT_EQ(parent.output(), "");
}

TEST(IllFormed, BytesThatAreNotUtf8AreReported)
{
    for (const auto* bytes : {
             "\xFF",             // never part of UTF-8
             "caf\xE9",          // Latin-1
             "\xE4\xBD",         // the beginning of a character
             "\xA0",             // the end of one
             "\xC0\xAF",         // a slash in two bytes
             "\xED\xA0\x80",     // half of a surrogate pair
             "\xF4\x90\x80\x80", // beyond the last character
         }) {
        execution run{program("parent"), input(std::string("good\n") + bytes + "\nnext\n")};

        run.run_to_end();

        EXPECT_EQ(printed(run), "good\n") << "nothing of an ill-formed line\n" << errors(run);
        expect_reported(run, run.process("parent"), "MultiByteToWideChar",
                        ERROR_NO_UNICODE_TRANSLATION);
    }
}

TEST(IllFormed, AnEndInTheMiddleOfACharacterIsReported)
{
    execution run{program("parent"), input("good\n" + chinese.substr(0, 5))};

    run.run_to_end();

    EXPECT_EQ(printed(run), "good\n") << errors(run);
    expect_reported(run, run.process("parent"), "MultiByteToWideChar",
                    ERROR_NO_UNICODE_TRANSLATION);
}

TEST(IllFormed, HalfOfASurrogatePairIsReportedByTheChild)
{
    execution run{program("parent"), input("hello\nnext\n")};
    auto& parent = run.process("parent");
    parent.run_to(after("SetEvent"));
    shared_page(run).text()[1] = L'\xD83D';

    run.run_to_end();

    expect_reported(run, run.process("child"), "WideCharToMultiByte", ERROR_NO_UNICODE_TRANSLATION);
    EXPECT_EQ(printed(run), "") << "nothing of an ill-formed line\n" << errors(run);
    EXPECT_THAT(parent, ended_with(1)) << "as its child\n" << run.timeline();
}

TEST(Errors, AnInputThatCannotBeReadIsReported)
{
    piped_program parent(program("parent"), unusable::input);

    EXPECT_EQ(parent.exit_code(), 1U) << "this is not the end of the input";
    EXPECT_THAT(parent.error_output(), AllOf(HasSubstr("ReadFile"), HasSubstr("(error 5)")));
}

TEST(Errors, AnOutputThatCannotBeWrittenIsReported)
{
    piped_program parent(program("parent"), unusable::output);

    parent.write("hello\n");
    parent.close();

    EXPECT_EQ(parent.exit_code(), 1U) << "the child's exit code, and then the parent's";
    EXPECT_THAT(parent.error_output(), AllOf(HasSubstr("WriteFile"), HasSubstr("(error 5)")));
}

TEST(Children, AllThatTheParentHoldsIsGivenBack)
{
    execution run{program("parent"), input("first\nsecond\n")};

    run.run_to_end();

    ASSERT_EQ(children(run), 2) << errors(run);
    expect_nothing_open(run, run.process("parent"));
    for (const int nth : {1, 2})
        expect_nothing_open(run, run.process("child", nth));
}

TEST(Children, NoHandleOfAChildIsKeptForTheNextLine)
{
    execution run{program("parent"), input("first\nsecond\n")};
    auto& parent = run.process("parent");
    parent.run_until_blocked();
    run.process("child").run_to_end();

    parent.run_to(before("CreateProcessW"));

    for (const auto& handle : parent.open_handles())
        EXPECT_THAT(handle.object, Not(HasSubstr("child")))
            << "a thousand lines would leave a thousand handles\n"
            << run.timeline();
}

TEST(Children, TheFirstOneThatFailsEndsTheParentWithItsExitCode)
{
    execution run{program("parent"), input("first\nsecond\nthird\n")};
    auto& parent = run.process("parent");
    parent.run_until_blocked();
    run.process("child").run_to_end();
    parent.run_until_blocked();

    ASSERT_EQ(children(run), 2) << errors(run);
    run.process("child", 2).kill(42);
    run.run_to_end();

    EXPECT_THAT(parent, ended_with(42)) << run.timeline();
    EXPECT_EQ(children(run), 2) << "the third line is not read any more\n" << run.timeline();
}

TEST(Console, WhatIsTypedArrivesWhole)
{
    const temporary_file out("");
    pseudo_console console(program("parent"), {.input = {}, .output = out.path()});

    console.type(chinese + "  " + smile + " \r");
    console.type("second\r");
    console.type("\x1a\r");

    EXPECT_EQ(console.exit_code(), 0U) << console.shown();
    EXPECT_EQ(out.content(), chinese + "  " + smile + " \nsecond\n") << console.shown();
}

TEST(Console, WhatIsPrintedIsShownWhole)
{
    // No smile: the console of Wine 8 draws the halves of a pair one by one, as U+FFFD twice.
    const std::string german = "Gr\xC3\xBC\xC3\x9F"
                               "e";
    const temporary_file in(chinese + "\n" + german + "\n");
    pseudo_console console(program("parent"), {.input = in.path(), .output = {}});

    EXPECT_EQ(console.exit_code(), 0U) << console.shown();
    EXPECT_THAT(console.shown(), AllOf(HasSubstr(chinese), HasSubstr(german)));
}

TEST(Console, TheChildPrintsOnTheConsoleOfItsParent)
{
    pseudo_console console(program("parent"));

    console.type(chinese + "\r\x1a\r");

    EXPECT_EQ(console.exit_code(), 0U) << console.shown();
    const auto shown = console.shown();
    EXPECT_NE(shown.find(chinese), shown.rfind(chinese))
        << "once as it is typed, and once printed by the child:\n"
        << shown;
}

TEST(Console, AnEmptyLineIsNotTheEndOfWhatIsTyped)
{
    const temporary_file out("");
    pseudo_console console(program("parent"), {.input = {}, .output = out.path()});

    console.type("above\r\rbelow\r\x1a\r");

    EXPECT_EQ(console.exit_code(), 0U) << console.shown();
    EXPECT_EQ(out.content(), "above\n\nbelow\n") << console.shown();
}

TEST(Console, ALongLineMayBeTyped)
{
    const temporary_file out("");
    pseudo_console console(program("parent"), {.input = {}, .output = out.path()});

    console.type(repeat("x", most) + "\r\x1a\r");

    EXPECT_EQ(console.exit_code(), 0U) << console.shown();
    EXPECT_EQ(out.content(), repeat("x", most) + "\n") << console.shown();
}

TEST(Console, ControlZIsTheEndOfTheInput)
{
    const temporary_file out("");
    pseudo_console console(program("parent"), {.input = {}, .output = out.path()});

    console.type("\x1a\r");

    EXPECT_EQ(console.exit_code(), 0U) << console.shown();
    EXPECT_EQ(out.content(), "") << console.shown();
}
