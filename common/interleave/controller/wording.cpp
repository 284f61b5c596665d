#include "controller/wording.h"

#include "interleave/record.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iomanip>
#include <ios>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace interleave {
namespace {

// ", writer.cpp:41", or nothing where no line is known.
std::string comma_and_line(const point_record& point)
{
    const auto line = line_words(point);
    return line.empty() ? "" : ", " + line;
}

std::string crash_words(const point_record& crash)
{
    const auto& exception = *crash.exception;
    if (exception.kind == exception_kind::of_the_system)
        return "crashed with exception " + hex_words(exception.code) + comma_and_line(crash);
    return "ended by " + exception_words(exception) + comma_and_line(crash) +
           (crash.text.empty() ? "" : ": " + crash.text);
}

} // namespace

std::string object_words(const object_record& object)
{
    if (!object.alias.empty())
        return object.alias;
    if (object.name.empty())
        return object.type + " #" + std::to_string(object.number);
    if (object.type == "process")
        return "process " + object.name;
    return object.type == "thread" ? "thread of " + object.name : object.name;
}

std::string object_words(const object_list& objects, object_reference meant)
{
    switch (meant.what) {
    case reference::object:
        return object_words(objects.at(meant.object));
    case reference::itself:
        return "itself";
    case reference::null:
        return "NULL";
    case reference::invalid_handle_value:
        return "INVALID_HANDLE_VALUE";
    case reference::not_open:
        return "a handle that is not open";
    case reference::no_view:
        return "no view";
    }
    return "";
}

std::string object_words(const object_list& objects, const std::vector<object_reference>& meant)
{
    std::string all;
    for (const auto& one : meant)
        all.append(all.empty() ? "" : ", ").append(object_words(objects, one));
    return all;
}

std::string object_words(const object_list& objects, const point_record& point)
{
    const auto all = object_words(objects, point.objects);
    if (!point.access)
        return all;
    const bool is_known = point.objects.front().what != reference::no_view;
    return (is_known ? all : "view") + "+" + std::to_string(point.access->offset);
}

std::string line_words(const point_record& point)
{
    return point.file.empty() ? "" : point.file + ":" + std::to_string(point.line);
}

std::string exception_words(const exception_record& exception)
{
    switch (exception.kind) {
    case exception_kind::of_the_system:
        return "exception " + hex_words(exception.code);
    case exception_kind::uncaught:
        return "an uncaught C++ exception";
    case exception_kind::terminate:
        return "std::terminate";
    }
    return "";
}

std::string hex_words(std::uint64_t value)
{
    std::ostringstream text;
    text << "0x" << std::hex << std::uppercase << value;
    return text.str();
}

std::string exit_code_words(std::uint32_t code)
{
    return code < 0x8000'0000 ? std::to_string(code) : hex_words(code);
}

std::string position_words(const object_list& objects, const point_record& point)
{
    if (point.exception)
        return crash_words(point);
    std::string text = point.when == phase::before  ? "before "
                       : point.when == phase::after ? "after "
                                                    : "blocked in ";
    text += point.call;
    const auto object = object_words(objects, point);
    if (!object.empty())
        text += " " + object;
    return text + comma_and_line(point);
}

std::string end_words(std::uint32_t exit_code, const point_record* crash)
{
    return crash ? crash_words(*crash) : "ended with exit code " + exit_code_words(exit_code);
}

std::string trace_hash(const execution_record& record)
{
    // FNV-1a over who did what: enough to notice that a replay went another way.
    std::uint32_t hash = 2166136261U;
    const auto mix = [&](std::uint64_t value) {
        hash = (hash ^ static_cast<std::uint32_t>(value)) * 16777619U;
    };
    const auto mix_text = [&](std::string_view text) {
        for (const char c : text)
            mix(static_cast<unsigned char>(c));
    };
    for (const auto& step : record.steps) {
        mix_text(step.point.call); // its number changes when calls are added
        mix(static_cast<std::uint64_t>(step.point.when));
        mix_text(object_words(record.objects, step.point));
    }
    std::ostringstream text;
    text << std::hex << std::setw(4) << std::setfill('0') << (hash & 0xFFFFU);
    return text.str();
}

std::string format_positions(const execution_record& record)
{
    std::string text;
    for (std::size_t i = 0; i < record.processes.size(); ++i) {
        const auto& process = record.processes[i];
        if (process.end == ending::running) {
            for (const auto& thread : record.threads)
                if (thread.process == i && !thread.has_ended)
                    text +=
                        process.name + ": " + position_words(record.objects, thread.stands) + "\n";
            continue;
        }
        const auto crash = std::ranges::find_if(record.steps, [&](const step_record& step) {
            return step.process == i && step.point.exception;
        });
        text +=
            process.name + ": " +
            end_words(process.exit_code, crash == record.steps.end() ? nullptr : &crash->point) +
            "\n";
    }
    return text;
}

std::string format_schedule(const execution_record& record)
{
    const auto& choices = record.choices;
    std::string text = "v1:";
    for (std::size_t i = 0; i < choices.size();) {
        const auto& made = choices[i];
        std::size_t run = 1;
        text += made.letter;
        if (made.kind == choice_kind::step) {
            while (i + run < choices.size() && choices[i + run] == made)
                ++run;
            if (run > 1)
                text += std::to_string(run);
        } else {
            text += static_cast<char>(made.kind);
            if (made.kind == choice_kind::kill || made.kind == choice_kind::fail)
                text += std::to_string(made.code) + ",";
        }
        i += run;
    }
    return text + "." + trace_hash(record);
}

} // namespace interleave
