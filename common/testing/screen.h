#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace winipc::testing {

/// What a terminal shows after a stream of text and control sequences. A console draws as it likes:
/// parts again, blanks by moving the cursor, the end of a line before its beginning. What can be
/// relied on is the picture.
///
/// Understood are the sequences of cursor moves (CSI A to H, d, f, and s, u, ESC 7, ESC 8), of
/// erasing (CSI J, K, X), CR, LF, BS and TAB; a line that is full goes on in the next one, and the
/// last one scrolls. Everything else, colours for instance, is read and has no effect.
/// Thread-safety: none.
/// @source "Console Virtual Terminal Sequences"
class screen
{
public:
    /// @param width, height in characters
    screen(std::size_t width, std::size_t height);

    /// Takes more of the stream, which may be cut anywhere.
    void write(std::string_view part);

    /// What is shown, and before it what has scrolled away: lines without the blanks at their ends,
    /// in UTF-8. A line that went on in the next one is one line.
    [[nodiscard]] std::string text() const;

private:
    struct line
    {
        std::vector<std::string> cells; // a wide character has an empty cell behind it
        bool goes_on = false;           // in the next line
    };
    struct position
    {
        std::size_t row = 0;
        std::size_t column = 0;
        bool is_behind = false; // the last column is full, and the next character begins a line
    };

    [[nodiscard]] line empty_line() const;
    [[nodiscard]] std::size_t length_at_front() const;
    void take(std::string_view element);
    void take_sequence(std::string_view sequence);
    void move(char kind, const std::vector<std::size_t>& numbers);
    void erase(char kind, std::size_t number);
    void put(std::string_view character);
    void new_line();
    void clear(std::size_t row, std::size_t begin, std::size_t end);
    void set(std::size_t row, std::size_t column, std::string_view character);

    std::size_t width_;
    std::size_t height_;
    std::vector<line> above_; // scrolled away
    std::vector<line> lines_;
    position cursor_;
    position saved_;
    std::string rest_; // the beginning of what the next part will complete
};

} // namespace winipc::testing
