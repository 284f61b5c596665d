#include "report.h"

#include "figures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

namespace {

std::string printed(const char* format, double value)
{
    char text[40];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

std::string spread(const figure& all)
{
    return rounded(all.least) + '-' + rounded(all.most);
}

// Large ones in thousands (k) or millions (M).
std::string ratio(double value)
{
    if (value >= 1e6)
        return rounded(value / 1e6) + 'M';
    if (value >= 1e4)
        return rounded(value / 1e3) + 'k';
    return value < 1 ? printed("%.2f", value) : rounded(value);
}

std::string to_the_right(const std::string& text, std::size_t width)
{
    return std::string(width - std::min(width, text.size()), ' ') + text;
}

std::string to_the_left(const std::string& text, std::size_t width)
{
    return text + std::string(width - std::min(width, text.size()), ' ');
}

// One of the two tables of times: which figures, and how they are compared.
struct view
{
    const char* name;
    const char* title;
    std::array<std::optional<figure>, sizes.size()> row::* figures;
    const row& limit;
    bool less_is_better;

    // How many times worse than the limit; nothing where there are no figures.
    [[nodiscard]] std::optional<double> worse(const row& row, std::size_t size) const
    {
        const auto& own = (row.*figures)[size];
        const auto& best = (limit.*figures)[size];
        if (!own || !best)
            return std::nullopt;
        return less_is_better ? own->median / best->median : best->median / own->median;
    }
};

std::array<view, 2> views(const report& report)
{
    return {
        view{"Round trip", "Round trip, in microseconds; the ratio is to the event ping-pong",
             &row::round_trip, report.rows.front(), true},
        view{"Throughput",
             "Throughput, in megabytes a second; the ratio says how many times memcpy is faster",
             &row::rate, report.rows.back(), false}};
}

// What stands in place of figures.
std::string no_figures(const row& row, std::size_t size)
{
    return row.capacity < sizes[size] ? "does not fit" : "-";
}

bool has_any(const row& row, const view& view)
{
    const auto& all = row.*view.figures;
    return std::any_of(all.begin(), all.end(), [](const auto& one) { return one.has_value(); });
}

constexpr std::size_t name_width = 19;
constexpr std::size_t cell_width = 27;

void append_table(std::ostringstream& text, const report& report, const view& view)
{
    text << view.title << "\n\n" << std::string(name_width, ' ');
    for (const auto name : size_names)
        text << to_the_right(std::string(name), cell_width);
    text << '\n' << std::string(name_width, ' ');
    for (std::size_t size = 0; size < sizes.size(); ++size)
        text << " median    least-most ratio";
    text << '\n';
    for (const auto& row : report.rows) {
        if (!has_any(row, view))
            continue;
        text << to_the_left(row.name, name_width);
        for (std::size_t size = 0; size < sizes.size(); ++size) {
            const auto& own = (row.*view.figures)[size];
            text << (own ? to_the_right(rounded(own->median), 7) + to_the_right(spread(*own), 14) +
                               to_the_right(ratio(view.worse(row, size).value_or(0)), 6)
                         : to_the_right(no_figures(row, size), cell_width));
        }
        text << '\n';
    }
    text << '\n';
}

void append_markdown(std::ostringstream& text, const report& report, const view& view)
{
    text << "### " << view.name << "\n\n" << view.title << ".\n\n| |";
    for (const auto name : size_names)
        text << ' ' << name << " | least-most | ratio |";
    text << "\n|---|";
    for (std::size_t size = 0; size < sizes.size(); ++size)
        text << "--:|--:|--:|";
    text << '\n';
    for (const auto& row : report.rows) {
        if (!has_any(row, view))
            continue;
        text << "| " << row.name << " |";
        for (std::size_t size = 0; size < sizes.size(); ++size) {
            const auto& own = (row.*view.figures)[size];
            if (own)
                text << ' ' << rounded(own->median) << " | " << spread(*own) << " | "
                     << ratio(view.worse(row, size).value_or(0)) << " |";
            else
                text << ' ' << no_figures(row, size) << " | | |";
        }
        text << '\n';
    }
    text << '\n';
}

std::uint64_t lost(const row& row)
{
    return row.sent - std::min(row.sent, row.right + row.wrong);
}

const row* find(const report& report, std::string_view name)
{
    const auto found = std::find_if(report.rows.begin(), report.rows.end(),
                                    [&](const row& row) { return row.name == name; });
    return found == report.rows.end() ? nullptr : &*found;
}

} // namespace

std::string rounded(double value)
{
    if (value >= 99.95)
        return printed("%.0f", value);
    if (value >= 9.995)
        return printed("%.1f", value);
    if (value >= 0.9995)
        return printed("%.2f", value);
    if (value >= 0.09995)
        return printed("%.3f", value);
    return printed("%.4f", value);
}

std::string to_text(const report& report)
{
    std::ostringstream text;
    for (const auto& view : views(report))
        append_table(text, report, view);

    text << "Messages                 sent       right   lost  wrong\n";
    for (const auto& row : report.rows)
        if (row.sent > 0)
            text << to_the_left(row.name, name_width) << to_the_right(std::to_string(row.sent), 10)
                 << to_the_right(std::to_string(row.right), 12)
                 << to_the_right(std::to_string(lost(row)), 7)
                 << to_the_right(std::to_string(row.wrong), 7) << '\n';
    text << '\n';
    for (const auto& fact : report.facts)
        text << fact << '\n';
    for (const auto& verdict : verdicts(report))
        text << verdict.substr(0, verdict.find(" and ")) << '\n'
             << "      " << verdict.substr(verdict.find(" and ")) << '\n';
    return text.str();
}

std::string to_markdown(const report& report)
{
    std::ostringstream text;
    for (const auto& fact : report.facts)
        text << "- " << fact << '\n';
    text << '\n';
    for (const auto& view : views(report))
        append_markdown(text, report, view);
    text << "### Messages\n\n"
         << "| | sent | right | lost | wrong |\n|---|--:|--:|--:|--:|\n";
    for (const auto& row : report.rows)
        if (row.sent > 0)
            text << "| " << row.name << " | " << row.sent << " | " << row.right << " | "
                 << lost(row) << " | " << row.wrong << " |\n";
    text << '\n';
    text << "### Lesson 14\n\n";
    for (const auto& verdict : verdicts(report))
        text << "- " << verdict << '\n';
    return text.str();
}

std::vector<std::string> verdicts(const report& report)
{
    std::vector<std::string> all;
    const auto* final_version = find(report, "lesson 14");
    const auto* pipe = find(report, "named pipe");
    if (!final_version || !pipe)
        return all;
    for (std::size_t size = 0; size < sizes.size(); ++size) {
        const auto& own = final_version->round_trip[size];
        const auto& ping_pong = report.rows.front().round_trip[size];
        const auto& other = pipe->round_trip[size];
        if (own && ping_pong && other)
            all.push_back(std::string(size_names[size]) + ": lesson 14 takes " +
                          ratio(own->median / ping_pong->median) +
                          " times the event ping-pong (wanted: at most 1.3) and " +
                          ratio(own->median / other->median) +
                          " times the named pipe (wanted: less than 1)");
    }
    return all;
}

} // namespace bench
