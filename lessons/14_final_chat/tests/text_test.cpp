// Promise 13: text arrives as it is.
#include "interleave/execution.h"
#include "interleave/matchers.h"
#include "questions.h"
#include "testing/files.h"
#include "testing/lines.h"
#include "testing/programs.h"
#include "testing/pseudo_console.h"
#include "winipc/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace final_chat {

using namespace interleave;
using namespace winipc::testing;
using ::testing::HasSubstr;

namespace {

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

} // namespace

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

} // namespace final_chat
