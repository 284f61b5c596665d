#include "chat.h"

#include "interleave/execution.h"
#include "interleave/kinds.h"
#include "testing/programs.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace faults {

using namespace interleave;

namespace {

constexpr int step_limit = 20'000; // of one run: a guard

// A wait in which a thread is blocked is tried again: that is no step unless it is satisfied.
bool step(controlled_process& process)
{
    for (std::size_t i = 0; !process.has_ended() && i < process.thread_count(); ++i) {
        auto thread = process.thread(i);
        if (thread.has_ended())
            continue;
        const bool was_blocked = thread.is_blocked();
        thread.step();
        if (!was_blocked || !thread.is_blocked())
            return true;
    }
    return false;
}

std::string hexadecimal(std::uint64_t code)
{
    char text[20];
    std::snprintf(text, sizeof text, "0x%08llX", static_cast<unsigned long long>(code));
    return text;
}

std::string first_line(const std::string& text)
{
    const auto line = text.substr(0, text.find('\n'));
    return line.substr(0, line.find_last_not_of('\r') + 1);
}

} // namespace

chat chat_of(std::string_view lesson)
{
    return {winipc::testing::solution(lesson, "parent")};
}

conversation::conversation(execution& run, const chat& version, std::string_view text, int pair)
    : run_(run), parent_(run.start(version.parent, input(text))), pair_(pair)
{
}

controlled_process& conversation::child() const
{
    return run_.process("child", pair_);
}

bool conversation::has_child() const
{
    return run_.has_process("child", pair_);
}

bool conversation::step_parent()
{
    return faults::step(parent());
}

bool conversation::step_child()
{
    return has_child() && faults::step(child());
}

bool conversation::step()
{
    return step_child() || step_parent();
}

void conversation::run_to_end()
{
    int steps = 0;
    while (step())
        if (++steps == step_limit)
            throw std::runtime_error("the programs come to no end\n" + run_.timeline());
    run_.run_until_stuck();
}

int conversation::prompts() const
{
    return static_cast<int>(std::ranges::count(parent_.output(), '>'));
}

bool conversation::let_parent_ask(int times)
{
    const int enough = prompts() + times;
    bool has_gone_on = false;
    while (prompts() < enough && step_parent())
        has_gone_on = true;
    return has_gone_on;
}

void conversation::let_parent_come_to_rest()
{
    while (parent_.call() != "Sleep" && step_parent()) {
    }
}

bool conversation::let_child_print()
{
    const auto before = printed();
    bool has_gone_on = false;
    while (printed() == before && step_child())
        has_gone_on = true;
    return has_gone_on;
}

void conversation::let_child_begin()
{
    while (!has_child() && step_parent()) {
    }
    while (step_child()) {
    }
}

void conversation::let_child_wake()
{
    while (!step_child() && step_parent()) {
    }
}

std::string conversation::printed() const
{
    return has_child() ? child().output() : "";
}

std::string conversation::ending(const controlled_process& process) const
{
    if (const auto crash = process.crash())
        return process.name() + " crashes (" + hexadecimal(crash->arguments.at(0)) + ")";
    if (process.ending() == interleave::ending::ended_with_job)
        return process.name() + " is ended by its job";
    if (process.has_ended())
        return process.name() + " ends with " + std::to_string(process.exit_code());
    return process.name() + (run_.deadlocked() ? " waits for ever" : " runs for ever");
}

std::string conversation::ending_and_reason(const controlled_process& process) const
{
    const auto text = ending(process);
    const auto reason = first_line(process.error_output());
    return !text.ends_with("ends with 1") || reason.empty() ? text : text + ": \"" + reason + '"';
}

findings conversation::endings() const
{
    findings result{ending_and_reason(parent())};
    if (has_child())
        result.push_back(ending_and_reason(child()));
    if (result == findings{"parent ends with 0", "child ends with 0"})
        return {"both end with 0"};
    return result;
}

std::string arrival(const std::vector<std::string>& sent, std::string_view printed)
{
    std::map<std::string, int> times;
    int foreign = 0;
    for (const auto& line : lines_of(printed))
        if (std::ranges::find(sent, line) != sent.end())
            ++times[line];
        else
            ++foreign;
    const auto repeated =
        std::ranges::count_if(times, [](const auto& line) { return line.second > 1; });
    const auto lost = sent.size() - times.size();

    auto text = std::to_string(times.size()) + " of " + std::to_string(sent.size()) + " arrive";
    if (lost != 0)
        text += ", " + std::to_string(lost) + " lost";
    if (repeated != 0)
        text += ", " + std::to_string(repeated) + " more than once";
    if (foreign != 0)
        text += ", " + std::to_string(foreign) + " that nobody has sent";
    return text;
}

std::vector<std::string> lines_of(std::string_view text)
{
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string join(const std::vector<std::string>& lines, std::string_view behind_each)
{
    std::string text;
    for (const auto& line : lines)
        text.append(line).append(behind_each);
    return text;
}

std::vector<std::string> numbered_lines(int count, const std::string& before)
{
    std::vector<std::string> lines;
    for (int i = 1; i <= count; ++i)
        lines.push_back(before + std::to_string(i));
    return lines;
}

} // namespace faults
