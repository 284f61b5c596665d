#include "objects.h"

#include "execution_state.h"
#include "protocol.h"

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

const char* type_of(function call)
{
    switch (call) {
    case function::CreateFileMappingW:
    case function::OpenFileMappingW:
        return "section";
    case function::CreateEventW:
    case function::OpenEventW:
        return "event";
    case function::CreateSemaphoreW:
    case function::OpenSemaphoreW:
        return "semaphore";
    case function::CreateMutexW:
    case function::OpenMutexW:
        return "mutex";
    case function::CreateJobObjectW:
        return "job";
    default:
        return nullptr;
    }
}

std::string without_namespace(const wchar_t* name)
{
    const std::wstring_view whole = name;
    return narrow(whole.substr(whole.find_last_of(L'\\') + 1));
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
    const auto handle = record.arguments[0];
    switch (record.call) {
    case function::MapViewOfFile:
    case function::SetEvent:
    case function::ResetEvent:
    case function::ReleaseSemaphore:
    case function::ReleaseMutex:
    case function::CloseHandle:
    case function::ResumeThread:
    case function::TerminateProcess:
    case function::TerminateJobObject:
    case function::SetInformationJobObject:
    case function::AssignProcessToJobObject:
        return name(process, handle);
    case function::WaitForSingleObject:
        return name(process, record.handles[0]);
    case function::DuplicateHandle:
        return reinterpret_cast<HANDLE>(record.arguments[1]) == ::GetCurrentProcess()
                   ? "itself"
                   : name(process, record.arguments[1]);
    case function::UnmapViewOfFile: {
        const auto view = views_.find({process, handle});
        return view == views_.end() ? "no view" : view->second.object;
    }
    case function::memory_read:
    case function::memory_write: {
        const auto view = views_.find({process, record.arguments[2]});
        return (view == views_.end() ? "view" : view->second.object) + "+" +
               std::to_string(record.arguments[1]);
    }
    case function::WaitForMultipleObjects:
    case function::UpdateProcThreadAttribute:
        return names(process, record);
    default:
        return type_of(record.call) && record.text[0] ? without_namespace(record.text) : "";
    }
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

std::string object_table::display_name(function call, const wchar_t* name)
{
    if (name[0])
        return without_namespace(name);
    const std::string type = type_of(call);
    const auto numbered = type + " #" + std::to_string(++unnamed_[type]);
    const auto found = aliases_.find(numbered);
    return found == aliases_.end() ? numbered : found->second;
}

void object_table::add(DWORD process, std::uint64_t handle, std::string object)
{
    handles_[{process, handle}] = {std::move(object), calls_[process]};
}

void object_table::apply(DWORD process, const protocol::record& record,
                         const std::string& process_name)
{
    const bool failed = record.result == 0;
    switch (record.call) {
    case function::CreateProcessW:
        if (!failed) {
            add(process, record.created[0], "process " + process_name);
            handles_[{process, record.created[0]}].process_id = record.ids[0];
            add(process, record.created[1], "thread of " + process_name);
            for (auto& [name_of_job, its] : jobs_)
                if (its.has(process))
                    its.members.push_back(record.ids[0]);
            for (const auto handle : attributes_[{process, record.attributes}].jobs)
                jobs_[name(process, handle)].members.push_back(record.ids[0]);
        }
        break;
    case function::OpenProcess:
        if (!failed) {
            add(process, record.created[0], "process " + process_name);
            handles_[{process, record.created[0]}].process_id =
                static_cast<DWORD>(record.arguments[2]);
        }
        break;
    case function::AssignProcessToJobObject:
        if (!failed)
            jobs_[name(process, record.arguments[0])].members.push_back(
                process_id(process, record.arguments[1]));
        break;
    case function::SetInformationJobObject:
        if (!failed && record.arguments[1] == JobObjectExtendedLimitInformation)
            jobs_[name(process, record.arguments[0])].kill_on_close =
                (record.arguments[4] & JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE) != 0;
        break;
    case function::TerminateJobObject:
        if (!failed)
            jobs_[name(process, record.arguments[0])].is_terminated = true;
        break;
    case function::UpdateProcThreadAttribute: {
        auto& list = attributes_[{process, record.arguments[0]}];
        const std::vector<std::uint64_t> handles(record.handles,
                                                 record.handles + record.handle_count);
        if (!failed && record.arguments[2] == PROC_THREAD_ATTRIBUTE_HANDLE_LIST)
            list.handles = handles;
        if (!failed && record.arguments[2] == PROC_THREAD_ATTRIBUTE_JOB_LIST)
            list.jobs = handles;
        break;
    }
    case function::CreateThread:
    case function::beginthreadex:
        if (!failed)
            add(process, record.created[0], "thread #" + std::to_string(++unnamed_["thread"]));
        break;
    case function::DuplicateHandle:
        if (!failed && reinterpret_cast<HANDLE>(record.arguments[1]) == ::GetCurrentProcess()) {
            add(process, record.created[0], "process " + process_name);
            handles_[{process, record.created[0]}].process_id = process;
        } else if (!failed) {
            add(process, record.created[0], name(process, record.arguments[1]));
            handles_[{process, record.created[0]}].process_id =
                process_id(process, record.arguments[1]);
        }
        if (!failed && (record.arguments[6] & DUPLICATE_CLOSE_SOURCE))
            handles_.erase({process, record.arguments[1]});
        break;
    case function::CloseHandle:
        if (!failed)
            handles_.erase({process, record.arguments[0]});
        break;
    case function::MapViewOfFile:
        if (!failed)
            views_[{process, record.result}] = {name(process, record.arguments[0]),
                                                calls_[process]};
        break;
    case function::UnmapViewOfFile:
        if (!failed)
            views_.erase({process, record.arguments[0]});
        break;
    default:
        if (!failed && type_of(record.call))
            add(process, record.created[0], display_name(record.call, record.text));
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
