#include "controller/objects.h"

#include "controller/text.h"
#include "controller/wording.h"
#include "interleave/record.h"
#include "shared/calls.h"
#include "shared/protocol.h"

#include <windows.h>

#include <algorithm>
#include <cstddef>
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

std::vector<object_reference> object_table::objects_of(DWORD process,
                                                       const protocol::record& record)
{
    const auto& call = facts(record.call);
    if (call.object.from == object_from::nothing)
        return {};
    const auto argument = record.arguments[call.object.argument];
    switch (call.object.from) {
    case object_from::nothing:
        break;
    case object_from::name:
        if (!record.text[0])
            return {};
        return {named(call.type, record.text)};
    case object_from::handle:
        return {meant_by(process, argument)};
    case object_from::handle_or_itself:
        if (is_own_process(argument))
            return {{reference::itself}};
        return {meant_by(process, argument)};
    case object_from::waited_handle:
        return {meant_by(process, record.handles[0])};
    case object_from::handles: {
        std::vector<object_reference> all;
        for (std::uint32_t i = 0; i < record.handle_count; ++i)
            all.push_back(meant_by(process, record.handles[i]));
        return all;
    }
    case object_from::view:
    case object_from::address_in_a_view: {
        const auto view = views_.find({process, argument});
        if (view == views_.end())
            return {{reference::no_view}};
        return {view->second.object};
    }
    }
    return {};
}

object_reference object_table::meant_by(DWORD process, std::uint64_t handle) const
{
    const auto found = handles_.find({process, handle});
    if (found != handles_.end())
        return found->second.object;
    if (handle == 0)
        return {reference::null};
    if (reinterpret_cast<HANDLE>(handle) == INVALID_HANDLE_VALUE)
        return {reference::invalid_handle_value};
    return {reference::not_open};
}

DWORD object_table::process_id(DWORD process, std::uint64_t handle) const
{
    const auto found = handles_.find({process, handle});
    return found == handles_.end() ? 0 : found->second.process_id;
}

object_reference object_table::add_object(std::string_view type, std::string name)
{
    objects_.push_back({std::string(type), std::move(name), 0, {}});
    return {reference::object, objects_.size() - 1};
}

// `Local\` is what a name without a namespace means.
// Source: "Kernel object namespaces".
object_reference object_table::named(std::string_view type, const wchar_t* name)
{
    std::wstring_view whole = name;
    if (whole.starts_with(L"Local\\"))
        whole.remove_prefix(6);
    const auto [place, is_new] = by_name_.try_emplace(std::wstring(whole), objects_.size());
    if (is_new)
        return add_object(type, without_namespace(name));
    return {reference::object, place->second};
}

object_reference object_table::unnamed(std::string_view type)
{
    const auto added = add_object(type, {});
    auto& object = objects_.back();
    object.number = ++unnamed_[object.type];
    const auto alias = aliases_.find(object_words(object));
    if (alias != aliases_.end())
        object.alias = alias->second;
    return added;
}

// An id may come again, for another process.
object_reference object_table::of_process(DWORD id, const std::string& name)
{
    const auto [place, is_new] = by_process_id_.try_emplace(id, objects_.size());
    if (!is_new && objects_[place->second].name == name)
        return {reference::object, place->second};
    place->second = objects_.size();
    return add_object("process", name);
}

void object_table::add(DWORD process, std::uint64_t handle, object_reference object,
                       DWORD process_id)
{
    handles_[{process, handle}] = {object, calls_[process], process_id};
}

object_table::job* object_table::job_meant_by(DWORD process, std::uint64_t handle)
{
    const auto meant = meant_by(process, handle);
    return meant.what == reference::object ? &jobs_[meant.object] : nullptr;
}

void object_table::note_child(DWORD process, const protocol::record& record,
                              const std::string& name_of_child)
{
    by_process_id_.erase(record.ids[0]); // a new process, whoever had this id before
    add(process, record.created[0], of_process(record.ids[0], name_of_child), record.ids[0]);
    add(process, record.created[1], add_object("thread", name_of_child));
    for (auto& [object, its] : jobs_)
        if (its.has(process))
            its.members.push_back(record.ids[0]);
    for (const auto handle : attributes_[{process, record.attributes}].jobs)
        if (auto* const its = job_meant_by(process, handle))
            its->members.push_back(record.ids[0]);
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
    if (is_own_process(source))
        add(process, record.created[0], of_process(process, name_of_process), process);
    else
        add(process, record.created[0], meant_by(process, source), process_id(process, source));
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
        add(process, record.created[0],
            record.text[0] ? named(call.type, record.text) : unnamed(call.type));
        break;
    case effect::opens_process: {
        const auto id = static_cast<DWORD>(record.arguments[2]);
        add(process, record.created[0], of_process(id, process_name), id);
        break;
    }
    case effect::starts_process:
        note_child(process, record, process_name);
        break;
    case effect::starts_thread:
        add(process, record.created[0], unnamed("thread"));
        break;
    case effect::adds_to_job:
        if (auto* const its = job_meant_by(process, first))
            its->members.push_back(process_id(process, record.arguments[1]));
        break;
    case effect::limits_job:
        if (auto* const its = job_meant_by(process, first))
            if (record.arguments[1] == JobObjectExtendedLimitInformation)
                its->kill_on_close =
                    (record.arguments[4] & JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE) != 0;
        break;
    case effect::ends_job:
        if (auto* const its = job_meant_by(process, first))
            its->is_terminated = true;
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
        views_[{process, record.result}] = {meant_by(process, first), calls_[process]};
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

std::uint64_t object_table::find(DWORD process, std::string_view name) const
{
    for (const auto& [where, open] : handles_)
        if (where.first == process && object_words(objects_, open.object) == name)
            return where.second;
    return 0;
}

bool object_table::has_handle(DWORD process, std::size_t object) const
{
    const object_reference wanted{reference::object, object};
    return std::ranges::any_of(handles_, [&](const auto& open) {
        return open.first.first == process && open.second.object == wanted;
    });
}

std::vector<object_table::entry> object_table::open_handles(DWORD process) const
{
    return entries_of(handles_, process);
}

std::vector<object_table::entry> object_table::open_views(DWORD process) const
{
    return entries_of(views_, process);
}

std::map<std::uint64_t, object_reference> object_table::views(DWORD process) const
{
    std::map<std::uint64_t, object_reference> found;
    for (const auto& [where, view] : views_)
        if (where.first == process)
            found[where.second] = view.object;
    return found;
}

} // namespace interleave
