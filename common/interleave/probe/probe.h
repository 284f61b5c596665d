#pragma once

// The probe's inner side: how a hook talks to the controller.

#include "shared/calls.h"
#include "shared/protocol.h"

#include <windows.h>

#include <cstddef>
#include <cstdint>

namespace interleave::probe {

/// The function as it was imported before the probe took its place.
template <class Signature>
Signature* original(function f);

/// The functions of the system that the hooks stand in for, by their place in `function`.
extern void* originals[function_count];

template <class Signature>
Signature* original(function f)
{
    return reinterpret_cast<Signature*>(originals[static_cast<std::size_t>(f)]);
}

/// The hook that stands in for an import.
void* hook_of(function f);

/// This thread's record, empty but for the call; announces the thread when it is new.
protocol::record& begin(function call);

/// Reports the record at this phase and waits until the controller lets the thread go on.
protocol::reply stop(phase when);

/// Takes down where an exception has happened, and who has called that: where it lies in a library,
/// the program's own line is further up.
void capture_frames(protocol::record& record, const EXCEPTION_POINTERS* exception,
                    std::uint32_t limit);

/// Takes down who has called this function, without what lies in the system's libraries: behind an
/// exception there is much of that.
void capture_frames_of_program(protocol::record& record);

/// Ends this process at once.
void end_process(DWORD exit_code);

/// True when the process has left main, and its own destructors have run: the calls that still
/// come are the C runtime's.
bool has_reported_exit();

/// Reports an access to memory that has faulted, and waits until the controller lets the thread go
/// on. What a hook has recorded, on whose behalf the access may be made, stays.
/// @param offset in the view, in bytes
void stop_at_access(function access, const EXCEPTION_POINTERS* exception, std::uint64_t address,
                    std::uint64_t offset);

/// Handles the program has from hooked calls. Other handles belong to the C++ library: waits on
/// them are not scheduling points.
void remember(HANDLE handle);
void forget(HANDLE handle);
bool is_known(HANDLE handle);

/// The name of an object in this execution: the program's name and a suffix.
class execution_name
{
public:
    explicit execution_name(const wchar_t* name);
    [[nodiscard]] const wchar_t* get() const { return name_; }

private:
    const wchar_t* name_;
    wchar_t buffer_[MAX_PATH + 64];
};

/// Handlers that the program has registered for Ctrl+C.
void add_ctrl_handler(PHANDLER_ROUTINE handler);
void remove_ctrl_handler(PHANDLER_ROUTINE handler);
void ignore_ctrl_c(bool ignored);

/// What a new thread runs first and last. Only the first finish_thread() counts.
void announce_thread();
void finish_thread();

} // namespace interleave::probe
