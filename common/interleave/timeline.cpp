#include "execution_state.h"

#include <algorithm>
#include <sstream>

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
    if (event.call == function::WaitForMultipleObjects)
        return "object " + std::to_string(result);
    return "signalled";
}

bool is_creation(function call)
{
    return call == function::CreateFileMappingW || call == function::CreateEventW ||
           call == function::CreateSemaphoreW || call == function::CreateMutexW;
}

std::string outcome(const event& event)
{
    switch (event.call) {
    case function::WaitForSingleObject:
    case function::WaitForMultipleObjects:
        return wait_result(event);
    case function::Sleep:
        return std::to_string(event.arguments.at(0)) + " ms";
    case function::ResumeThread:
        return "";
    default:
        if (event.result == 0)
            return "failed, error " + std::to_string(event.last_error);
        return is_creation(event.call) && event.last_error == ERROR_ALREADY_EXISTS
                   ? "exists already"
                   : "";
    }
}

// One thing that happened, as a reader wants to hear it: call, object, outcome, line.
std::string cell(const event& event)
{
    std::string text;
    if (event.is_end && event.call == function::thread_exit)
        return "the thread ends";
    if (event.is_end) {
        text = event.is_killed
                   ? "killed by the test"
                   : "ends, exit code " + exit_code_text(static_cast<DWORD>(event.result));
        return text;
    }
    if (event.call == function::process_start || event.call == function::thread_start)
        return event.call == function::process_start ? "starts" : "a thread starts";
    if (event.call == function::crash) {
        std::ostringstream code;
        code << std::hex << std::uppercase << event.arguments.at(0);
        text = "crashes: exception 0x" + code.str();
    } else {
        text = name_of(event.call);
        if (!event.object.empty())
            text += " " + event.object;
        if (event.when == phase::blocked)
            text += " ... blocked";
        else if (const auto result = outcome(event); !result.empty())
            text += " -> " + result;
        if (event.is_injected)
            text += " (by the test)";
    }
    const auto line = source_line(event.process->path, event.frames);
    return line.empty() ? text : text + "  " + line;
}

} // namespace

std::string format_timeline(const execution_state& state, const std::vector<event>& history,
                            const std::vector<std::unique_ptr<process_state>>& processes)
{
    constexpr std::size_t shown = 200; // of a long run, the end
    const auto first = history.size() > shown ? history.size() - shown : 0;

    std::vector<std::string> cells;
    std::vector<std::size_t> widths;
    widths.reserve(processes.size());
    for (const auto& process : processes)
        widths.push_back(process->name.size());
    const auto column_of = [&](const event& event) {
        const auto found = std::ranges::find(processes, event.process,
                                             [](const auto& process) { return process.get(); });
        return static_cast<std::size_t>(found - processes.begin());
    };
    for (auto i = first; i < history.size(); ++i) {
        cells.push_back((history[i].preempts ? "* " : "") + cell(history[i]));
        auto& width = widths[column_of(history[i])];
        width = std::max(width, cells.back().size());
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
        out << "       (" << first << " earlier ones are not shown)\n";
    bool preempted = false;
    for (auto i = first; i < history.size(); ++i) {
        const auto number = std::to_string(history[i].step);
        out << std::string(4 - std::min<std::size_t>(4, number.size()), ' ') << number << "   ";
        for (std::size_t column = 0; column < column_of(history[i]); ++column)
            pad("", widths[column] + 3);
        out << cells[i - first] << "\n";
        preempted = preempted || history[i].preempts;
    }
    if (preempted)
        out << "* runs although the one before could have gone on (a preemption)\n";
    out << "\n" << state.where_all_stand() << "replay: " << state.schedule() << "\n";
    return out.str();
}

} // namespace interleave
