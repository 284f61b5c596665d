#pragma once

#include "winipc/error.h"
#include "winipc/process.h"
#include "winipc/unique_handle.h"
#include "winipc/wait.h"

#include <windows.h>

#include <string>

//! [job]
// A job holds processes together; this one is empty at first.
inline winipc::unique_handle create_job()
{
    winipc::unique_handle job{::CreateJobObjectW(nullptr, nullptr)};
    if (!job)
        winipc::throw_last_error("CreateJobObjectW");
    return job;
}

// Whether the processes in the job are ended when its last handle is closed: at the latest when the
// program that holds it ends, in whatever way.
inline void kill_on_close(const winipc::unique_handle& job, bool kill)
{
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
    limits.BasicLimitInformation.LimitFlags = kill ? JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE : 0;
    winipc::check(::SetInformationJobObject(job.get(), JobObjectExtendedLimitInformation, &limits,
                                            sizeof limits),
                  "SetInformationJobObject");
}
//! [job]

//! [start]
// Starts a program of this folder and puts it into the job. It gets no Ctrl+C.
inline winipc::unique_handle start_in(const winipc::unique_handle& job, const wchar_t* program,
                                      const std::wstring& arguments)
{
    auto process = winipc::start_process(winipc::path_beside_this_program(program), arguments,
                                         CREATE_NEW_PROCESS_GROUP);
    if (!::AssignProcessToJobObject(job.get(), process.get())) {
        const DWORD code = ::GetLastError();
        if (!winipc::wait_for(process, 0)) // one that has ended already cannot be put into a job
            winipc::throw_last_error("AssignProcessToJobObject", code);
    }
    return process;
}
//! [start]
