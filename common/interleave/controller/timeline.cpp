#include "controller/execution_state.h"
#include "shared/calls.h"
#include "shared/protocol.h"

#include <windows.h>

#include <algorithm>
#include <cstddef>
#include <ios>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace interleave {
namespace {

std::string wait_result(const event& event)
{
    const auto result = static_cast<DWORD>(event.result);
    if (result == WAIT_FAILED)
        return "failed, error " + std::to_string(event.last_error);
    if (result == WAIT_TIMEOUT)
        return "timed out";
    if (result >= WAIT_ABANDONED_0 && result < WAIT_ABANDONED_0 + MAXIMUM_WAIT_OBJECTS)
        return "abandoned";
    if (facts(event.call).waits == waiting::for_several)
        return "object " + std::to_string(result);
    return "signalled";
}

std::string outcome(const event& event)
{
    const auto& call = facts(event.call);
    if (call.waits_for_object())
        return wait_result(event);
    if (sleeps(event.call))
        return std::to_string(event.arguments.at(call.limit)) + " ms";
    if (call.has_failed(event.result))
        return "failed, error " + std::to_string(event.last_error);
    return call.does == effect::creates_object && event.last_error == ERROR_ALREADY_EXISTS
               ? "exists already"
               : "";
}

std::string with_line(const std::string& text, const event& event)
{
    const auto line = source_line(event.process->path, event.frames);
    return line.empty() ? text : text + "  " + line;
}

// One thing that happened, as a reader wants to hear it: call, object, outcome, line.
std::string describe(const event& event)
{
    if (event.is_end && event.call == function::thread_exit)
        return "the thread ends";
    if (event.is_end)
        return event.is_killed ? "killed by the test"
               : event.is_ended_by_job
                   ? "ended with its job"
                   : "ends, exit code " + exit_code_text(static_cast<DWORD>(event.result));
    if (event.call == function::process_start || event.call == function::thread_start)
        return event.call == function::process_start ? "starts" : "a thread starts";
    if (event.call == function::ctrl_c)
        return "Ctrl+C (by the test): a thread starts";
    if (event.call == function::crash && !uncaught_exception(event).empty())
        return with_line(uncaught_exception(event) +
                             (event.text.empty() ? "" : ": " + narrow(event.text)),
                         event);
    if (event.call == function::crash) {
        std::ostringstream code;
        code << std::hex << std::uppercase << event.arguments.at(0);
        return with_line("crashes: exception 0x" + code.str(), event);
    }
    std::string text{name_of(event.call)};
    if (facts(event.call).does == effect::changes_attributes) // all their names would be too long
        text += " " + std::to_string(event.arguments.at(4) / sizeof(HANDLE)) +
                (event.arguments.at(4) == sizeof(HANDLE) ? " handle" : " handles");
    else if (!event.object.empty())
        text += " " + event.object;
    if (event.when == phase::blocked)
        text += " ... blocked";
    else if (const auto result = outcome(event); !result.empty() && !is_memory_access(event.call))
        text += " -> " + result;
    if (event.is_injected)
        text += " (by the test)";
    return with_line(text, event);
}

// A line of the timeline.
struct row
{
    const event* first;
    const event* last;
    std::string text;
    std::size_t count = 1; // of accesses to memory

    [[nodiscard]] bool is_like(const row& other) const
    {
        return first->process == other.first->process && text == other.text;
    }
};

std::string section_of(const event& access)
{
    return access.object.substr(0, access.object.rfind('+'));
}

// Accesses in a row, by the same line of the program, to the same section.
bool continues(const row& before, const event& next)
{
    const auto& last = *before.last;
    return is_memory_access(next.call) && !next.preempts && last.process == next.process &&
           last.call == next.call && section_of(last) == section_of(next) &&
           last.frames.size() == next.frames.size() &&
           source_line(last.process->path, last.frames) ==
               source_line(next.process->path, next.frames);
}

std::vector<row> rows_of(const std::vector<event>& history)
{
    std::vector<row> rows;
    for (const auto& happened : history) {
        if (!rows.empty() && continues(rows.back(), happened)) {
            rows.back().last = &happened;
            ++rows.back().count;
        } else {
            rows.push_back({&happened, &happened, {}});
        }
    }
    for (auto& row : rows) {
        row.text = (row.first->preempts ? "* " : "");
        row.text += row.count == 1 ? describe(*row.first)
                                   : with_line(std::string(name_of(row.first->call)) + " " +
                                                   row.first->object + " to +" +
                                                   std::to_string(row.last->arguments.at(1)) +
                                                   " (" + std::to_string(row.count) + " times)",
                                               *row.first);
    }
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

std::string format_timeline(const execution_state& state, const std::vector<event>& history,
                            const std::vector<std::unique_ptr<process_state>>& processes)
{
    constexpr std::size_t shown = 200; // of a long run, the end
    const auto rows = without_repetitions(rows_of(history));
    const auto first = rows.size() > shown ? rows.size() - shown : 0;

    std::vector<std::size_t> widths;
    widths.reserve(processes.size());
    for (const auto& process : processes)
        widths.push_back(process->name.size());
    const auto column_of = [&](const row& row) {
        const auto found = std::ranges::find(processes, row.first->process,
                                             [](const auto& process) { return process.get(); });
        return static_cast<std::size_t>(found - processes.begin());
    };
    for (auto i = first; i < rows.size(); ++i) {
        auto& width = widths[column_of(rows[i])];
        width = std::max(width, rows[i].text.size());
    }

    std::ostringstream out;
    const auto pad = [&](const std::string& text, std::size_t width) {
        out << text << std::string(width > text.size() ? width - text.size() : 0, ' ');
    };
    out << "step   ";
    for (std::size_t column = 0; column < processes.size(); ++column)
        pad(processes[column]->name, column + 1 < processes.size() ? widths[column] + 3 : 0);
    out << "\n";
    if (first > 0)
        out << "       (" << first << " earlier lines are not shown)\n";
    bool preempted = false;
    for (auto i = first; i < rows.size(); ++i) {
        const auto number = std::to_string(rows[i].first->step);
        out << std::string(4 - std::min<std::size_t>(4, number.size()), ' ') << number << "   ";
        for (std::size_t column = 0; column < column_of(rows[i]); ++column)
            pad("", widths[column] + 3);
        out << rows[i].text << "\n";
        preempted = preempted || rows[i].first->preempts;
    }
    if (preempted)
        out << "* runs although the one before could have gone on (a preemption)\n";
    out << "\n" << state.where_all_stand() << "replay: " << state.schedule() << "\n";
    return out.str();
}

} // namespace interleave
