#include "controller/objects.h"

#include "controller/execution_state.h"
#include "shared/calls.h"
#include "shared/protocol.h"

#include <windows.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace interleave {
namespace {

std::string without_namespace(const wchar_t* name)
{
    const std::wstring_view whole = name;
    return narrow(whole.substr(whole.find_last_of(L'\\') + 1));
}

bool is_own_process(std::uint64_t handle)
{
    return reinterpret_cast<HANDLE>(handle) == ::GetCurrentProcess();
}

template <class Map>
std::vector<object_table::entry> entries_of(const Map& map, DWORD process)
{
    std::vector<object_table::entry> found;
    for (const auto& [key, entry] : map)
        if (key.first == process)
            found.push_back(entry);
    std::ranges::sort(found, {}, &object_table::entry::opened_at);
    return found;
}

} // namespace

std::string object_table::object_of(DWORD process, const protocol::record& record) const
{
    const auto [from, which] = facts(record.call).object;
    if (from == object_from::nothing)
        return "";
    const auto argument = record.arguments[which];
    switch (from) {
    case object_from::nothing:
        break;
    case object_from::name:
        return record.text[0] ? without_namespace(record.text) : "";
    case object_from::handle:
        return name(process, argument);
    case object_from::handle_or_itself:
        return is_own_process(argument) ? "itself" : name(process, argument);
    case object_from::waited_handle:
        return name(process, record.handles[0]);
    case object_from::handles:
        return names(process, record);
    case object_from::view: {
        const auto view = views_.find({process, argument});
        return view == views_.end() ? "no view" : view->second.object;
    }
    case object_from::address_in_a_view: {
        const auto view = views_.find({process, argument});
        return (view == views_.end() ? "view" : view->second.object) + "+" +
               std::to_string(record.arguments[which - 1]);
    }
    }
    return "";
}

std::string object_table::names(DWORD process, const protocol::record& record) const
{
    std::string all;
    for (std::uint32_t i = 0; i < record.handle_count; ++i)
        all.append(i ? ", " : "").append(name(process, record.handles[i]));
    return all;
}

std::string object_table::name(DWORD process, std::uint64_t handle) const
{
    const auto found = handles_.find({process, handle});
    if (found != handles_.end())
        return found->second.object;
    if (handle == 0)
        return "NULL";
    if (reinterpret_cast<HANDLE>(handle) == INVALID_HANDLE_VALUE)
        return "INVALID_HANDLE_VALUE";
    return "a handle that is not open";
}

DWORD object_table::process_id(DWORD process, std::uint64_t handle) const
{
    const auto found = handles_.find({process, handle});
    return found == handles_.end() ? 0 : found->second.process_id;
}

std::string object_table::display_name(std::string_view type, const wchar_t* name)
{
    if (name[0])
        return without_namespace(name);
    const auto numbered = std::string(type) + " #" + std::to_string(++unnamed_[std::string(type)]);
    const auto found = aliases_.find(numbered);
    return found == aliases_.end() ? numbered : found->second;
}

void object_table::add(DWORD process, std::uint64_t handle, std::string object)
{
    handles_[{process, handle}] = {std::move(object), calls_[process]};
}

void object_table::add_process(DWORD process, const protocol::record& record,
                               const std::string& name, DWORD id)
{
    add(process, record.created[0], "process " + name);
    handles_[{process, record.created[0]}].process_id = id;
}

void object_table::note_child(DWORD process, const protocol::record& record,
                              const std::string& name_of_child)
{
    add_process(process, record, name_of_child, record.ids[0]);
    add(process, record.created[1], "thread of " + name_of_child);
    for (auto& [name_of_job, its] : jobs_)
        if (its.has(process))
            its.members.push_back(record.ids[0]);
    for (const auto handle : attributes_[{process, record.attributes}].jobs)
        jobs_[name(process, handle)].members.push_back(record.ids[0]);
}

