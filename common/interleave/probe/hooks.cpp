#include "probe/memory_points.h"
#include "probe/probe.h"
#include "shared/calls.h"
#include "shared/protocol.h"
#include "shared/start_again.h"

#include <windows.h>

#include <process.h>

#include <cstddef>
#include <cstdint>
#include <iterator>

// What stands in the import table of a controlled program. Each hook has the signature of the call
// it stands in for, and does the same: a record, a point before, the call, a point after.

namespace interleave::probe {
namespace {

template <class T>
std::uint64_t number(T value)
{
    if constexpr (std::is_pointer_v<T>)
        return reinterpret_cast<std::uint64_t>(value);
    else
        return static_cast<std::uint64_t>(value);
}

void copy(wchar_t (&target)[protocol::text_length], const wchar_t* source)
{
    for (std::size_t i = 0; source && source[i] && i + 1 < std::size(target); ++i)
        target[i] = source[i];
}

template <function Call, class... Arguments>
protocol::record& begin_with(Arguments... arguments)
{
    constexpr auto point = point_of(Call);
    static_assert(sizeof...(arguments) == facts(point).argument_count(),
                  "the record holds other arguments than the row of the call names");
    auto& record = begin(point);
    std::size_t i = 0;
    ((record.arguments[i++] = number(arguments)), ...);
    return record;
}

template <function Call, class Result>
constexpr Result failure_of()
{
    if constexpr (facts(point_of(Call)).fails_with == failure::all_ones)
        return static_cast<Result>(-1);
    else
        return Result{};
}

// Stops, makes the call (or fails it), stops, and leaves the last error as the call left it.
template <function Call, class MakeCall>
auto intercept(protocol::record& record, DWORD last_error, MakeCall make_call)
{
    using result_type = decltype(make_call());
    record.last_error = last_error; // a test may look at it before the call
    const auto reply = stop(phase::before);
    auto result = failure_of<Call, result_type>();
    if (reply.what == protocol::action::fail) {
        last_error = reply.code;
    } else {
        ::SetLastError(last_error);
        result = make_call();
        last_error = ::GetLastError();
    }
    record.result = number(result);
    record.last_error = last_error;
    stop(phase::after);
    ::SetLastError(last_error);
    return result;
}

HANDLE remembered(protocol::record& record, HANDLE handle)
{
    if (handle) {
        remember(handle);
        record.created[0] = number(handle);
    }
    return handle;
}

HANDLE WINAPI create_file_mapping(HANDLE file, SECURITY_ATTRIBUTES* security, DWORD protection,
                                  DWORD size_high, DWORD size_low, const wchar_t* name)
{
    const DWORD error = ::GetLastError();
    auto& record = begin_with<function::CreateFileMappingW>(file, security, protection, size_high,
                                                            size_low, name);
    copy(record.text, name);
    return intercept<function::CreateFileMappingW>(record, error, [&] {
        return remembered(
            record,
            original<decltype(::CreateFileMappingW)>(function::CreateFileMappingW)(
                file, security, protection, size_high, size_low, execution_name(name).get()));
    });
}

HANDLE WINAPI create_event(SECURITY_ATTRIBUTES* security, BOOL manual, BOOL signalled,
                           const wchar_t* name)
{
    const DWORD error = ::GetLastError();
    auto& record = begin_with<function::CreateEventW>(security, manual, signalled, name);
    copy(record.text, name);
    return intercept<function::CreateEventW>(record, error, [&] {
        return remembered(record, original<decltype(::CreateEventW)>(function::CreateEventW)(
                                      security, manual, signalled, execution_name(name).get()));
    });
}

HANDLE WINAPI create_event_ex(SECURITY_ATTRIBUTES* security, const wchar_t* name, DWORD flags,
                              DWORD access)
{
    const DWORD error = ::GetLastError();
    auto& record = begin_with<function::CreateEventExW>(security, name, flags, access);
    copy(record.text, name);
    return intercept<function::CreateEventExW>(record, error, [&] {
        return remembered(record, original<decltype(::CreateEventExW)>(function::CreateEventExW)(
                                      security, execution_name(name).get(), flags, access));
    });
}

HANDLE WINAPI create_semaphore(SECURITY_ATTRIBUTES* security, LONG initial, LONG maximum,
                               const wchar_t* name)
{
    const DWORD error = ::GetLastError();
    auto& record = begin_with<function::CreateSemaphoreW>(security, initial, maximum, name);
    copy(record.text, name);
    return intercept<function::CreateSemaphoreW>(record, error, [&] {
        return remembered(record,
                          original<decltype(::CreateSemaphoreW)>(function::CreateSemaphoreW)(
                              security, initial, maximum, execution_name(name).get()));
    });
}

HANDLE WINAPI create_mutex(SECURITY_ATTRIBUTES* security, BOOL owned, const wchar_t* name)
{
    const DWORD error = ::GetLastError();
    auto& record = begin_with<function::CreateMutexW>(security, owned, name);
    copy(record.text, name);
    return intercept<function::CreateMutexW>(record, error, [&] {
        return remembered(record, original<decltype(::CreateMutexW)>(function::CreateMutexW)(
                                      security, owned, execution_name(name).get()));
    });
}

// OpenFileMappingW, OpenEventW, OpenSemaphoreW and OpenMutexW have one signature.
template <function Call>
HANDLE WINAPI open_object(DWORD access, BOOL inherit, const wchar_t* name)
{
    const DWORD error = ::GetLastError();
    auto& record = begin_with<Call>(access, inherit, name);
    copy(record.text, name);
    return intercept<Call>(record, error, [&] {
        return remembered(record, original<decltype(::OpenEventW)>(Call)(
                                      access, inherit, execution_name(name).get()));
    });
}

HANDLE WINAPI open_process(DWORD access, BOOL inherit, DWORD id)
{
    const DWORD error = ::GetLastError();
    auto& record = begin_with<function::OpenProcess>(access, inherit, id);
    return intercept<function::OpenProcess>(record, error, [&] {
        return remembered(
            record, original<decltype(::OpenProcess)>(function::OpenProcess)(access, inherit, id));
    });
}

HANDLE WINAPI create_job(SECURITY_ATTRIBUTES* security, const wchar_t* name)
{
    const DWORD error = ::GetLastError();
    auto& record = begin_with<function::CreateJobObjectW>(security, name);
    copy(record.text, name);
    return intercept<function::CreateJobObjectW>(record, error, [&] {
        return remembered(record,
                          original<decltype(::CreateJobObjectW)>(function::CreateJobObjectW)(
                              security, execution_name(name).get()));
    });
}

BOOL WINAPI set_information_job(HANDLE job, JOBOBJECTINFOCLASS kind, void* information, DWORD size)
{
    const DWORD error = ::GetLastError();
    DWORD limit_flags = 0;
    if (kind == JobObjectExtendedLimitInformation &&
        size == sizeof(JOBOBJECT_EXTENDED_LIMIT_INFORMATION))
        limit_flags = static_cast<const JOBOBJECT_EXTENDED_LIMIT_INFORMATION*>(information)
                          ->BasicLimitInformation.LimitFlags;
    auto& record =
        begin_with<function::SetInformationJobObject>(job, kind, information, size, limit_flags);
    return intercept<function::SetInformationJobObject>(record, error, [&] {
        return original<decltype(::SetInformationJobObject)>(function::SetInformationJobObject)(
            job, kind, information, size);
    });
}

BOOL WINAPI assign_process(HANDLE job, HANDLE process)
{
    const DWORD error = ::GetLastError();
    auto& record = begin_with<function::AssignProcessToJobObject>(job, process);
    return intercept<function::AssignProcessToJobObject>(record, error, [&] {
        return original<decltype(::AssignProcessToJobObject)>(function::AssignProcessToJobObject)(
            job, process);
    });
}

BOOL WINAPI terminate_job(HANDLE job, UINT exit_code)
{
    const DWORD error = ::GetLastError();
    auto& record = begin_with<function::TerminateJobObject>(job, exit_code);
    return intercept<function::TerminateJobObject>(record, error, [&] {
        return original<decltype(::TerminateJobObject)>(function::TerminateJobObject)(job,
                                                                                      exit_code);
    });
}

BOOL WINAPI set_ctrl_handler(PHANDLER_ROUTINE handler, BOOL add)
{
    const DWORD error = ::GetLastError();
    auto& record = begin_with<function::SetConsoleCtrlHandler>(handler, add);
    return intercept<function::SetConsoleCtrlHandler>(record, error, [&] {
        const BOOL done = original<decltype(::SetConsoleCtrlHandler)>(
            function::SetConsoleCtrlHandler)(handler, add);
        if (done && !handler)
            ignore_ctrl_c(add);
        else if (done && add)
            add_ctrl_handler(handler);
        else if (done)
            remove_ctrl_handler(handler);
        return done;
    });
}

BOOL WINAPI update_attribute(LPPROC_THREAD_ATTRIBUTE_LIST list, DWORD flags, DWORD_PTR attribute,
                             void* value, SIZE_T size, void* previous, SIZE_T* returned)
{
    const DWORD error = ::GetLastError();
    auto& record =
        begin_with<function::UpdateProcThreadAttribute>(list, flags, attribute, value, size);
    if (attribute == PROC_THREAD_ATTRIBUTE_HANDLE_LIST ||
        attribute == PROC_THREAD_ATTRIBUTE_JOB_LIST)
        for (SIZE_T i = 0; i < size / sizeof(HANDLE) && i < std::size(record.handles); ++i)
            record.handles[record.handle_count++] = number(static_cast<const HANDLE*>(value)[i]);
    return intercept<function::UpdateProcThreadAttribute>(record, error, [&] {
        return original<decltype(::UpdateProcThreadAttribute)>(function::UpdateProcThreadAttribute)(
            list, flags, attribute, value, size, previous, returned);
    });
}

void* WINAPI map_view(HANDLE section, DWORD access, DWORD offset_high, DWORD offset_low,
                      SIZE_T size)
{
    const DWORD error = ::GetLastError();
    auto& record =
        begin_with<function::MapViewOfFile>(section, access, offset_high, offset_low, size);
    return intercept<function::MapViewOfFile>(record, error, [&] {
        return original<decltype(::MapViewOfFile)>(function::MapViewOfFile)(
            section, access, offset_high, offset_low, size);
    });
}

BOOL WINAPI unmap_view(const void* address)
{
    const DWORD error = ::GetLastError();
    auto& record = begin_with<function::UnmapViewOfFile>(address);
    return intercept<function::UnmapViewOfFile>(record, error, [&] {
        stop_watching(address);
        return original<decltype(::UnmapViewOfFile)>(function::UnmapViewOfFile)(address);
    });
}

BOOL WINAPI duplicate_handle(HANDLE from, HANDLE source, HANDLE to, HANDLE* target, DWORD access,
                             BOOL inherit, DWORD options)
{
    const DWORD error = ::GetLastError();
    const auto duplicate = original<decltype(::DuplicateHandle)>(function::DuplicateHandle);
    const HANDLE self = ::GetCurrentProcess();
    // The C++ library duplicates thread handles for itself.
    if (from == self && source != self && !is_known(source))
        return duplicate(from, source, to, target, access, inherit, options);
    auto& record =
        begin_with<function::DuplicateHandle>(from, source, to, target, access, inherit, options);
    return intercept<function::DuplicateHandle>(record, error, [&] {
        const BOOL done = duplicate(from, source, to, target, access, inherit, options);
        if (done && target) {
            record.created[0] = number(*target);
            if (to == self)
                remember(*target);
        }
        return done;
    });
}

// The program's own handle is closed by this call, which tells whether it has worked.
template <class Close>
BOOL close_known(HANDLE handle, DWORD last_error, Close close)
{
    auto& record = begin_with<function::CloseHandle>(handle);
    return intercept<function::CloseHandle>(record, last_error, [&] {
        const BOOL closed = close();
        if (closed)
            forget(handle);
        return closed;
    });
}

BOOL WINAPI close_handle(HANDLE handle)
{
    const DWORD error = ::GetLastError();
    const auto close = original<decltype(::CloseHandle)>(function::CloseHandle);
    if (handle && handle != INVALID_HANDLE_VALUE && !is_known(handle)) {
        const BOOL closed = close(handle);
        if (closed)
            return closed;
        // Closing what is not open is the program's mistake, and worth a record.
        const DWORD close_error = ::GetLastError();
        auto& record = begin_with<function::CloseHandle>(handle);
        record.last_error = close_error;
        stop(phase::after);
        ::SetLastError(close_error);
        return closed;
    }
    return close_known(handle, error, [&] { return close(handle); });
}

// Of the handles from hooked calls those that a child would inherit.
void note_inheritable(protocol::record& record)
{
    constexpr std::uintptr_t most = 0x10000; // beyond it no handle of a small program lies
    for (std::uintptr_t value = 4; value < most && record.handle_count < std::size(record.handles);
         value += 4) {
        const auto handle = reinterpret_cast<HANDLE>(value);
        DWORD flags = 0;
        if (is_known(handle) && ::GetHandleInformation(handle, &flags) &&
            (flags & HANDLE_FLAG_INHERIT))
            record.handles[record.handle_count++] = value;
    }
}

BOOL WINAPI create_process(const wchar_t* program, wchar_t* command_line,
                           SECURITY_ATTRIBUTES* process_security,
                           SECURITY_ATTRIBUTES* thread_security, BOOL inherit, DWORD flags,
                           void* environment, const wchar_t* directory, STARTUPINFOW* startup,
                           PROCESS_INFORMATION* information)
{
    const DWORD error = ::GetLastError();
    auto& record = begin_with<function::CreateProcessW>(
        program, command_line, process_security, thread_security, inherit, flags, environment,
        directory, startup, information);
    copy(record.text, program);
    copy(record.more_text, command_line);
    if (inherit)
        note_inheritable(record);
    if (flags & EXTENDED_STARTUPINFO_PRESENT)
        record.attributes = number(reinterpret_cast<STARTUPINFOEXW*>(startup)->lpAttributeList);
    return intercept<function::CreateProcessW>(record, error, [&] {
        const BOOL created = start_again_where_wine_fails([&] {
            return original<decltype(::CreateProcessW)>(function::CreateProcessW)(
                program, command_line, process_security, thread_security, inherit, flags,
                environment, directory, startup, information);
        });
        if (created) {
            remember(information->hProcess);
            remember(information->hThread);
            record.created[0] = number(information->hProcess);
            record.created[1] = number(information->hThread);
            record.ids[0] = information->dwProcessId;
            record.ids[1] = information->dwThreadId;
        }
        return created;
    });
}

// The start routine and parameter of a thread, on their way into the new thread.
template <class Routine>
struct thread_start_data
{
    Routine* routine;
    void* parameter;
};

template <class Routine>
auto* new_thread_start(Routine* routine, void* parameter)
{
    using data = thread_start_data<Routine>;
    auto* start = static_cast<data*>(::HeapAlloc(::GetProcessHeap(), 0, sizeof(data)));
    *start = {routine, parameter};
    return start;
}

template <class Result, class Routine>
Result run_thread(void* parameter)
{
    auto* start = static_cast<thread_start_data<Routine>*>(parameter);
    const auto copy_of_start = *start;
    ::HeapFree(::GetProcessHeap(), 0, start);
    announce_thread();
    const Result result = copy_of_start.routine(copy_of_start.parameter);
    finish_thread();
    return result;
}

using thread_routine = DWORD WINAPI(void*);
using crt_thread_routine = unsigned __stdcall(void*);

DWORD WINAPI run_thread_routine(void* parameter)
{
    return run_thread<DWORD, thread_routine>(parameter);
}

unsigned __stdcall run_crt_thread_routine(void* parameter)
{
    return run_thread<unsigned, crt_thread_routine>(parameter);
}

HANDLE WINAPI create_thread(SECURITY_ATTRIBUTES* security, SIZE_T stack, thread_routine* routine,
                            void* parameter, DWORD flags, DWORD* id)
{
    const DWORD error = ::GetLastError();
    auto& record =
        begin_with<function::CreateThread>(security, stack, routine, parameter, flags, id);
    DWORD own_id = 0;
    return intercept<function::CreateThread>(record, error, [&] {
        const HANDLE thread =
            remembered(record, original<decltype(::CreateThread)>(function::CreateThread)(
                                   security, stack, run_thread_routine,
                                   new_thread_start(routine, parameter), flags, &own_id));
        record.ids[1] = own_id;
        if (id)
            *id = own_id;
        return thread;
    });
}

std::uintptr_t begin_thread(void* security, unsigned stack, crt_thread_routine* routine,
                            void* parameter, unsigned flags, unsigned* id)
{
    const DWORD error = ::GetLastError();
    auto& record =
        begin_with<function::beginthreadex>(security, stack, routine, parameter, flags, id);
    unsigned own_id = 0;
    return intercept<function::beginthreadex>(record, error, [&] {
        const auto thread = original<decltype(::_beginthreadex)>(function::beginthreadex)(
            security, stack, run_crt_thread_routine, new_thread_start(routine, parameter), flags,
            &own_id);
        remembered(record, reinterpret_cast<HANDLE>(thread));
        record.ids[1] = own_id;
        if (id)
            *id = own_id;
        return thread;
    });
}

DWORD WINAPI resume_thread(HANDLE thread)
{
    const DWORD error = ::GetLastError();
    auto& record = begin_with<function::ResumeThread>(thread);
    return intercept<function::ResumeThread>(record, error, [&] {
        return original<decltype(::ResumeThread)>(function::ResumeThread)(thread);
    });
}

// A C runtime that is a part of the program ends its threads so.
void WINAPI exit_thread(DWORD exit_code)
{
    finish_thread();
    original<decltype(::ExitThread)>(function::ExitThread)(exit_code);
}

void WINAPI free_library_and_exit_thread(HMODULE library, DWORD exit_code)
{
    finish_thread();
    original<decltype(::FreeLibraryAndExitThread)>(function::FreeLibraryAndExitThread)(library,
                                                                                       exit_code);
}

// SetEvent, ResetEvent and ReleaseMutex have one signature.
template <function Call>
BOOL WINAPI change_object(HANDLE handle)
{
    const DWORD error = ::GetLastError();
    const auto call = original<decltype(::SetEvent)>(Call);
    if (handle && !is_known(handle))
        return call(handle);
    auto& record = begin_with<Call>(handle);
    return intercept<Call>(record, error, [&] { return call(handle); });
}

BOOL WINAPI release_semaphore(HANDLE handle, LONG count, LONG* previous)
{
    const DWORD error = ::GetLastError();
    const auto call = original<decltype(::ReleaseSemaphore)>(function::ReleaseSemaphore);
    if (handle && !is_known(handle))
        return call(handle, count, previous);
    auto& record = begin_with<function::ReleaseSemaphore>(handle, count, previous);
    return intercept<function::ReleaseSemaphore>(record, error,
                                                 [&] { return call(handle, count, previous); });
}

// The kernel says whether a wait is satisfied: it is tried with a time-out of 0 whenever the
// controller lets the thread go on, until it is, or until the controller gives it up.
template <function Call, class Wait>
DWORD controlled_wait(protocol::record& record, DWORD last_error, DWORD milliseconds, Wait wait)
{
    static_assert(facts(point_of(Call)).waits_for_object(), "the row of the call says no wait");
    return intercept<Call>(record, last_error, [&] {
        for (;;) {
            const DWORD result = wait();
            if (result != WAIT_TIMEOUT || milliseconds == 0)
                return result;
            const bool give_up = stop(phase::blocked).what == protocol::action::time_out;
            ::SetLastError(last_error);
            if (give_up)
                return static_cast<DWORD>(WAIT_TIMEOUT);
        }
    });
}

// A wait on handles of the C++ library goes through; one that fails is the program's mistake.
template <function Call, class Wait, class... Arguments>
DWORD uncontrolled_wait(Wait wait, Arguments... arguments)
{
    const DWORD result = wait();
    if (result != WAIT_FAILED)
        return result;
    const DWORD error = ::GetLastError();
    auto& record = begin_with<Call>(arguments...);
    record.result = result;
    record.last_error = error;
    stop(phase::after);
    ::SetLastError(error);
    return result;
}

template <function Call, class Wait>
DWORD wait_for_one(HANDLE handle, DWORD milliseconds, Wait wait)
{
    const DWORD error = ::GetLastError();
    if (handle && !is_known(handle))
        return uncontrolled_wait<Call>([&] { return wait(milliseconds); }, handle, milliseconds);
    auto& record = begin_with<Call>(handle, milliseconds);
    record.handles[record.handle_count++] = number(handle);
    return controlled_wait<Call>(record, error, milliseconds, [&] { return wait(0); });
}

DWORD WINAPI wait_for_single_object(HANDLE handle, DWORD milliseconds)
{
    const auto wait = original<decltype(::WaitForSingleObject)>(function::WaitForSingleObject);
    return wait_for_one<function::WaitForSingleObject>(
        handle, milliseconds, [&](DWORD limit) { return wait(handle, limit); });
}

DWORD WINAPI wait_for_single_object_ex(HANDLE handle, DWORD milliseconds, BOOL alertable)
{
    const auto wait = original<decltype(::WaitForSingleObjectEx)>(function::WaitForSingleObjectEx);
    return wait_for_one<function::WaitForSingleObjectEx>(
        handle, milliseconds, [&](DWORD limit) { return wait(handle, limit, alertable); });
}

DWORD WINAPI wait_for_multiple_objects(DWORD count, const HANDLE* handles, BOOL all,
                                       DWORD milliseconds)
{
    constexpr auto this_call = function::WaitForMultipleObjects;
    const DWORD error = ::GetLastError();
    const auto wait = original<decltype(::WaitForMultipleObjects)>(this_call);
    bool known = false;
    for (DWORD i = 0; i < count && i < MAXIMUM_WAIT_OBJECTS; ++i)
        known = known || !handles[i] || is_known(handles[i]);
    if (!known)
        return uncontrolled_wait<this_call>([&] { return wait(count, handles, all, milliseconds); },
                                            count, handles, all, milliseconds);
    auto& record = begin_with<this_call>(count, handles, all, milliseconds);
    for (DWORD i = 0; i < count && i < MAXIMUM_WAIT_OBJECTS; ++i)
        record.handles[record.handle_count++] = number(handles[i]);
    return controlled_wait<this_call>(record, error, milliseconds,
                                      [&] { return wait(count, handles, all, 0); });
}

// std::thread of Microsoft's C++ library. In a DLL it waits for the thread, and closes the handle,
// through the DLL's own imports. Here both become points, as they are where the library is a part
// of the program. Source: the library's cthread.cpp.
struct library_thread
{
    HANDLE handle;
    unsigned id;
};
using join_function = int __cdecl(library_thread, int*); // 0: it has worked
using detach_function = int __cdecl(library_thread);

template <class Close>
int close_library_thread(HANDLE handle, Close close)
{
    int result = 4; // the library's name for an error
    close_known(handle, ::GetLastError(), [&] {
        result = close();
        return result == 0;
    });
    return result;
}

int __cdecl join_thread(library_thread thread, int* exit_code)
{
    const auto join = original<join_function>(function::Thrd_join);
    if (!is_known(thread.handle))
        return join(thread, exit_code);
    const auto wait = original<decltype(::WaitForSingleObject)>(function::WaitForSingleObject);
    wait_for_one<function::Thrd_join>(thread.handle, INFINITE,
                                      [&](DWORD limit) { return wait(thread.handle, limit); });
    return close_library_thread(thread.handle, [&] { return join(thread, exit_code); });
}

int __cdecl detach_thread(library_thread thread)
{
    const auto detach = original<detach_function>(function::Thrd_detach);
    if (!is_known(thread.handle))
        return detach(thread);
    return close_library_thread(thread.handle, [&] { return detach(thread); });
}

// Time is virtual: a sleep is a place where others may go on, and takes none.
void WINAPI sleep(DWORD milliseconds)
{
    const DWORD error = ::GetLastError();
    auto& record = begin_with<function::Sleep>(milliseconds);
    intercept<function::Sleep>(record, error, [] { return TRUE; });
}

BOOL WINAPI terminate_process(HANDLE process, UINT exit_code)
{
    const DWORD error = ::GetLastError();
    auto& record = begin_with<function::TerminateProcess>(process, exit_code);
    return intercept<function::TerminateProcess>(record, error, [&] {
        return original<decltype(::TerminateProcess)>(function::TerminateProcess)(process,
                                                                                  exit_code);
    });
}

void WINAPI exit_process(UINT exit_code)
{
    if (!has_reported_exit()) { // afterwards it is the C runtime that ends the process
        begin_with<function::ExitProcess>(exit_code);
        stop(phase::before);
    }
    original<void WINAPI(UINT)>(function::ExitProcess)(exit_code);
}

// A kernel call cannot touch memory that is closed. It is one access to all of it.
template <function Call, class MakeCall>
BOOL through_views(HANDLE handle, const void* buffer, std::size_t bytes, MakeCall make_call)
{
    const DWORD error = ::GetLastError();
    if (!is_watched(buffer, bytes)) {
        ::SetLastError(error);
        return make_call();
    }
    auto& record = begin_with<Call>(handle, buffer, bytes);
    return intercept<Call>(record, error, [&] {
        const open_views opened;
        return make_call();
    });
}

BOOL WINAPI read_file(HANDLE file, void* buffer, DWORD size, DWORD* read, OVERLAPPED* overlapped)
{
    return through_views<function::ReadFile>(file, buffer, size, [&] {
        return original<decltype(::ReadFile)>(function::ReadFile)(file, buffer, size, read,
                                                                  overlapped);
    });
}

BOOL WINAPI write_file(HANDLE file, const void* buffer, DWORD size, DWORD* written,
                       OVERLAPPED* overlapped)
{
    return through_views<function::WriteFile>(file, buffer, size, [&] {
        return original<decltype(::WriteFile)>(function::WriteFile)(file, buffer, size, written,
                                                                    overlapped);
    });
}

BOOL WINAPI write_console(HANDLE console, const void* text, DWORD length, DWORD* written,
                          void* reserved)
{
    const auto bytes = length * sizeof(wchar_t);
    return through_views<function::WriteConsoleW>(console, text, bytes, [&] {
        return original<decltype(::WriteConsoleW)>(function::WriteConsoleW)(console, text, length,
                                                                            written, reserved);
    });
}

// Its signature is the system's, or it does not compile.
template <class Signature>
void* hook(Signature* function)
{
    return reinterpret_cast<void*>(function);
}

} // namespace

// A switch, for which the compiler says what is missing or there twice.
void* hook_of(function f)
{
    switch (f) {
    case function::CreateFileMappingW:
        return hook<decltype(::CreateFileMappingW)>(create_file_mapping);
    case function::OpenFileMappingW:
        return hook<decltype(::OpenFileMappingW)>(open_object<function::OpenFileMappingW>);
    case function::MapViewOfFile:
        return hook<decltype(::MapViewOfFile)>(map_view);
    case function::UnmapViewOfFile:
        return hook<decltype(::UnmapViewOfFile)>(unmap_view);
    case function::CreateEventW:
        return hook<decltype(::CreateEventW)>(create_event);
    case function::CreateEventExW:
        return hook<decltype(::CreateEventExW)>(create_event_ex);
    case function::OpenEventW:
        return hook<decltype(::OpenEventW)>(open_object<function::OpenEventW>);
    case function::CreateSemaphoreW:
        return hook<decltype(::CreateSemaphoreW)>(create_semaphore);
    case function::OpenSemaphoreW:
        return hook<decltype(::OpenSemaphoreW)>(open_object<function::OpenSemaphoreW>);
    case function::CreateMutexW:
        return hook<decltype(::CreateMutexW)>(create_mutex);
    case function::OpenMutexW:
        return hook<decltype(::OpenMutexW)>(open_object<function::OpenMutexW>);
    case function::OpenProcess:
        return hook<decltype(::OpenProcess)>(open_process);
    case function::CreateJobObjectW:
        return hook<decltype(::CreateJobObjectW)>(create_job);
    case function::SetInformationJobObject:
        return hook<decltype(::SetInformationJobObject)>(set_information_job);
    case function::AssignProcessToJobObject:
        return hook<decltype(::AssignProcessToJobObject)>(assign_process);
    case function::DuplicateHandle:
        return hook<decltype(::DuplicateHandle)>(duplicate_handle);
    case function::CloseHandle:
        return hook<decltype(::CloseHandle)>(close_handle);
    case function::SetConsoleCtrlHandler:
        return hook<decltype(::SetConsoleCtrlHandler)>(set_ctrl_handler);
    case function::UpdateProcThreadAttribute:
        return hook<decltype(::UpdateProcThreadAttribute)>(update_attribute);
    case function::CreateProcessW:
        return hook<decltype(::CreateProcessW)>(create_process);
    case function::CreateThread:
        return hook<decltype(::CreateThread)>(create_thread);
    case function::beginthreadex:
        return hook<decltype(::_beginthreadex)>(begin_thread);
    case function::ResumeThread:
        return hook<decltype(::ResumeThread)>(resume_thread);
    case function::SetEvent:
        return hook<decltype(::SetEvent)>(change_object<function::SetEvent>);
    case function::ResetEvent:
        return hook<decltype(::ResetEvent)>(change_object<function::ResetEvent>);
    case function::ReleaseSemaphore:
        return hook<decltype(::ReleaseSemaphore)>(release_semaphore);
    case function::ReleaseMutex:
        return hook<decltype(::ReleaseMutex)>(change_object<function::ReleaseMutex>);
    case function::WaitForSingleObject:
        return hook<decltype(::WaitForSingleObject)>(wait_for_single_object);
    case function::WaitForSingleObjectEx:
        return hook<decltype(::WaitForSingleObjectEx)>(wait_for_single_object_ex);
    case function::WaitForMultipleObjects:
        return hook<decltype(::WaitForMultipleObjects)>(wait_for_multiple_objects);
    case function::Sleep:
        return hook<decltype(::Sleep)>(sleep);
    case function::TerminateProcess:
        return hook<decltype(::TerminateProcess)>(terminate_process);
    case function::TerminateJobObject:
        return hook<decltype(::TerminateJobObject)>(terminate_job);
    case function::ExitProcess:
        return hook<void WINAPI(UINT)>(exit_process);
    case function::ReadFile:
        return hook<decltype(::ReadFile)>(read_file);
    case function::WriteFile:
        return hook<decltype(::WriteFile)>(write_file);
    case function::WriteConsoleW:
        return hook<decltype(::WriteConsoleW)>(write_console);
    case function::Thrd_join:
        return hook<join_function>(join_thread);
    case function::Thrd_detach:
        return hook<detach_function>(detach_thread);
    case function::ExitThread:
        return hook<void WINAPI(DWORD)>(exit_thread);
    case function::FreeLibraryAndExitThread:
        return hook<void WINAPI(HMODULE, DWORD)>(free_library_and_exit_thread);
    case function::process_start: // no imports
    case function::process_exit:
    case function::thread_start:
    case function::thread_exit:
    case function::ctrl_c:
    case function::memory_read:
    case function::memory_write:
    case function::crash:
    case function::count:
        break;
    }
    return nullptr;
}

} // namespace interleave::probe
