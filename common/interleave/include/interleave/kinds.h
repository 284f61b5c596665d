#pragma once

/// @file
/// The kinds of things that a record of an execution tells of: see record.h.

#include <cstdint>

namespace interleave {

/// Where a thread stands with regard to a call.
enum class phase : std::uint32_t
{
    before,  ///< the call is about to be made
    blocked, ///< the wait was tried and is not satisfied
    after,   ///< the call has returned
};

/// What a call that has worked does to its object, and sets going.
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

/// What has come of a call.
enum class outcome
{
    none, ///< it has not returned, or is no call
    succeeded,
    failed,
    exists_already,   ///< succeeded: what it was to create was there
    signalled,        ///< the wait for one object is satisfied
    object_signalled, ///< the wait for several, by the one with this index
    abandoned,        ///< the wait is satisfied: who held the mutex has ended
    timed_out,
    slept,
};

/// How a process has ended.
enum class ending
{
    running, ///< it has not
    exited,  ///< by itself, or by another's TerminateProcess
    killed_by_test,
    ended_with_job,
    crashed, ///< whatever has ended it then
};

/// What an object's place in a record holds.
enum class reference
{
    object,
    itself, ///< the pseudo handle of the process that makes the call
    null,
    invalid_handle_value,
    not_open, ///< a handle that is not open
    no_view,  ///< an address where no view is mapped
};

/// What a step is.
enum class happening
{
    point, ///< a thread has reached one
    thread_ended,
    process_ended,
};

/// What has ended a program at a point "crash".
enum class exception_kind
{
    of_the_system, ///< as an access violation
    uncaught,      ///< of C++
    terminate,     ///< std::terminate, and no exception
};

/// What a test, or the explorer, has decided. The values stand in a replay string.
enum class choice_kind : char
{
    step = ' ',
    time_out = 't',
    fail = 'f',
    kill = '!',
    ctrl_c = '^',
};

} // namespace interleave