void object_table::note_attributes(DWORD process, const protocol::record& record)
{
    auto& list = attributes_[{process, record.arguments[0]}];
    const std::vector<std::uint64_t> handles(record.handles, record.handles + record.handle_count);
    if (record.arguments[2] == PROC_THREAD_ATTRIBUTE_HANDLE_LIST)
        list.handles = handles;
    if (record.arguments[2] == PROC_THREAD_ATTRIBUTE_JOB_LIST)
        list.jobs = handles;
}

void object_table::note_duplicate(DWORD process, const protocol::record& record,
                                  const std::string& name_of_process)
{
    const auto source = record.arguments[1];
    if (is_own_process(source)) {
        add_process(process, record, name_of_process, process);
    } else {
        add(process, record.created[0], name(process, source));
        handles_[{process, record.created[0]}].process_id = process_id(process, source);
    }
    if (record.arguments[6] & DUPLICATE_CLOSE_SOURCE)
        handles_.erase({process, source});
}

void object_table::apply(DWORD process, const protocol::record& record,
                         const std::string& process_name)
{
    const auto& call = facts(record.call);
    const auto first = record.arguments[0];
    switch (call.has_failed(record.result) ? effect::none : call.does) {
    case effect::none:
    case effect::resumes_thread:
    case effect::ends_process:
        break;
    case effect::creates_object:
    case effect::opens_object:
        add(process, record.created[0], display_name(call.type, record.text));
        break;
    case effect::opens_process:
        add_process(process, record, process_name, static_cast<DWORD>(record.arguments[2]));
        break;
    case effect::starts_process:
        note_child(process, record, process_name);
        break;
    case effect::starts_thread:
        add(process, record.created[0], "thread #" + std::to_string(++unnamed_["thread"]));
        break;
    case effect::adds_to_job:
        jobs_[name(process, first)].members.push_back(process_id(process, record.arguments[1]));
        break;
    case effect::limits_job:
        if (record.arguments[1] == JobObjectExtendedLimitInformation)
            jobs_[name(process, first)].kill_on_close =
                (record.arguments[4] & JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE) != 0;
        break;
    case effect::ends_job:
        jobs_[name(process, first)].is_terminated = true;
        break;
    case effect::changes_attributes:
        note_attributes(process, record);
        break;
    case effect::duplicates_handle:
        note_duplicate(process, record, process_name);
        break;
    case effect::closes_handle:
        handles_.erase({process, first});
        break;
    case effect::maps_view:
        views_[{process, record.result}] = {name(process, first), calls_[process]};
        break;
    case effect::unmaps_view:
        views_.erase({process, first});
        break;
    }
    ++calls_[process];
}

std::vector<std::uint64_t> object_table::inherit(DWORD parent, DWORD child,
                                                 const protocol::record& creation)
{
    std::vector<std::uint64_t> inherited_handles;
    const auto list = attributes_.find({parent, creation.attributes});
    for (std::uint32_t i = 0; i < creation.handle_count; ++i) {
        const auto handle = creation.handles[i];
        const bool is_listed =
            list == attributes_.end() || list->second.handles.empty() ||
            std::ranges::find(list->second.handles, handle) != list->second.handles.end();
        const auto found = handles_.find({parent, handle});
        if (!is_listed || found == handles_.end())
            continue;
        handles_[{child, handle}] = {found->second.object, inherited, found->second.process_id};
        inherited_handles.push_back(handle);
    }
    attributes_.erase({parent, creation.attributes}); // its memory may be another list's soon
    return inherited_handles;
}

std::uint64_t object_table::find(DWORD process, std::string_view object) const
{
    for (const auto& [where, open] : handles_)
        if (where.first == process && open.object == object)
            return where.second;
    return 0;
}

std::vector<object_table::entry> object_table::open_handles(DWORD process) const
{
    return entries_of(handles_, process);
}

std::vector<object_table::entry> object_table::open_views(DWORD process) const
{
    return entries_of(views_, process);
}

std::map<std::uint64_t, std::string> object_table::views(DWORD process) const
{
    std::map<std::uint64_t, std::string> found;
    for (const auto& [where, view] : views_)
        if (where.first == process)
            found[where.second] = view.object;
    return found;
}

} // namespace interleave
