// How fast is each way to send a message from one process to another, side by side?
//
//   bench [--quick] [--to <folder>]
//
// Prints the tables. With --to, also writes bench.md and bench.svg into the folder, which must
// exist. --quick takes a few seconds, for figures that are good for little.
// Exit code 0: every message has arrived as it was sent, but for lesson 7, whose fault this is.
#include "figures.h"
#include "machine.h"
#include "report.h"
#include "measured_run.h"
#include "transport.h"
#include "winipc/error.h"
#include "winipc/text.h"

#include <windows.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using bench::sizes;
using bench::transport;

struct options
{
    bool quick = false;
    std::optional<std::filesystem::path> folder;
};

options read_options(int argc, wchar_t** argv)
{
    options chosen;
    for (int index = 1; index < argc; ++index) {
        const std::wstring_view argument = argv[index];
        if (argument == L"--quick")
            chosen.quick = true;
        else if (argument == L"--to" && index + 1 < argc)
            chosen.folder = argv[++index];
        else
            throw std::invalid_argument("usage: bench [--quick] [--to <folder>]");
    }
    if (chosen.folder && !std::filesystem::is_directory(*chosen.folder))
        throw std::invalid_argument("bench: there is no folder " +
                                    winipc::to_utf8(chosen.folder->native()));
    return chosen;
}

// How much is measured.
struct effort
{
    int repetitions;
    double seconds; // for round trips, and again for throughput, of one way and size
};

constexpr effort full{21, 0.02}; // where the processes run differs from run to run: many short ones
constexpr effort quick{3, 0.01};

// One way and one size, over all repetitions.
struct series
{
    const transport* way; // null: memcpy
    std::size_t row;
    std::size_t size; // index
    bench::run_plan plan{};
    std::vector<double> round_trips{};
    std::vector<double> rates{};
};

// An even number.
std::uint32_t count_for(double seconds, double one, std::uint32_t at_most)
{
    constexpr double at_least = 10;
    const auto count = std::min(at_most, static_cast<std::uint32_t>(std::clamp(
                                             seconds / one, at_least, 1.0 * bench::most_messages)));
    return count / 2 * 2; // of two round trips one is timed
}

class benchmark
{
public:
    explicit benchmark(const effort& effort) : effort_(effort)
    {
        for (const auto& way : bench::transports())
            add_row(&way, way.name, way.capacity);
        add_row(nullptr, "memcpy", bench::longest_message);
    }

    bench::report measure()
    {
        show("Warming up       ");
        for (auto& one : all_)
            plan(one);
        for (int repetition = 1; repetition <= effort_.repetitions; ++repetition) {
            show("\nRepetition " + std::to_string(repetition) + " of " +
                 std::to_string(effort_.repetitions) + ' ');
            for (auto& one : all_)
                repeat(one);
        }
        show("\n\n");
        share_what_has_no_size();
        for (const auto& one : all_)
            finish(one);
        return report_;
    }

private:
    void add_row(const transport* way, const char* name, std::size_t capacity)
    {
        for (std::size_t size = 0; size < sizes.size(); ++size)
            if (sizes[size] <= capacity)
                all_.push_back({.way = way, .row = report_.rows.size(), .size = size});
        report_.rows.push_back({.name = name, .capacity = capacity});
    }

    // Finds out how many messages fit into the time, which also warms up.
    void plan(series& one)
    {
        show(".");
        if (!one.way)
            return;
        const auto few = std::min(100U, one.way->at_most);
        const auto first = run(*one.way, {.message_size = sizes[one.size],
                                          .round_trips = few,
                                          .stream = one.way->has_messages ? few : 0});
        one.plan = {.message_size = sizes[one.size],
                    .round_trips =
                        count_for(effort_.seconds, first.round_trip / 1e6, one.way->at_most),
                    .stream = 0};
        if (one.way->has_messages)
            one.plan.stream =
                count_for(effort_.seconds, static_cast<double>(sizes[one.size]) / first.rate,
                          one.way->at_most);
    }

    void repeat(series& one)
    {
        show(".");
        if (!one.way) {
            using std::chrono::milliseconds;
            one.rates.push_back(bench::copy_rate(sizes[one.size], milliseconds(static_cast<int>(
                                                                      effort_.seconds * 1000))) /
                                1e6);
            return;
        }
        const auto result = run(*one.way, one.plan);
        one.round_trips.push_back(result.round_trip);
        if (!one.way->has_messages)
            return;
        one.rates.push_back(result.rate / 1e6);
        auto& row = report_.rows[one.row];
        row.sent += result.sent;
        row.right += result.right;
        row.wrong += result.wrong;
    }

    // Events carry no bytes: their runs for all the sizes are runs of the same.
    void share_what_has_no_size()
    {
        std::vector<double> together;
        for (const auto& one : all_)
            if (one.way && !one.way->has_messages)
                together.insert(together.end(), one.round_trips.begin(), one.round_trips.end());
        for (auto& one : all_)
            if (one.way && !one.way->has_messages)
                one.round_trips = together;
    }

    void finish(const series& one)
    {
        auto& row = report_.rows[one.row];
        if (!one.round_trips.empty())
            row.round_trip[one.size] = bench::figure_of(one.round_trips);
        if (!one.rates.empty())
            row.rate[one.size] = bench::figure_of(one.rates);
    }

    static void show(const std::string& progress) { std::cerr << progress << std::flush; }

    const effort& effort_;
    std::vector<series> all_;
    bench::report report_;
};

void write(const std::filesystem::path& file, const std::string& text)
{
    std::ofstream stream(file, std::ios::binary);
    stream << text;
    stream.close();
    if (!stream)
        throw std::runtime_error("cannot write " + winipc::to_utf8(file.native()));
}

bool all_have_arrived(const bench::report& report)
{
    return std::all_of(bench::transports().begin(), bench::transports().end(),
                       [&, row = report.rows.begin()](const transport& way) mutable {
                           const auto& its = *row++;
                           return way.may_lose || its.right == its.sent;
                       });
}

} // namespace

int wmain(int argc, wchar_t** argv)
try {
    const auto chosen = read_options(argc, argv);
    const auto& effort = chosen.quick ? quick : full;
    auto report = benchmark(effort).measure();
    report.facts = bench::machine_facts();
    report.facts.push_back("Medians of " + std::to_string(effort.repetitions) +
                           " repetitions, which take turns." +
                           (chosen.quick ? " A quick run: good enough to look at, no more." : ""));
    if (bench::boost_queue().empty())
        report.facts.emplace_back("Without Boost, which was not found.");

    std::cout << to_text(report);
    if (chosen.folder) {
        write(*chosen.folder / "bench.md", to_markdown(report));
        write(*chosen.folder / "bench.svg", to_svg(report));
    }
    if (!all_have_arrived(report))
        throw std::runtime_error("bench: messages were lost or wrong: see the table");
    return 0;
} catch (const std::exception& error) {
    return winipc::report(error);
}
