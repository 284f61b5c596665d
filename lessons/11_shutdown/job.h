#pragma once

#include "winipc/error.h"
#include "winipc/process.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <string>

// A job holds processes together; this one is empty at first.
inline winipc::unique_handle create_job()
{
    // TODO(11.5): CreateJobObjectW.
    return {};
}

// Whether the processes in the job are ended when its last handle is closed: at the latest when the
// program that holds it ends, in whatever way.
inline void kill_on_close(const winipc::unique_handle& job, bool kill)
{
    // TODO(11.5): SetInformationJobObject, with the limit JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE or
    // none.
    static_cast<void>(job);
    static_cast<void>(kill);
}

// Starts a program of this folder and puts it into the job. It gets no Ctrl+C.
inline winipc::unique_handle start_in(const winipc::unique_handle& job, const wchar_t* program,
                                      const std::wstring& arguments)
{
    // TODO(11.5): AssignProcessToJobObject. A process that has ended already cannot be put into a
    // job; that is its death, and no failure of yours.
    // TODO(11.6): CREATE_NEW_PROCESS_GROUP keeps Ctrl+C from it.
    static_cast<void>(job);
    return winipc::start_process(winipc::path_beside_this_program(program), arguments);
}
