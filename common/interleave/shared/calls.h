#pragma once

// What the instrument knows of the calls at which it stops a program, each in one row. Whatever
// depends on a call asks its row: the probe's hooks, the controller's bookkeeping, the explorer,
// the timeline, and the test of the list in docs/instrument.md.
//
// A new call is an enumerator, a row, and a hook in probe/hooks.cpp. Where it does something to its
// object that no other call does it is an effect as well, with a function in controller/objects.cpp. What is
// forgotten does not compile.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

namespace interleave {

/// The order means nothing; `count` is the last.
enum class function : std::uint32_t
{
    CreateFileMappingW,
    OpenFileMappingW,
    MapViewOfFile,
    UnmapViewOfFile,
    CreateEventW,
    CreateEventExW,
    OpenEventW,
    CreateSemaphoreW,
    OpenSemaphoreW,
    CreateMutexW,
    OpenMutexW,
    OpenProcess,
    CreateJobObjectW,
    SetInformationJobObject,
    AssignProcessToJobObject,
    DuplicateHandle,
    CloseHandle,
    SetConsoleCtrlHandler,
    UpdateProcThreadAttribute,
    CreateProcessW,
    CreateThread,
    beginthreadex,
    ResumeThread,
    SetEvent,
    ResetEvent,
    ReleaseSemaphore,
    ReleaseMutex,
    WaitForSingleObject,
    WaitForSingleObjectEx,
    WaitForMultipleObjects,
    Sleep,
    TerminateProcess,
    TerminateJobObject,
    ExitProcess,
    ReadFile,
    WriteFile,
    WriteConsoleW,
    Thrd_join,
    Thrd_detach,
    ExitThread,
    FreeLibraryAndExitThread,
    process_start,
    process_exit,
    thread_start,
    thread_exit,
    ctrl_c, // the thread on which the system calls the handlers starts
    memory_read,
    memory_write,
    crash,
    count
};

/// Who makes the call.
enum class origin
{
    system,      // kernel32 exports it
    c_runtime,   // an import from elsewhere
    cpp_library, // the same
    probe        // no import: a point of the probe's own
};

/// What a call that has failed returns.
enum class failure
{
    unsaid,
    none, // it returns nothing, or cannot fail
    zero, // FALSE, NULL
    all_ones
};

/// Whether the explorer lets another thread go on while one stands at this call.
enum class turn
{
    unsaid,
    stays,
    may_pass,
    may_pass_after // it has been made: before it there is nobody to give way to
};

/// Where the object that the call is about is told from.
enum class object_from
{
    nothing,
    name,              // the argument is the object's name
    handle,            // the argument is a handle
    handle_or_itself,  // the same; the pseudo handle of the process is called "itself"
    waited_handle,     // the argument is the handle that is waited for
    handles,           // the argument is an array; the record has its elements
    view,              // the argument is the address of a view
    address_in_a_view, // the argument is the address of a view, the one before it an offset
};

enum class waiting
{
    no,
    for_one,
    for_several,
    for_time // a sleep
};

/// What a call that has worked does to its object, and sets going.
enum class effect
{
    none,
    creates_object, // of the row's type
    opens_object,   // the same
    opens_process,
    starts_process,
    starts_thread,
    resumes_thread,
    ends_process,
    adds_to_job,
    limits_job,
    ends_job,
    changes_attributes,
    duplicates_handle,
    closes_handle,
    maps_view,
    unmaps_view,
};

inline constexpr std::size_t argument_limit = 10;
inline constexpr std::size_t no_argument = argument_limit;

struct object_of_call
{
    object_from from = object_from::nothing;
    std::size_t argument = no_argument; ///< which one it is
};

struct call_facts
{
    function call = function::count;
    std::string_view name{}; ///< as in import tables, scripts and timelines
    origin made_by = origin::system;
    /// It is no point of its own, and shows as this one. Such a row needs nothing else.
    std::optional<function> shows_as{};
    /// A point only where it is given memory that is watched.
    bool needs_watched_memory = false;
    /// Those that the record holds, in the order of the call.
    std::array<std::string_view, argument_limit> arguments{};
    object_of_call object{};
    std::string_view type{}; ///< of the object that it creates or opens
    failure fails_with = failure::unsaid;
    waiting waits = waiting::no;
    std::size_t limit = no_argument; ///< the argument that limits the wait, in milliseconds
    turn others = turn::unsaid;
    effect does = effect::none;

