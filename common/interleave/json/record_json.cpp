#include "interleave/json.h"
#include "interleave/record.h"
#include "json/words.h"

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <nlohmann/json_fwd.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace interleave {
namespace {

using json = nlohmann::ordered_json;

constexpr int version = 1;

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

char read_letter(const json& text)
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

// Each writer takes a record apart into all of its members: a new one does not compile until it is
// written here.

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
    const auto& [call, when, file, line, stack_depth, objects, does, arguments, result, last_error,
                 came_of_it, index, limit, held_by, access, exception, text, more_text] = point;
    json to;
    to["call"] = call;
    to["phase"] = word(when);
    if (!file.empty()) {
        to["file"] = file;
        to["line"] = line;
    }
    to["stack_depth"] = stack_depth;
    to["objects"] = list(objects, write_reference);
    to["effect"] = word(does);
    to["arguments"] = json::object();
    for (const auto& [name, value] : arguments)
        to["arguments"][name] = value;
    to["result"] = result;
    to["last_error"] = last_error;
    to["outcome"] = word(came_of_it);
    write_unless(to, "index", index, std::size_t{0});
    if (limit)
        to["limit"] = *limit;
    write_unless(to, "held_by", held_by, {});
    if (access)
        to["access"] = {{"is_write", access->is_write}, {"offset", access->offset}};
    if (exception)
        to["exception"] = {{"kind", word(exception->kind)}, {"code", exception->code}};
    write_unless(to, "text", text, {});
    write_unless(to, "more_text", more_text, {});
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
    const auto& [name, path, command_line, started_by, end, exit_code, output, error_output] =
        process;
    json to;
    to["name"] = name;
    to["path"] = path;
    write_unless(to, "command_line", command_line, {});
    if (started_by)
        to["started_by"] = *started_by;
    to["ending"] = word(end);
    to["exit_code"] = exit_code;
    to["output"] = output;
    to["error_output"] = error_output;
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
    const auto& [letter, process, has_ended, stands] = thread;
    return {{"letter", std::string(1, letter)},
            {"process", process},
            {"has_ended", has_ended},
            {"stands", write_point(stands)}};
}

thread_record read_thread(const json& from)
{
    return {read_letter(from.at("letter")), from.at("process").get<std::size_t>(),
            from.at("has_ended").get<bool>(), read_point(from.at("stands"))};
}

json write_object(const object_record& object)
{
    const auto& [type, name, number, alias] = object;
    json to;
    to["type"] = type;
    write_unless(to, "name", name, {});
    write_unless(to, "number", number, 0);
    write_unless(to, "alias", alias, {});
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

json write_step(const step_record& happened)
{
    const auto& [step, what, process, thread, point, end, is_injected, preempts] = happened;
    json to;
    to["step"] = step;
    to["what"] = word(what);
    to["process"] = process;
    if (thread)
        to["thread"] = std::string(1, thread);
    if (what == happening::process_ended)
        to["ending"] = word(end);
    to["is_injected"] = is_injected;
    to["preempts"] = preempts;
    to["point"] = write_point(point);
    return to;
}

step_record read_step(const json& from)
{
    step_record step;
    from.at("step").get_to(step.step);
    read(from, "what", step.what);
    from.at("process").get_to(step.process);
    if (const auto thread = from.find("thread"); thread != from.end())
        step.thread = read_letter(*thread);
    if (from.contains("ending"))
        read(from, "ending", step.end);
    from.at("is_injected").get_to(step.is_injected);
    from.at("preempts").get_to(step.preempts);
    step.point = read_point(from.at("point"));
    return step;
}

json write_choice(const choice_record& choice)
{
    const auto& [letter, kind, code] = choice;
    return {{"thread", std::string(1, letter)}, {"kind", word(kind)}, {"code", code}};
}

choice_record read_choice(const json& from)
{
    choice_record choice;
    choice.letter = read_letter(from.at("thread"));
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
    const auto& [processes, threads, objects, steps, choices] = record;
    json to;
    to["version"] = version;
    to["processes"] = list(processes, write_process);
    to["threads"] = list(threads, write_thread);
    to["objects"] = list(objects, write_object);
    to["steps"] = list(steps, write_step);
    to["choices"] = list(choices, write_choice);
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
