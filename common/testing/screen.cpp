#include "screen.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace winipc::testing {
namespace {

constexpr std::size_t incomplete = 0;
constexpr char escape = '\x1b';

// Of the UTF-8 character that begins so; 1 for what begins none.
std::size_t utf8_length(char first)
{
    const auto byte = static_cast<unsigned char>(first);
    return byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
}

char32_t code_point(std::string_view character)
{
    constexpr unsigned char first_masks[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    char32_t result = static_cast<unsigned char>(character.front()) & first_masks[character.size()];
    for (const char c : character.substr(1))
        result = (result << 6) | (static_cast<unsigned char>(c) & 0x3F);
    return result;
}

// Those that take two columns: the blocks that are wide as a whole.
// Source: Unicode Standard Annex #11, "East Asian Width"
bool is_wide(char32_t c)
{
    constexpr std::pair<char32_t, char32_t> wide[] = {
        {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},   {0xAC00, 0xD7A3},
        {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},
        {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
    };
    return std::ranges::any_of(
        wide, [&](const auto& range) { return range.first <= c && c <= range.second; });
}

// Of the sequence at the beginning of a text that starts with ESC; incomplete: its end is missing.
std::size_t sequence_length(std::string_view text)
{
    if (text.size() < 2)
        return incomplete;
    std::size_t last = 1;
    switch (text[1]) {
    case '[': // parameters, and a letter or the like
        last = 2;
        while (last < text.size() && (text[last] < '@' || text[last] > '~'))
            ++last;
        break;
    case ']': // the window's title: up to BEL, or ESC and backslash
        last = std::min(text.find('\a', 2), text.find("\x1b\\", 2));
        last += last < text.size() && text[last] == escape;
        break;
    case '#':
    case '(':
    case ')': // one more character
        last = 2;
        break;
    default:
        break;
    }
    return last < text.size() ? last + 1 : incomplete;
}

// "12;3" and the like; a number that is missing is 0.
std::vector<std::size_t> numbers_in(std::string_view parameters)
{
    std::vector<std::size_t> numbers(1);
    for (const char c : parameters) {
        if (c == ';')
            numbers.push_back(0);
        else if (c >= '0' && c <= '9')
            numbers.back() = std::min<std::size_t>(9999, numbers.back() * 10) +
                             static_cast<std::size_t>(c - '0');
    }
    numbers.resize(std::max<std::size_t>(2, numbers.size()));
    return numbers;
}

} // namespace

screen::screen(std::size_t width, std::size_t height)
    : width_(width), height_(height), lines_(height, empty_line())
{
}

screen::line screen::empty_line() const
{
    return {std::vector<std::string>(width_, " ")};
}

void screen::write(std::string_view part)
{
    rest_ += part;
    std::size_t done = 0;
    for (std::string_view text = rest_; !text.empty();) {
        const auto length =
            text.front() == escape ? sequence_length(text) : utf8_length(text.front());
        if (length == incomplete || length > text.size())
            break;
        take(text.substr(0, length));
        text.remove_prefix(length);
        done += length;
    }
    rest_.erase(0, done);
}

void screen::take(std::string_view element)
{
    switch (element.front()) {
    case escape:
        take_sequence(element);
        break;
    case '\r':
        cursor_ = {cursor_.row, 0};
        break;
    case '\n':
        lines_[cursor_.row].goes_on = false;
        new_line();
        break;
    case '\b':
        cursor_ = {cursor_.row, cursor_.column - (cursor_.column > 0)};
        break;
    case '\t':
        cursor_ = {cursor_.row, std::min(width_ - 1, (cursor_.column / 8 + 1) * 8)};
        break;
    default:
        if (static_cast<unsigned char>(element.front()) >= ' ')
            put(element);
        break;
    }
}

void screen::take_sequence(std::string_view sequence)
{
    const char kind = sequence.back();
    if (sequence == "\x1b"
                    "7" ||
        sequence == "\x1b[s")
        saved_ = cursor_;
    else if (sequence == "\x1b"
                         "8" ||
             sequence == "\x1b[u")
        cursor_ = saved_;
    else if (sequence[1] == '[' && sequence[2] != '?') {
        const auto numbers = numbers_in(sequence.substr(2, sequence.size() - 3));
        move(kind, numbers);
        erase(kind, numbers.front());
    }
}

// To another place: at least one step, and not beyond an edge. Rows and columns count from 1.
void screen::move(char kind, const std::vector<std::size_t>& numbers)
{
    const auto steps = std::max<std::size_t>(1, numbers[0]);
    const auto column = std::max<std::size_t>(1, numbers[1]) - 1;
    auto [row, old_column, is_behind] = cursor_;
    const auto before = [](std::size_t from, std::size_t by) { return from - std::min(from, by); };
    switch (kind) {
    case 'A':
        cursor_ = {before(row, steps), old_column};
        break;
    case 'B':
        cursor_ = {row + steps, old_column};
        break;
    case 'C':
        cursor_ = {row, old_column + steps};
        break;
    case 'D':
        cursor_ = {row, before(old_column, steps)};
        break;
    case 'E':
        cursor_ = {row + steps, 0};
        break;
    case 'F':
        cursor_ = {before(row, steps), 0};
        break;
    case 'G':
        cursor_ = {row, steps - 1};
        break;
    case 'd':
        cursor_ = {steps - 1, old_column};
        break;
    case 'H':
    case 'f':
        cursor_ = {steps - 1, column};
        break;
    default:
        return;
    }
    cursor_.row = std::min(cursor_.row, height_ - 1);
    cursor_.column = std::min(cursor_.column, width_ - 1);
}

// J: lines, K: within the line, 0 from the cursor, 1 up to it, 2 all. X: so many characters.
void screen::erase(char kind, std::size_t number)
{
    const auto [row, column, is_behind] = cursor_;
    if (kind == 'X')
        clear(row, column, column + std::max<std::size_t>(1, number));
    if (kind != 'J' && kind != 'K')
        return;
    clear(row, number == 0 ? column : 0, number == 1 ? column + 1 : width_);
    for (std::size_t other = 0; kind == 'J' && other < height_; ++other)
        if (number >= 2 || (number == 0 && other > row) || (number == 1 && other < row))
            clear(other, 0, width_);
}

void screen::put(std::string_view character)
{
    const std::size_t columns = is_wide(code_point(character)) ? 2 : 1;
    if (cursor_.is_behind || cursor_.column + columns > width_) {
        lines_[cursor_.row].goes_on = true;
        new_line();
        cursor_.column = 0;
    }
    set(cursor_.row, cursor_.column, character);
    if (columns == 2)
        set(cursor_.row, cursor_.column + 1, "");
    const auto next = cursor_.column + columns;
    cursor_ = {cursor_.row, std::min(next, width_ - 1), next >= width_};
}

void screen::new_line()
{
    cursor_.is_behind = false;
    if (cursor_.row + 1 < height_) {
        ++cursor_.row;
        return;
    }
    above_.push_back(std::move(lines_.front()));
    lines_.erase(lines_.begin());
    lines_.push_back(empty_line());
}

void screen::clear(std::size_t row, std::size_t begin, std::size_t end)
{
    for (auto column = begin; column < std::min(end, width_); ++column)
        set(row, column, " ");
    if (end >= width_)
        lines_[row].goes_on = false;
}

// Of a wide character no half is left.
void screen::set(std::size_t row, std::size_t column, std::string_view character)
{
    auto& cells = lines_[row].cells;
    if (cells[column].empty() && !character.empty() && column > 0)
        cells[column - 1] = " ";
    if (column + 1 < width_ && cells[column + 1].empty() && !cells[column].empty())
        cells[column + 1] = " ";
    cells[column] = character;
}

std::string screen::text() const
{
    std::string all;
    std::string current;
    const auto add = [&](const line& next) {
        for (const auto& cell : next.cells)
            current += cell;
        if (next.goes_on)
            return;
        current.erase(current.find_last_not_of(' ') + 1);
        all += std::exchange(current, {}) + "\n";
    };
    std::ranges::for_each(above_, add);
    std::ranges::for_each(lines_, add);
    all += current;
    all.erase(all.find_last_not_of('\n') + 1);
    return all.empty() ? all : all + "\n";
}

} // namespace winipc::testing
