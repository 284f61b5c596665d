#include "controller/wording.h"
#include "interleave/record.h"
#include "shared/calls.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

namespace interleave {
namespace {

constexpr std::uint64_t size_of_handle = 8; // bytes, in programs for x64

std::string outcome_words(const point_record& point)
{
    switch (point.came_of_it) {
    case outcome::none:
    case outcome::succeeded:
        return "";
    case outcome::failed:
        return "failed, error " + std::to_string(point.last_error);
    case outcome::exists_already:
        return "exists already";
    case outcome::signalled:
        return "signalled";
    case outcome::object_signalled:
        return "object " + std::to_string(point.index);
    case outcome::abandoned:
        return "abandoned";
    case outcome::timed_out:
        return "timed out";
    case outcome::slept:
        return std::to_string(point.limit.value_or(0)) + " ms";
    }
    return "";
}

std::string with_line(const std::string& text, const point_record& point)
{
    const auto line = line_words(point);
    return line.empty() ? text : text + "  " + line;
}

std::string end_of_process(const step_record& end)
{
    if (end.end == ending::killed_by_test)
        return "killed by the test";
    if (end.end == ending::ended_with_job)
        return "ended with its job";
    return "ends, exit code " + exit_code_words(static_cast<std::uint32_t>(end.point.result));
}

std::string crash(const point_record& point)
{
    const auto exception = exception_words(*point.exception);
    if (point.exception->kind == exception_kind::of_the_system)
        return with_line("crashes: " + exception, point);
    return with_line(exception + (point.text.empty() ? "" : ": " + point.text), point);
}

// One thing that happened, as a reader wants to hear it: call, object, outcome, line.
std::string step_words(const object_list& objects, const step_record& step)
{
    const auto& point = step.point;
    if (step.what == happening::thread_ended)
        return "the thread ends";
    if (step.what == happening::process_ended)
        return end_of_process(step);
    if (point.call == name_of(function::process_start))
        return "starts";
    if (point.call == name_of(function::thread_start))
        return "a thread starts";
    if (point.call == name_of(function::ctrl_c))
        return "Ctrl+C (by the test): a thread starts";
    if (point.exception)
        return crash(point);
    std::string text = point.call;
    if (point.does == effect::changes_attributes) { // all their names would be too long
        const auto bytes = point.arguments.at(4).value;
        text += " " + std::to_string(bytes / size_of_handle) +
                (bytes == size_of_handle ? " handle" : " handles");
    } else if (const auto object = object_words(objects, point); !object.empty()) {
        text += " " + object;
    }
    if (point.when == phase::blocked)
        text += " ... blocked";
    else if (const auto result = outcome_words(point); !result.empty())
        text += " -> " + result;
    if (step.is_injected)
        text += " (by the test)";
    return with_line(text, point);
}

// A line of the timeline.
struct row
{
    const step_record* first;
    const step_record* last;
    std::string text;
    std::size_t count = 1; // of accesses to memory

    [[nodiscard]] bool is_like(const row& other) const
    {
        return first->process == other.first->process && text == other.text;
    }
};

// Accesses in a row, by the same line of the program, to the same section.
bool continues(const row& before, const step_record& next)
{
    const auto& last = *before.last;
    return next.point.access && !next.preempts && last.process == next.process &&
           last.point.call == next.point.call && last.point.objects == next.point.objects &&
           last.point.stack_depth == next.point.stack_depth && last.point.file == next.point.file &&
           last.point.line == next.point.line;
}

std::string accesses(const object_list& objects, const row& row)
{
    const auto& first = row.first->point;
    return with_line(first.call + " " + object_words(objects, first) + " to +" +
                         std::to_string(row.last->point.access->offset) + " (" +
                         std::to_string(row.count) + " times)",
                     first);
}

std::vector<row> rows_of(const execution_record& record)
{
    std::vector<row> rows;
    for (const auto& step : record.steps) {
        if (!rows.empty() && continues(rows.back(), step)) {
            rows.back().last = &step;
            ++rows.back().count;
        } else {
            rows.push_back({&step, &step, {}});
        }
    }
    for (auto& row : rows)
        row.text = (row.first->preempts ? "* " : "") + (row.count == 1
                                                            ? step_words(record.objects, *row.first)
                                                            : accesses(record.objects, row));
    return rows;
}

// Who looks again and again makes the same few lines: they are shown twice, and counted.
std::vector<row> without_repetitions(const std::vector<row>& rows)
{
    std::vector<row> shorter;
    for (std::size_t i = 0; i < rows.size();) {
        std::size_t skipped = 0;
        for (std::size_t period = 1; period <= 4 && skipped == 0; ++period) {
            std::size_t end = i;
            while (end + period < rows.size() && rows[end].is_like(rows[end + period]))
                ++end;
            const auto repetitions = (end - i) / period; // besides the first time
            if (repetitions < 4)
                continue;
            for (std::size_t k = 0; k < 2 * period; ++k)
                shorter.push_back(rows[i + k]);
            auto note = rows[i + 2 * period];
            note.text = "... the same " + std::to_string(repetitions - 1) + " times more";
            shorter.push_back(note);
            skipped = (repetitions + 1) * period;
        }
        if (skipped == 0)
            shorter.push_back(rows[i]);
        i += std::max<std::size_t>(skipped, 1);
    }
    return shorter;
}

} // namespace

std::string format_steps(const execution_record& record)
{
    constexpr std::size_t shown = 200; // of a long run, the end
    const auto& processes = record.processes;
    const auto rows = without_repetitions(rows_of(record));
    const auto first = rows.size() > shown ? rows.size() - shown : 0;

    std::vector<std::size_t> widths;
    widths.reserve(processes.size());
    for (const auto& process : processes)
        widths.push_back(process.name.size());
    for (auto i = first; i < rows.size(); ++i) {
        auto& width = widths.at(rows[i].first->process);
        width = std::max(width, rows[i].text.size());
    }

    std::ostringstream out;
    const auto pad = [&](const std::string& text, std::size_t width) {
        out << text << std::string(width > text.size() ? width - text.size() : 0, ' ');
    };
    out << "step   ";
    for (std::size_t column = 0; column < processes.size(); ++column)
        pad(processes[column].name, column + 1 < processes.size() ? widths[column] + 3 : 0);
    out << "\n";
    if (first > 0)
        out << "       (" << first << " earlier lines are not shown)\n";
    bool preempted = false;
    for (auto i = first; i < rows.size(); ++i) {
        const auto number = std::to_string(rows[i].first->step);
        out << std::string(4 - std::min<std::size_t>(4, number.size()), ' ') << number << "   ";
        for (std::size_t column = 0; column < rows[i].first->process; ++column)
            pad("", widths[column] + 3);
        out << rows[i].text << "\n";
        preempted = preempted || rows[i].first->preempts;
    }
    if (preempted)
        out << "* runs although the one before could have gone on (a preemption)\n";
    return out.str();
}

std::string format_timeline(const execution_record& record)
{
    return format_steps(record) + "\n" + format_positions(record) +
           "replay: " + format_schedule(record) + "\n";
}

} // namespace interleave
