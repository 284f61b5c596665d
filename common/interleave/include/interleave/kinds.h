#pragma once

/// @file
/// The enumerations of a record: see record.h.

#include <cstdint>

namespace interleave {

/// Where a thread is in a call.
enum class phase : std::uint32_t
{
    before,  ///< the call is about to be made
    blocked, ///< the wait was tried and is not satisfied
    after,   ///< the call has returned
};

/// What a call does to its object, and sets going, if it succeeds.
enum class effect
{
    none,
    creates_object,
    opens_object,
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

/// How a call has turned out.
enum class outcome
{
    none, ///< it has not returned, or is not a call
    succeeded,
    failed,
    exists_already,   ///< it has succeeded, but the object was there
    signalled,        ///< a wait for one object is satisfied
    object_signalled, ///< a wait for several is satisfied, by the one with the index
    abandoned,        ///< a wait is satisfied: the thread that held the mutex has ended
    timed_out,
    slept,
};

/// How a process has ended.
enum class ending
{
    running, ///< it has not
    exited,  ///< by itself, or by TerminateProcess in another one
    killed_by_test,
    ended_with_job,
    crashed, ///< whatever ended it after that
};

/// What a call means by a handle or an address.
enum class reference
{
    object,
    itself, ///< the pseudo handle of the process that makes the call
    null,
    invalid_handle_value,
    not_open, ///< a handle that is not open
    no_view,  ///< no view is mapped at the address
};

/// What a step is.
enum class happening
{
    point, ///< a thread has reached one
    thread_ended,
    process_ended,
};

/// What kind of exception has crashed a program.
enum class exception_kind
{
    of_the_system, ///< an access violation, for instance
    uncaught,      ///< a C++ exception that nobody has caught
    terminate,     ///< std::terminate, without an exception
};

/// What a test, or the explorer, has decided. Replay strings contain the values.
enum class choice_kind : char
{
    step = ' ',
    time_out = 't',
    fail = 'f',
    kill = '!',
    ctrl_c = '^',
};

} // namespace interleave
