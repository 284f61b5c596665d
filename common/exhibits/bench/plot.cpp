// The plot, as SVG: one bar for each way and size, on a logarithmic scale, with a thin line from
// the least to the most. Text and lines have the colour of the page around it.
#include "figures.h"
#include "report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace bench {
namespace {

constexpr std::array<const char*, sizes.size()> colours{"#2f8fd6", "#e0872b", "#46a35c"};

constexpr int width = 960;
constexpr int left = 170; // of the bars
constexpr int right = 880;
constexpr int bar_height = 10;
constexpr int row_height = bar_height * static_cast<int>(sizes.size()) + 10;

using figures = std::array<std::optional<figure>, sizes.size()> row::*;

// Powers of ten at both ends.
class scale
{
public:
    scale(const std::vector<row>& rows, figures which)
    {
        double least = 1e300;
        double most = 0;
        for (const auto& row : rows)
            for (const auto& one : row.*which)
                if (one) {
                    least = std::min(least, one->least);
                    most = std::max(most, one->most);
                }
        first_ = static_cast<int>(std::floor(std::log10(least)));
        last_ = std::max(first_ + 1, static_cast<int>(std::ceil(std::log10(most))));
    }

    [[nodiscard]] double place(double value) const
    {
        return left + (std::log10(value) - first_) / (last_ - first_) * (right - left);
    }
    [[nodiscard]] int first() const { return first_; }
    [[nodiscard]] int last() const { return last_; }

private:
    int first_ = 0;
    int last_ = 1;
};

std::string number(double value)
{
    char text[40];
    std::snprintf(text, sizeof text, "%.1f", value);
    return text;
}

std::string power_of_ten(int exponent)
{
    char text[40];
    std::snprintf(text, sizeof text, "%.*f", std::max(0, -exponent), std::pow(10, exponent));
    return text;
}

void append_text(std::ostringstream& svg, double x, int y, const char* anchor,
                 const std::string& text, const char* more = "")
{
    svg << "<text x=\"" << number(x) << "\" y=\"" << y << "\" text-anchor=\"" << anchor << "\" "
        << more << '>' << text << "</text>\n";
}

void append_line(std::ostringstream& svg, double x1, double y1, double x2, double y2,
                 const char* opacity)
{
    svg << "<line x1=\"" << number(x1) << "\" y1=\"" << number(y1) << "\" x2=\"" << number(x2)
        << "\" y2=\"" << number(y2) << "\" stroke=\"currentColor\" stroke-opacity=\"" << opacity
        << "\"/>\n";
}

void append_bar(std::ostringstream& svg, const scale& scale, const figure& bar, int y,
                const char* colour)
{
    const double end = std::max(scale.place(bar.median), left + 1.0);
    svg << "<rect x=\"" << left << "\" y=\"" << y << "\" width=\"" << number(end - left)
        << "\" height=\"" << bar_height - 1 << "\" fill=\"" << colour << "\"/>\n";
    const double middle = y + (bar_height - 1) / 2.0;
    append_line(svg, scale.place(bar.least), middle, scale.place(bar.most), middle, "0.8");
    append_text(svg, std::max(end, scale.place(bar.most)) + 4, y + 8, "start", rounded(bar.median),
                "font-size=\"9\"");
}

// One panel; returns where the next one begins.
int append_panel(std::ostringstream& svg, const report& report, figures which,
                 const std::string& title, int top)
{
    std::vector<row> rows = report.rows;
    std::erase_if(rows, [&](const row& row) {
        const auto& all = row.*which;
        return std::none_of(all.begin(), all.end(),
                            [](const auto& one) { return one.has_value(); });
    });
    if (rows.empty())
        return top;
    const scale scale(rows, which);
    const int first = top + 44;
    const int bottom = first + static_cast<int>(rows.size()) * row_height;
    append_text(svg, 10, top + 16, "start", title, "font-weight=\"bold\"");
    for (int power = scale.first(); power <= scale.last(); ++power) {
        const double x = scale.place(std::pow(10, power));
        append_line(svg, x, first - 8, x, bottom, "0.2");
        append_text(svg, x, first - 12, "middle", power_of_ten(power), "font-size=\"10\"");
    }
    for (std::size_t index = 0; index < rows.size(); ++index) {
        const int y = first + static_cast<int>(index) * row_height;
        append_text(svg, left - 8, y + bar_height * 3 / 2 + 4, "end", rows[index].name);
        for (std::size_t size = 0; size < sizes.size(); ++size) {
            const int at = y + static_cast<int>(size) * bar_height;
            if (const auto& bar = (rows[index].*which)[size])
                append_bar(svg, scale, *bar, at, colours[size]);
        }
    }
    return bottom + 16;
}

} // namespace

std::string to_svg(const report& report)
{
    std::ostringstream panels;
    int y = 30;
    for (std::size_t size = 0; size < sizes.size(); ++size) {
        const int x = left + static_cast<int>(size) * 90;
        panels << "<rect x=\"" << x << "\" y=\"10\" width=\"12\" height=\"12\" fill=\""
               << colours[size] << "\"/>\n";
        append_text(panels, x + 18, 20, "start", std::string(size_names[size]));
    }
    y = append_panel(panels, report, &row::round_trip,
                     "Round trip, microseconds: shorter is better", y);
    y = append_panel(panels, report, &row::rate, "Throughput, megabytes a second: longer is better",
                     y);

    std::ostringstream svg;
    svg << "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"bench\" viewBox=\"0 0 " << width
        << ' ' << y << "\" width=\"" << width << "\" height=\"" << y
        << "\" font-family=\"sans-serif\" font-size=\"12\" fill=\"currentColor\" role=\"img\" "
           "style=\"max-width: 100%; height: auto\">\n"
        << "<title>Round trip and throughput of each way</title>\n"
        << panels.str() << "</svg>\n";
    return svg.str();
}

} // namespace bench
