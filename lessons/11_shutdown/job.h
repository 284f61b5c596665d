#pragma once

#include "winipc/error.h"
#include "winipc/unique_handle.h"

#include <windows.h>

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