    [[nodiscard]] constexpr std::size_t argument_count() const
    {
        std::size_t count = 0;
        while (count < arguments.size() && !arguments[count].empty())
            ++count;
        return count;
    }
    [[nodiscard]] constexpr bool is_import() const { return made_by != origin::probe; }
    [[nodiscard]] constexpr bool is_point() const { return !shows_as; }
    [[nodiscard]] constexpr bool waits_for_object() const
    {
        return waits == waiting::for_one || waits == waiting::for_several;
    }
    [[nodiscard]] constexpr bool has_failed(std::uint64_t result) const
    {
        return fails_with == failure::zero       ? result == 0
               : fails_with == failure::all_ones ? static_cast<std::uint32_t>(result) == ~0U
                                                 : false;
    }
};

// clang-format off: a row is easier to read by fields than by columns
inline constexpr call_facts call_rows[] = {
    // Sections and their views.
    {.call = function::CreateFileMappingW, .name = "CreateFileMappingW",
     .arguments = {"file", "security", "protection", "size_high", "size_low", "name"},
     .object = {object_from::name, 5}, .type = "section", .fails_with = failure::zero,
     .others = turn::stays, .does = effect::creates_object},
    {.call = function::OpenFileMappingW, .name = "OpenFileMappingW",
     .arguments = {"access", "inherit", "name"},
     .object = {object_from::name, 2}, .type = "section", .fails_with = failure::zero,
     .others = turn::stays, .does = effect::opens_object},
    {.call = function::MapViewOfFile, .name = "MapViewOfFile",
     .arguments = {"section", "access", "offset_high", "offset_low", "size"},
     .object = {object_from::handle, 0}, .fails_with = failure::zero,
     .others = turn::stays, .does = effect::maps_view},
    {.call = function::UnmapViewOfFile, .name = "UnmapViewOfFile",
     .arguments = {"view"},
     .object = {object_from::view, 0}, .fails_with = failure::zero,
     .others = turn::stays, .does = effect::unmaps_view},

    // Events, semaphores, mutexes.
    {.call = function::CreateEventW, .name = "CreateEventW",
     .arguments = {"security", "manual_reset", "signalled", "name"},
     .object = {object_from::name, 3}, .type = "event", .fails_with = failure::zero,
     .others = turn::stays, .does = effect::creates_object},
    {.call = function::CreateEventExW, .name = "CreateEventExW",
     .arguments = {"security", "name", "flags", "access"},
     .object = {object_from::name, 1}, .type = "event", .fails_with = failure::zero,
     .others = turn::stays, .does = effect::creates_object},
    {.call = function::OpenEventW, .name = "OpenEventW",
     .arguments = {"access", "inherit", "name"},
     .object = {object_from::name, 2}, .type = "event", .fails_with = failure::zero,
     .others = turn::stays, .does = effect::opens_object},
    {.call = function::SetEvent, .name = "SetEvent",
     .arguments = {"event"},
     .object = {object_from::handle, 0}, .fails_with = failure::zero, .others = turn::may_pass},
    {.call = function::ResetEvent, .name = "ResetEvent",
     .arguments = {"event"},
     .object = {object_from::handle, 0}, .fails_with = failure::zero, .others = turn::may_pass},
    {.call = function::CreateSemaphoreW, .name = "CreateSemaphoreW",
     .arguments = {"security", "initial", "maximum", "name"},
     .object = {object_from::name, 3}, .type = "semaphore", .fails_with = failure::zero,
     .others = turn::stays, .does = effect::creates_object},
    {.call = function::OpenSemaphoreW, .name = "OpenSemaphoreW",
     .arguments = {"access", "inherit", "name"},
     .object = {object_from::name, 2}, .type = "semaphore", .fails_with = failure::zero,
     .others = turn::stays, .does = effect::opens_object},
    {.call = function::ReleaseSemaphore, .name = "ReleaseSemaphore",
     .arguments = {"semaphore", "count", "previous"},
     .object = {object_from::handle, 0}, .fails_with = failure::zero, .others = turn::may_pass},
    {.call = function::CreateMutexW, .name = "CreateMutexW",
     .arguments = {"security", "owned", "name"},
     .object = {object_from::name, 2}, .type = "mutex", .fails_with = failure::zero,
     .others = turn::stays, .does = effect::creates_object},
    {.call = function::OpenMutexW, .name = "OpenMutexW",
     .arguments = {"access", "inherit", "name"},
     .object = {object_from::name, 2}, .type = "mutex", .fails_with = failure::zero,
     .others = turn::stays, .does = effect::opens_object},
    {.call = function::ReleaseMutex, .name = "ReleaseMutex",
     .arguments = {"mutex"},
     .object = {object_from::handle, 0}, .fails_with = failure::zero, .others = turn::may_pass},

    // Waits.
    {.call = function::WaitForSingleObject, .name = "WaitForSingleObject",
     .arguments = {"handle", "milliseconds"},
     .object = {object_from::waited_handle, 0}, .fails_with = failure::all_ones,
     .waits = waiting::for_one, .limit = 1, .others = turn::may_pass},
    // A static C++ library of Microsoft's waits so for a thread, where others use the plain call.
    {.call = function::WaitForSingleObjectEx, .name = "WaitForSingleObjectEx",
     .shows_as = function::WaitForSingleObject},
    {.call = function::WaitForMultipleObjects, .name = "WaitForMultipleObjects",
     .arguments = {"count", "handles", "all", "milliseconds"},
     .object = {object_from::handles, 1}, .fails_with = failure::all_ones,
     .waits = waiting::for_several, .limit = 3, .others = turn::may_pass},
    {.call = function::Sleep, .name = "Sleep",
     .arguments = {"milliseconds"},
     .fails_with = failure::none, .waits = waiting::for_time, .limit = 0,
     .others = turn::may_pass},

    // Processes and threads.
    {.call = function::CreateProcessW, .name = "CreateProcessW",
     .arguments = {"program", "command_line", "process_security", "thread_security", "inherit",
                   "flags", "environment", "directory", "startup", "information"},
     .fails_with = failure::zero, .others = turn::may_pass_after, .does = effect::starts_process},
    {.call = function::UpdateProcThreadAttribute, .name = "UpdateProcThreadAttribute",
     .arguments = {"list", "flags", "attribute", "value", "size"},
     .object = {object_from::handles, 3}, .fails_with = failure::zero,
     .others = turn::stays, .does = effect::changes_attributes},
    {.call = function::OpenProcess, .name = "OpenProcess",
     .arguments = {"access", "inherit", "id"},
     .fails_with = failure::zero, .others = turn::stays, .does = effect::opens_process},
    {.call = function::CreateThread, .name = "CreateThread",
     .arguments = {"security", "stack", "routine", "parameter", "flags", "id"},
     .fails_with = failure::zero, .others = turn::may_pass_after, .does = effect::starts_thread},
    {.call = function::beginthreadex, .name = "_beginthreadex", .made_by = origin::c_runtime,
     .arguments = {"security", "stack", "routine", "parameter", "flags", "id"},
     .fails_with = failure::zero, .others = turn::may_pass_after, .does = effect::starts_thread},
    {.call = function::ResumeThread, .name = "ResumeThread",
     .arguments = {"thread"},
     .object = {object_from::handle, 0}, .fails_with = failure::all_ones,
     .others = turn::may_pass, .does = effect::resumes_thread},
    {.call = function::TerminateProcess, .name = "TerminateProcess",
     .arguments = {"process", "exit_code"},
     .object = {object_from::handle, 0}, .fails_with = failure::zero,
     .others = turn::may_pass, .does = effect::ends_process},
    {.call = function::ExitProcess, .name = "ExitProcess",
     .arguments = {"exit_code"},
     .fails_with = failure::none, .others = turn::may_pass},
    {.call = function::SetConsoleCtrlHandler, .name = "SetConsoleCtrlHandler",
     .arguments = {"handler", "add"},
     .fails_with = failure::zero, .others = turn::stays},
    {.call = function::ExitThread, .name = "ExitThread", .shows_as = function::thread_exit},
    {.call = function::FreeLibraryAndExitThread, .name = "FreeLibraryAndExitThread",
     .shows_as = function::thread_exit},
    // They wait for the thread, or do not, and close its handle.
    {.call = function::Thrd_join, .name = "_Thrd_join", .made_by = origin::cpp_library,
     .shows_as = function::WaitForSingleObject},
    {.call = function::Thrd_detach, .name = "_Thrd_detach", .made_by = origin::cpp_library,
     .shows_as = function::CloseHandle},

    // Jobs.
    {.call = function::CreateJobObjectW, .name = "CreateJobObjectW",
     .arguments = {"security", "name"},
     .object = {object_from::name, 1}, .type = "job", .fails_with = failure::zero,
     .others = turn::stays, .does = effect::creates_object},
    {.call = function::SetInformationJobObject, .name = "SetInformationJobObject",
     .arguments = {"job", "kind", "information", "size", "limit_flags"}, // the last: what is in it
     .object = {object_from::handle, 0}, .fails_with = failure::zero,
     .others = turn::stays, .does = effect::limits_job},
    {.call = function::AssignProcessToJobObject, .name = "AssignProcessToJobObject",
     .arguments = {"job", "process"},
     .object = {object_from::handle, 0}, .fails_with = failure::zero,
     .others = turn::stays, .does = effect::adds_to_job},
    {.call = function::TerminateJobObject, .name = "TerminateJobObject",
     .arguments = {"job", "exit_code"},
     .object = {object_from::handle, 0}, .fails_with = failure::zero,
     .others = turn::may_pass, .does = effect::ends_job},

    // Handles.
    {.call = function::DuplicateHandle, .name = "DuplicateHandle",
     .arguments = {"from", "source", "to", "target", "access", "inherit", "options"},
     .object = {object_from::handle_or_itself, 1}, .fails_with = failure::zero,
     .others = turn::stays, .does = effect::duplicates_handle},
    {.call = function::CloseHandle, .name = "CloseHandle",
     .arguments = {"handle"},
     .object = {object_from::handle, 0}, .fails_with = failure::zero,
     .others = turn::stays, .does = effect::closes_handle},

    // What the kernel does with memory that is watched.
    {.call = function::ReadFile, .name = "ReadFile", .needs_watched_memory = true,
     .arguments = {"file", "buffer", "bytes"},
     .fails_with = failure::zero, .others = turn::may_pass},
    {.call = function::WriteFile, .name = "WriteFile", .needs_watched_memory = true,
     .arguments = {"file", "buffer", "bytes"},
     .fails_with = failure::zero, .others = turn::may_pass},
    {.call = function::WriteConsoleW, .name = "WriteConsoleW", .needs_watched_memory = true,
     .arguments = {"console", "text", "bytes"},
     .fails_with = failure::zero, .others = turn::may_pass},

    // No calls, but points all the same.
    {.call = function::process_start, .name = "process start", .made_by = origin::probe,
     .arguments = {"patched_imports"},
     .fails_with = failure::none, .others = turn::may_pass},
    {.call = function::process_exit, .name = "process exit", .made_by = origin::probe,
     .fails_with = failure::none, .others = turn::may_pass},
    {.call = function::thread_start, .name = "thread start", .made_by = origin::probe,
     .fails_with = failure::none, .others = turn::may_pass},
    {.call = function::thread_exit, .name = "thread exit", .made_by = origin::probe,
     .fails_with = failure::none, .others = turn::may_pass},
    {.call = function::ctrl_c, .name = "Ctrl+C", .made_by = origin::probe,
     .fails_with = failure::none, .others = turn::may_pass},
    {.call = function::memory_read, .name = "read", .made_by = origin::probe,
     .arguments = {"address", "offset", "view"},
     .object = {object_from::address_in_a_view, 2},
     .fails_with = failure::none, .others = turn::may_pass},
    {.call = function::memory_write, .name = "write", .made_by = origin::probe,
     .arguments = {"address", "offset", "view"},
     .object = {object_from::address_in_a_view, 2},
     .fails_with = failure::none, .others = turn::may_pass},
    {.call = function::crash, .name = "crash", .made_by = origin::probe,
     .arguments = {"exception", "kind", "address"},
     .fails_with = failure::none, .others = turn::stays},
};
// clang-format on

inline constexpr std::size_t function_count = static_cast<std::size_t>(function::count);

// Compile-time checks. Each returns the place in the enumeration of the first function that is
// wrong, which compilers print.
namespace check_rows {

inline constexpr std::size_t none = function_count;

template <class IsWrong>
constexpr std::size_t first_wrong(IsWrong is_wrong)
{
    for (const auto& row : call_rows)
        if (is_wrong(row))
            return static_cast<std::size_t>(row.call);
    return none;
}

constexpr std::size_t without_exactly_one_row()
{
    for (std::uint32_t i = 0; i < function_count; ++i)
        if (std::ranges::count(call_rows, function{i}, &call_facts::call) != 1)
            return i;
    return none;
}

constexpr std::size_t with_the_name_of_another()
{
    return first_wrong([](const call_facts& row) {
        return row.name.empty() || std::ranges::count(call_rows, row.name, &call_facts::name) != 1;
    });
}

constexpr std::size_t with_an_argument_out_of_range()
{
    return first_wrong([](const call_facts& row) {
        const auto is_wrong = [&](std::size_t argument, bool is_wanted) {
            return is_wanted ? argument >= row.argument_count() : argument != no_argument;
        };
        return is_wrong(row.object.argument, row.object.from != object_from::nothing) ||
               is_wrong(row.limit, row.waits != waiting::no);
    });
}

constexpr std::size_t without_a_fact()
{
    return first_wrong([](const call_facts& row) {
        const bool is_said = row.fails_with != failure::unsaid && row.others != turn::unsaid;
        const bool needs_type =
            row.does == effect::creates_object || row.does == effect::opens_object;
        return row.is_point() != is_said || needs_type == row.type.empty();
    });
}

constexpr std::size_t that_shows_as_no_point()
{
    return first_wrong([](const call_facts& row) {
        return row.shows_as && std::ranges::none_of(call_rows, [&](const call_facts& other) {
                   return other.call == *row.shows_as && other.is_point();
               });
    });
}

static_assert(without_exactly_one_row() == none, "a function has no row, or two");
static_assert(std::size(call_rows) == function_count,
              "a row is of no function: is its enumerator behind `count`?");
static_assert(with_the_name_of_another() == none, "two rows have one name");
static_assert(with_an_argument_out_of_range() == none,
              "the object, or the limit of a wait, is an argument that the call does not have");
static_assert(without_a_fact() == none,
              "a point must say how it fails and whether others may run; what creates or opens an "
              "object, its type");
static_assert(that_shows_as_no_point() == none, "a call shows as what is no point");

} // namespace check_rows

inline constexpr auto facts_by_function = [] {
    std::array<call_facts, function_count> all;
    for (const auto& row : call_rows)
        all.at(static_cast<std::size_t>(row.call)) = row;
    return all;
}();

constexpr const call_facts& facts(function f)
{
    return facts_by_function[static_cast<std::size_t>(f)];
}

constexpr std::string_view name_of(function f)
{
    return facts(f).name;
}

/// Nothing, where the instrument knows no such name.
constexpr std::optional<function> function_named(std::string_view name)
{
    const auto* const found = std::ranges::find(call_rows, name, &call_facts::name);
    return found == std::end(call_rows) ? std::nullopt : std::optional(found->call);
}

/// The point at which a thread stands that makes this call.
constexpr function point_of(function f)
{
    return facts(f).shows_as.value_or(f);
}

constexpr bool is_memory_access(function f)
{
    return facts(f).object.from == object_from::address_in_a_view;
}

constexpr bool sleeps(function f)
{
    return facts(f).waits == waiting::for_time;
}

/// Imports of the lessons' programs that have to do with threads, processes, handles or waits, and
/// that are not controlled on purpose. What neither stands here nor has a row fails a test.
inline constexpr std::string_view calls_let_through[] = {
    // Locks of the C runtime and the C++ library. A wait there is "uncontrolled blocking".
    "InitializeCriticalSection",
    "InitializeCriticalSectionAndSpinCount",
    "InitializeCriticalSectionEx",
    "EnterCriticalSection",
    "TryEnterCriticalSection",
    "LeaveCriticalSection",
    "DeleteCriticalSection",
    "AcquireSRWLockExclusive",
    "TryAcquireSRWLockExclusive",
    "ReleaseSRWLockExclusive",
    "SleepConditionVariableSRW",
    "WakeConditionVariable",
    "WakeAllConditionVariable",
    // MinGW's thread library has objects of its own, without names.
    "CreateEventA",
    "CreateSemaphoreA",
    "SetProcessAffinityMask",
    "SetThreadContext",
    "SetThreadPriority",
    "SuspendThread",
    // They change nothing that another process could see, or only what it inherits.
    "SetHandleInformation",
    "SetStdHandle",
    "InitializeProcThreadAttributeList",
    "DeleteProcThreadAttributeList",
    // The instrument's own tests need a wait that is not controlled.
    "SleepEx",
};

/// Of all that is in the table: probe and controller must agree on it.
constexpr std::uint32_t hash_of(std::array<call_facts, function_count> table)
{
    std::uint32_t hash = 2166136261U; // FNV-1a
    const auto mix = [&](auto value) {
        hash = (hash ^ static_cast<std::uint32_t>(value)) * 16777619U;
    };
    const auto mix_text = [&](std::string_view text) {
        for (const char c : text)
            mix(c);
        mix(text.size());
    };
    for (const auto& row : table) {
        mix(row.call);
        mix_text(row.name);
        mix(row.made_by);
        mix(row.shows_as.value_or(function::count));
        mix(row.needs_watched_memory);
        for (const auto argument : row.arguments)
            mix_text(argument);
        mix(row.object.from);
        mix(row.object.argument);
        mix_text(row.type);
        mix(row.fails_with);
        mix(row.waits);
        mix(row.limit);
        mix(row.others);
        mix(row.does);
    }
    return hash;
}

inline constexpr std::uint32_t table_hash = hash_of(facts_by_function);

} // namespace interleave
