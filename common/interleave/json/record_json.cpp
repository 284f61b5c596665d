#include "interleave/json.h"
#include "interleave/record.h"

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace interleave {
namespace {

using json = nlohmann::ordered_json;

constexpr int version = 1;

// The words for enumerators. The switches have no default: a forgotten enumerator does not compile.

constexpr std::string_view word(phase value)
{
    switch (value) {
    case phase::before:
        return "before";
    case phase::blocked:
        return "blocked";
    case phase::after:
        return "after";
    }
    return {};
}

constexpr std::string_view word(effect value)
{
    switch (value) {
    case effect::none:
        return "none";
    case effect::creates_object:
        return "creates object";
    case effect::opens_object:
        return "opens object";
    case effect::opens_process:
        return "opens process";
    case effect::starts_process:
        return "starts process";
    case effect::starts_thread:
        return "starts thread";
    case effect::resumes_thread:
        return "resumes thread";
    case effect::ends_process:
        return "ends process";
    case effect::adds_to_job:
        return "adds to job";
    case effect::limits_job:
        return "limits job";
    case effect::ends_job:
        return "ends job";
    case effect::changes_attributes:
        return "changes attributes";
    case effect::duplicates_handle:
        return "duplicates handle";
    case effect::closes_handle:
        return "closes handle";
    case effect::maps_view:
        return "maps view";
    case effect::unmaps_view:
        return "unmaps view";
    }
    return {};
}

constexpr std::string_view word(outcome value)
{
    switch (value) {
    case outcome::none:
        return "none";
    case outcome::succeeded:
        return "succeeded";
    case outcome::failed:
        return "failed";
    case outcome::exists_already:
        return "exists already";
    case outcome::signalled:
        return "signalled";
    case outcome::object_signalled:
        return "object signalled";
    case outcome::abandoned:
        return "abandoned";
    case outcome::timed_out:
        return "timed out";
    case outcome::slept:
        return "slept";
    }
    return {};
}

constexpr std::string_view word(ending value)
{
    switch (value) {
    case ending::running:
        return "running";
    case ending::exited:
        return "exited";
    case ending::killed_by_test:
        return "killed by test";
    case ending::ended_with_job:
        return "ended with job";
    case ending::crashed:
        return "crashed";
    }
    return {};
}

constexpr std::string_view word(reference value)
{
    switch (value) {
    case reference::object:
        return "object";
    case reference::itself:
        return "itself";
    case reference::null:
        return "null";
    case reference::invalid_handle_value:
        return "invalid handle value";
    case reference::not_open:
        return "not open";
    case reference::no_view:
        return "no view";
    }
    return {};
}

constexpr std::string_view word(happening value)
{
    switch (value) {
    case happening::point:
        return "point";
    case happening::thread_ended:
        return "thread ended";
    case happening::process_ended:
        return "process ended";
    }
    return {};
}

constexpr std::string_view word(exception_kind value)
{
    switch (value) {
    case exception_kind::of_the_system:
        return "of the system";
    case exception_kind::uncaught:
        return "uncaught";
    case exception_kind::terminate:
        return "terminate";
    }
    return {};
}

constexpr std::string_view word(choice_kind value)
{
    switch (value) {
    case choice_kind::step:
        return "step";
    case choice_kind::time_out:
        return "time out";
    case choice_kind::fail:
        return "fail";
    case choice_kind::kill:
        return "kill";
    case choice_kind::ctrl_c:
        return "ctrl+c";
    }
    return {};
}

template <class Enum>
Enum meant_by(const std::string& text)
{
    for (int value = 0; value < 128; ++value)
        if (!text.empty() && word(static_cast<Enum>(value)) == text)
            return static_cast<Enum>(value);
    throw std::invalid_argument("'" + text + "' is no word of it");
}

template <class Enum>
void read(const json& from, const char* name, Enum& value)
{
    value = meant_by<Enum>(from.at(name).get<std::string>());
}

// A member with its default value is left out.
template <class T>
void write_unless(json& to, const char* name, const T& value, const T& left_out)
{
    if (value != left_out)
        to[name] = value;
}

template <class T>
void read_if_there(const json& from, const char* name, T& value)
{
    if (const auto found = from.find(name); found != from.end())
        value = found->get<T>();
}

char letter(const json& text)
{
    const auto letters = text.get<std::string>();
    if (letters.size() != 1)
        throw std::invalid_argument("'" + letters + "' is no letter");
    return letters.front();
}

// Lists.

template <class T, class Write>
json list(const std::vector<T>& values, Write write)
{
    auto all = json::array();
    for (const auto& value : values)
        all.push_back(write(value));
    return all;
}

template <class T>
std::vector<T> read_list(const json& from, const char* name, T (*read_one)(const json&))
{
    std::vector<T> all;
    for (const auto& one : from.at(name))
        all.push_back(read_one(one));
    return all;
}

// An index, or a word.
json write_reference(const object_reference& meant)
{
    return meant.what == reference::object ? json(meant.object) : json(word(meant.what));
}

object_reference read_reference(const json& from)
{
    if (from.is_number())
        return {reference::object, from.get<std::size_t>()};
    return {meant_by<reference>(from.get<std::string>()), 0};
}

json write_point(const point_record& point)
{
    json to;
    to["call"] = point.call;
    to["phase"] = word(point.when);
    if (!point.file.empty()) {
        to["file"] = point.file;
        to["line"] = point.line;
    }
    to["stack_depth"] = point.stack_depth;
    to["objects"] = list(point.objects, write_reference);
    to["effect"] = word(point.does);
    to["arguments"] = json::object();
    for (const auto& argument : point.arguments)
        to["arguments"][argument.name] = argument.value;
    to["result"] = point.result;
    to["last_error"] = point.last_error;
    to["outcome"] = word(point.came_of_it);
    write_unless(to, "index", point.index, std::size_t{0});
    if (point.limit)
        to["limit"] = *point.limit;
    write_unless(to, "held_by", point.held_by, {});
    if (point.access)
        to["access"] = {{"is_write", point.access->is_write}, {"offset", point.access->offset}};
    if (point.exception)
        to["exception"] = {{"kind", word(point.exception->kind)}, {"code", point.exception->code}};
    write_unless(to, "text", point.text, {});
    write_unless(to, "more_text", point.more_text, {});
    return to;
}

point_record read_point(const json& from)
{
    point_record point;
    from.at("call").get_to(point.call);
    read(from, "phase", point.when);
    read_if_there(from, "file", point.file);
    read_if_there(from, "line", point.line);
    from.at("stack_depth").get_to(point.stack_depth);
    point.objects = read_list(from, "objects", read_reference);
    read(from, "effect", point.does);
    for (const auto& [name, value] : from.at("arguments").items())
        point.arguments.push_back({name, value.get<std::uint64_t>()});
    from.at("result").get_to(point.result);
    from.at("last_error").get_to(point.last_error);
    read(from, "outcome", point.came_of_it);
    read_if_there(from, "index", point.index);
    if (const auto limit = from.find("limit"); limit != from.end())
        point.limit = limit->get<std::uint64_t>();
    read_if_there(from, "held_by", point.held_by);
    if (const auto access = from.find("access"); access != from.end())
        point.access = {access->at("is_write").get<bool>(),
                        access->at("offset").get<std::uint64_t>()};
    if (const auto exception = from.find("exception"); exception != from.end()) {
        point.exception.emplace();
        read(*exception, "kind", point.exception->kind);
        exception->at("code").get_to(point.exception->code);
    }
    read_if_there(from, "text", point.text);
    read_if_there(from, "more_text", point.more_text);
    return point;
}

json write_process(const process_record& process)
{
    json to;
    to["name"] = process.name;
    to["path"] = process.path;
    write_unless(to, "command_line", process.command_line, {});
    if (process.started_by)
        to["started_by"] = *process.started_by;
    to["ending"] = word(process.end);
    to["exit_code"] = process.exit_code;
    to["output"] = process.output;
    to["error_output"] = process.error_output;
    return to;
}

process_record read_process(const json& from)
{
    process_record process;
    from.at("name").get_to(process.name);
    from.at("path").get_to(process.path);
    read_if_there(from, "command_line", process.command_line);
    if (const auto starter = from.find("started_by"); starter != from.end())
        process.started_by = starter->get<std::size_t>();
    read(from, "ending", process.end);
    from.at("exit_code").get_to(process.exit_code);
    from.at("output").get_to(process.output);
    from.at("error_output").get_to(process.error_output);
    return process;
}

json write_thread(const thread_record& thread)
{
    return {{"letter", std::string(1, thread.letter)},
            {"process", thread.process},
            {"has_ended", thread.has_ended},
            {"stands", write_point(thread.stands)}};
}

thread_record read_thread(const json& from)
{
    return {letter(from.at("letter")), from.at("process").get<std::size_t>(),
            from.at("has_ended").get<bool>(), read_point(from.at("stands"))};
}

json write_object(const object_record& object)
{
    json to;
    to["type"] = object.type;
    write_unless(to, "name", object.name, {});
    write_unless(to, "number", object.number, 0);
    write_unless(to, "alias", object.alias, {});
    return to;
}

object_record read_object(const json& from)
{
    object_record object;
    from.at("type").get_to(object.type);
    read_if_there(from, "name", object.name);
    read_if_there(from, "number", object.number);
    read_if_there(from, "alias", object.alias);
    return object;
}

json write_step(const step_record& step)
{
    json to;
    to["step"] = step.step;
    to["what"] = word(step.what);
    to["process"] = step.process;
    if (step.thread)
        to["thread"] = std::string(1, step.thread);
    if (step.what == happening::process_ended)
        to["ending"] = word(step.end);
    to["is_injected"] = step.is_injected;
    to["preempts"] = step.preempts;
    to["point"] = write_point(step.point);
    return to;
}

step_record read_step(const json& from)
{
    step_record step;
    from.at("step").get_to(step.step);
    read(from, "what", step.what);
    from.at("process").get_to(step.process);
    if (const auto thread = from.find("thread"); thread != from.end())
        step.thread = letter(*thread);
    if (from.contains("ending"))
        read(from, "ending", step.end);
    from.at("is_injected").get_to(step.is_injected);
    from.at("preempts").get_to(step.preempts);
    step.point = read_point(from.at("point"));
    return step;
}

json write_choice(const choice_record& choice)
{
    return {{"thread", std::string(1, choice.letter)},
            {"kind", word(choice.kind)},
            {"code", choice.code}};
}

choice_record read_choice(const json& from)
{
    choice_record choice;
    choice.letter = letter(from.at("thread"));
    read(from, "kind", choice.kind);
    from.at("code").get_to(choice.code);
    return choice;
}

// A bad index would be noticed late, and far from here.
void check_indices(const execution_record& record)
{
    const auto check = [](std::size_t index, std::size_t size) {
        if (index >= size)
            throw std::invalid_argument("an index is out of range");
    };
    const auto check_point = [&](const point_record& point) {
        for (const auto& meant : point.objects)
            if (meant.what == reference::object)
                check(meant.object, record.objects.size());
        if (point.access && point.objects.empty())
            throw std::invalid_argument("an access to nothing");
    };
    for (const auto& process : record.processes)
        check(process.started_by.value_or(0), record.processes.size());
    for (const auto& thread : record.threads) {
        check(thread.process, record.processes.size());
        check_point(thread.stands);
    }
    for (const auto& step : record.steps) {
        check(step.process, record.processes.size());
        check_point(step.point);
    }
}

} // namespace

std::string to_json(const execution_record& record)
{
    json to;
    to["version"] = version;
    to["processes"] = list(record.processes, write_process);
    to["threads"] = list(record.threads, write_thread);
    to["objects"] = list(record.objects, write_object);
    to["steps"] = list(record.steps, write_step);
    to["choices"] = list(record.choices, write_choice);
    return to.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

execution_record from_json(std::string_view text)
try {
    const auto from = json::parse(text);
    if (from.at("version").get<int>() != version)
        throw std::invalid_argument("it is of another version");
    execution_record record;
    record.processes = read_list(from, "processes", read_process);
    record.threads = read_list(from, "threads", read_thread);
    record.objects = read_list(from, "objects", read_object);
    record.steps = read_list(from, "steps", read_step);
    record.choices = read_list(from, "choices", read_choice);
    check_indices(record);
    return record;
} catch (const json::exception& error) {
    throw std::invalid_argument(std::string("no record of an execution: ") + error.what());
} catch (const std::invalid_argument& error) {
    throw std::invalid_argument(std::string("no record of an execution: ") + error.what());
}

} // namespace interleave
