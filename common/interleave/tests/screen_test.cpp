// The picture that a console's stream makes, whichever way the console draws it. The streams are of
// the kinds that consoles send: text and line breaks as they were written, or a picture again.
#include "../../testing/screen.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>

using winipc::testing::screen;

namespace {

std::string shown_on(screen& target, std::string_view stream)
{
    target.write(stream);
    return target.text();
}

// On a small one.
std::string shown(std::string_view stream)
{
    screen target(20, 4);
    return shown_on(target, stream);
}

} // namespace

TEST(Screen, TextAndLineBreaks)
{
    EXPECT_EQ(shown(""), "");
    EXPECT_EQ(shown("> first\r\n> second"), "> first\n> second\n");
    EXPECT_EQ(shown("one\r\n\r\nthree\r\n"), "one\n\nthree\n");
    EXPECT_EQ(shown("abc\rX\bY\tZ"), "Ybc     Z\n");
}

TEST(Screen, ColoursTitlesAndModesLeaveNoTrace)
{
    EXPECT_EQ(shown("\x1b[?25l\x1b[2J\x1b[m\x1b[H\x1b]0;C:\\programs\\parent.exe\a\x1b[?25h"
                    "\x1b[38;2;1;2;3mred\x1b[0m\x1b(B\x1b#5\x1b[?12l and plain\x1b=\x1b[4;1r"),
              "red and plain\n");
}

TEST(Screen, BlanksMayBeCursorMoves)
{
    EXPECT_EQ(shown("a\x1b[3Cb"), "a   b\n");
    EXPECT_EQ(shown("a\x1b[10X\x1b[10Cb"), "a          b\n");
    EXPECT_EQ(shown("xxxxxxxxxxxxxx\ra\x1b[10X\x1b[10Cb"), "a          bxx\n");
    EXPECT_EQ(shown("a\x1b[12Gb"), "a          b\n");
    EXPECT_EQ(shown("a\x1b[1;12Hb"), "a          b\n");
}

TEST(Screen, LinesMayBeDrawnInAnyOrder)
{
    EXPECT_EQ(shown("\x1b[2;3Hsecond\x1b[Hfirst\x1b[3;1fthird"), "first\n  second\nthird\n");
    EXPECT_EQ(shown("\x1b[B\x1b[2Cb\x1b[A\x1b[2Da\x1b[Ec\x1b[Fd\x1b[3de"), "da\nc b\n e\n");
}

TEST(Screen, WhatIsDrawnAgainIsShownOnce)
{
    EXPECT_EQ(shown("> hello\x1b[?25l\x1b[H> hello\x1b[K\r\n\x1b[K\r\n\x1b[K\x1b[1;8H\x1b[?25h"),
              "> hello\n");
    EXPECT_EQ(shown("old words\x1b[H\x1b[2Jnew"), "new\n");
    EXPECT_EQ(shown("\x1b[s12345\x1b[uab\x1b"
                    "7cd\x1b"
                    "8C"),
              "abCd5\n");
}

TEST(Screen, Erases)
{
    EXPECT_EQ(shown("12345\x1b[3G\x1b[K"), "12\n");
    EXPECT_EQ(shown("12345\x1b[3G\x1b[1K"), "   45\n");
    EXPECT_EQ(shown("12345\x1b[3G\x1b[2K"), "");
    EXPECT_EQ(shown("12345\x1b[3G\x1b[2X"), "12  5\n");
    EXPECT_EQ(shown("a\r\nbcd\r\ne\x1b[2;2H\x1b[J"), "a\nb\n");
    EXPECT_EQ(shown("a\r\nbcd\r\ne\x1b[2;2H\x1b[1J"), "\n  d\ne\n");
}

TEST(Screen, ALongLineGoesOnInTheNextAndIsOneLine)
{
    const std::string longer = "0123456789012345678901234567890";
    const std::string full = longer.substr(0, 20);

    EXPECT_EQ(shown(longer + "\r\nx"), longer + "\nx\n");
    EXPECT_EQ(shown(full + "\r\nx"), full + "\nx\n") << "a full line is no longer one";
    EXPECT_EQ(shown(full + "\x1b[2;1Hx"), full + "\nx\n");
    EXPECT_EQ(shown(full + "\bx"), full.substr(0, 18) + "x9\n");
    EXPECT_EQ(shown(longer + "\x1b[H" + longer), longer + "\n") << "drawn again";
}

TEST(Screen, WhatScrollsAwayIsKept)
{
    EXPECT_EQ(shown("1\r\n2\r\n3\r\n4\r\n5\r\n6"), "1\n2\n3\n4\n5\n6\n");
    EXPECT_EQ(shown("1\r\n2\r\n3\r\n4\r\n5\x1b[H\x1b[2Jx"), "1\nx\n");
}

TEST(Screen, WideCharactersTakeTwoColumns)
{
    EXPECT_EQ(shown("\u4F60\u597D!\x1b[5GX"), "\u4F60\u597DX\n");
    EXPECT_EQ(shown("\U0001F600\x1b[3Gx"), "\U0001F600x\n");
    EXPECT_EQ(shown("\u4F60\u597D\x1b[2Gx"), " x\u597D\n") << "of a wide character no half is left";
    EXPECT_EQ(shown("\u4F60\u597D\x1b[3Gx"), "\u4F60x\n");
    EXPECT_EQ(shown("\x1b[20G\u4F60"), std::string(19, ' ') + " \u4F60\n")
        << "it fits in no line's end";
    EXPECT_EQ(shown("Gr\u00FC\u00DFe\x1b[7Gx"), "Gr\u00FC\u00DFe x\n");
}

TEST(Screen, TheStreamMayBeCutAnywhere)
{
    const std::string stream =
        "\x1b]0;title\x1b\\\u4F60\x1b[2;12H\U0001F600\x1b[Hx\x1b[10X\x1b[10C.";
    const auto whole = shown(stream);

    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        screen target(20, 4);
        target.write(stream.substr(0, cut));
        EXPECT_EQ(shown_on(target, stream.substr(cut)), whole) << "cut at " << cut;
    }
    EXPECT_EQ(whole, "x          .\n           \U0001F600\n");
}

TEST(Screen, NoNumberLeadsOutOfIt)
{
    EXPECT_EQ(shown("\x1b[99;99Hx\x1b[99A\x1b[99Dy\x1b[99999999999999C\x1b[99Xz"),
              "y                  z\n\n\n                   x\n");
}
