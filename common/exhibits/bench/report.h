#pragma once

#include "figures.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

inline constexpr std::array<std::size_t, 3> sizes{64, 1024, 65'536}; // bytes of a message
inline constexpr std::array<std::string_view, 3> size_names{"64 B", "1 KiB", "64 KiB"};

struct row
{
    std::string name;
    std::size_t capacity = 0; // bytes
    // One for each size; nothing where it was not measured.
    std::array<std::optional<figure>, sizes.size()> round_trip{}; // microseconds
    std::array<std::optional<figure>, sizes.size()> rate{};       // megabytes (10^6 bytes) a second
    std::uint64_t sent = 0;
    std::uint64_t right = 0;
    std::uint64_t wrong = 0;
};

struct report
{
    std::vector<std::string> facts; // about the machine and the run, a sentence each
    std::vector<row> rows;          // the first: the event ping-pong; the last: memcpy
};

// For a terminal, up to 100 columns wide.
std::string to_text(const report& report);
// For a page.
std::string to_markdown(const report& report);
// A plot, for a page or alone. Text has the page's colour.
std::string to_svg(const report& report);

// What was expected of lesson 14, against what was measured; a sentence each.
std::vector<std::string> verdicts(const report& report);

// Three digits that count: 0.123, 1.23, 12.3, 123, 1230.
std::string rounded(double value);

} // namespace bench
