#pragma once

// What a probe and its controller share: one section per execution, in it one slot per thread.
//
// A thread that reaches a scheduling point writes its record into its slot, marks the slot
// stopped, signals the report event and waits for the slot's go event. The controller reads the
// record, writes a reply, marks the slot running and signals the go event.

#include "shared/calls.h"

#include <windows.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace interleave {

enum class phase : std::uint32_t
{
    before,  // the call is about to be made
    blocked, // the wait was tried and is not satisfied
    after,   // the call has returned
};

namespace protocol {

inline constexpr std::uint32_t version = 5;
inline constexpr std::size_t slot_count = 64;
inline constexpr std::size_t frame_limit = 12;
inline constexpr std::size_t watch_limit = 16;
inline constexpr std::size_t text_length = 264; // characters, the terminating NUL included

/// Names the section of the execution to the probe; without it a probe stays asleep.
inline constexpr const wchar_t* environment_variable = L"WINIPC_INTERLEAVE";

/// Of a crash: the first argument for a C++ exception that nobody has caught, whatever compiler has
/// built the program. The second says whether there is one; the text is its what().
inline constexpr std::uint32_t uncaught_exception = 0xE06D'7363; // Microsoft's number for them
inline constexpr std::uint32_t exit_code_of_abort = 3;

/// How a program ends at its start if its probe and the controller are of different builds.
inline constexpr std::uint32_t exit_code_of_refusal = ERROR_REVISION_MISMATCH;

struct record
{
    function call;
    phase when;
    std::uint64_t
        arguments[argument_limit]; // as passed to the call, in its order; pointers as addresses
    std::uint64_t result;
    std::uint32_t last_error;
    std::uint32_t frame_count;
    std::uint64_t frames[frame_limit]; // return addresses, relative to the program's image
    std::uint64_t created[2];          // handles the call has produced
    std::uint32_t ids[2];              // of a new process and its first thread
    // Handles the call is about: of a wait, of an attribute; CreateProcessW: the inherited ones.
    std::uint64_t handles[MAXIMUM_WAIT_OBJECTS];
    std::uint32_t handle_count;
    std::uint64_t attributes;       // CreateProcessW: the address of its attribute list
    wchar_t text[text_length];      // an object's name, a program's path
    wchar_t more_text[text_length]; // a command line
};

enum class action : std::uint32_t
{
    proceed,  // make the call; try the wait again
    time_out, // give the wait up: it returns WAIT_TIMEOUT
    fail,     // do not make the call: it fails with reply::code
    ctrl_c,   // have the handlers of Ctrl+C called on a new thread, and stop here again
};

struct reply
{
    action what;
    std::uint32_t code;
};

/// Bytes of a view at which each access is a point.
struct watch
{
    std::uint64_t view;  // its address in the program
    std::uint64_t begin; // offsets in bytes
    std::uint64_t end;   // the first that is not watched; beyond the view: up to its end
};

enum class slot_state : std::uint32_t
{
    free,
    running,
    stopped,
    finished
};

// Invariant: `state` says who owns the rest. Running: the thread. Stopped: the controller.
// Written by: the thread until it stores `stopped` (release), the controller until `running`.
// Read by: the other side, after it has loaded that state (acquire).
struct slot
{
    std::atomic<slot_state> state;
    std::uint32_t process_id;
    std::uint32_t thread_id;
    protocol::record record;
    protocol::reply reply;
    std::uint32_t watch_generation; // grows whenever what is watched changes; 0: never anything
    std::uint32_t watch_count;
    protocol::watch watches[watch_limit];
    std::uint32_t inherited_count; // told to a process that has just started
    std::uint64_t inherited[MAXIMUM_WAIT_OBJECTS];
};

// Invariant: everything but the slots is written before the first program starts. The first three
// members stay where they are: a probe that finds others than its own is of another build, and
// refuses to take part.
struct board
{
    std::uint32_t version;
    std::uint32_t size;  // bytes
    std::uint32_t table; // the hash of the table of calls
    wchar_t report_event[64];
    wchar_t go_event_prefix[64]; // the slot's number follows
    wchar_t object_suffix[32];   // appended to the name of every kernel object
    wchar_t output_folder[MAX_PATH];
    slot slots[slot_count];

    [[nodiscard]] bool is_of_this_build() const
    {
        return version == protocol::version && size == sizeof *this && table == table_hash;
    }
};

static_assert(std::atomic<slot_state>::is_always_lock_free);

} // namespace protocol
} // namespace interleave
