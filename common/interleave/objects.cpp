#include "objects.h"

#include "execution_state.h"

#include <algorithm>

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
        return name(process, handle);
    case function::WaitForSingleObject:
        return name(process, record.waited[0]);
    case function::DuplicateHandle:
        return name(process, record.arguments[1]);
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
    case function::WaitForMultipleObjects: {
        std::string all;
        for (std::uint64_t i = 0; i < record.arguments[0] && i < MAXIMUM_WAIT_OBJECTS; ++i)
            all += (i ? ", " : "") + name(process, record.waited[i]);
        return all;
    }
    default:
        return type_of(record.call) && record.text[0] ? without_namespace(record.text) : "";
    }
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
    return type + " #" + std::to_string(++unnamed_[type]);
}

void object_table::add(DWORD process, std::uint64_t handle, std::string object)
{
    handles_[{process, handle}] = {std::move(object), calls_[process]};
}

void object_table::apply(DWORD process, const protocol::record& record,
                         const std::string& new_process_name)
{
    const bool failed = record.result == 0;
    switch (record.call) {
    case function::CreateProcessW:
        if (!failed) {
            add(process, record.created[0], "process " + new_process_name);
            handles_[{process, record.created[0]}].process_id = record.ids[0];
            add(process, record.created[1], "thread of " + new_process_name);
        }
        break;
    case function::CreateThread:
    case function::beginthreadex:
        if (!failed)
            add(process, record.created[0], "thread #" + std::to_string(++unnamed_["thread"]));
        break;
    case function::DuplicateHandle:
        if (!failed)
            add(process, record.created[0], name(process, record.arguments[1]));
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
