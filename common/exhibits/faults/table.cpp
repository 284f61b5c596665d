#include "table.h"

#include "chat.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace faults {
namespace {

constexpr std::array<std::size_t, 3> widths{28, 35, 35}; // columns on the terminal

bool begins_character(char byte)
{
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
}

// What UTF-8 text takes on a terminal: characters from three bytes on take two columns.
std::size_t width_of(std::string_view text)
{
    const auto wide = std::ranges::count_if(
        text, [](char byte) { return static_cast<unsigned char>(byte) >= 0xE0; });
    return static_cast<std::size_t>(std::ranges::count_if(text, begins_character) + wide);
}

// Breaks at blanks; further lines are indented.
std::vector<std::string> wrapped(const findings& sentences, std::size_t width)
{
    std::vector<std::string> lines;
    for (const auto& sentence : sentences) {
        std::string line;
        std::size_t begin = 0;
        while (begin <= sentence.size()) {
            const auto end = std::min(sentence.find(' ', begin), sentence.size());
            const auto word = sentence.substr(begin, end - begin);
            if (!line.empty() && width_of(line) + 1 + width_of(word) > width) {
                lines.push_back(line);
                line = "  " + word;
            } else {
                line += (line.empty() ? "" : " ") + word;
            }
            begin = end + 1;
        }
        lines.push_back(line);
    }
    return lines;
}

std::string text_row(const std::array<findings, 3>& cells)
{
    std::array<std::vector<std::string>, 3> columns;
    std::size_t height = 0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        columns[i] = wrapped(cells[i], widths[i] - 2);
        height = std::max(height, columns[i].size());
    }
    std::string text;
    for (std::size_t y = 0; y < height; ++y) {
        std::string line;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const auto part = y < columns[i].size() ? columns[i][y] : "";
            line += part + std::string(widths[i] - std::min(widths[i], width_of(part)), ' ');
        }
        text += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
    }
    return text;
}

std::string joined(const findings& sentences)
{
    std::string text;
    for (const auto& sentence : sentences) {
        const std::string emphasis = sentence.ends_with(':') ? "*" : ""; // what follows is of this
        text.append(text.empty() ? "" : "<br>").append(emphasis).append(sentence).append(emphasis);
    }
    return text;
}

} // namespace

std::string as_text(const std::vector<row>& rows)
{
    auto text = text_row({{{"Fault"}, {"Lesson 7"}, {"Lesson 14"}}}) + '\n';
    for (const auto& [of, before, after] : rows)
        text += text_row({{{of->name + ":", of->how}, before, after}}) + '\n';
    return text +
           "Lesson 14 ends with 2 when the other process has died, with 3 when it is silent,\n"
           "with 4 when it sends what is no message.\n";
}

std::string as_markdown(const std::vector<row>& rows)
{
    std::string text = "| Fault | Lesson 7 | Lesson 14 |\n|---|---|---|\n";
    for (const auto& [of, before, after] : rows)
        text += "| \\ref lesson" + of->lesson + " \"" + of->name + "\"<br>" + of->how + " | " +
                joined(before) + " | " + joined(after) + " |\n";
    return text;
}

} // namespace faults
