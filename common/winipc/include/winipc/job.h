#pragma once

#include "winipc/error.h"
#include "winipc/process.h"
#include "winipc/unique_handle.h"
#include "winipc/wait.h"

#include <windows.h>

#include <string>

namespace winipc {

/// A job holds processes together; this one is empty at first.
/// @throw std::system_error
inline unique_handle create_job()
{
    unique_handle job{::CreateJobObjectW(nullptr, nullptr)};
    if (!job)
        throw_last_error("CreateJobObjectW");
    return job;
}

/// Whether the processes in the job are ended when its last handle is closed: at the latest when
/// the program that holds it ends, in whatever way.
/// @throw std::system_error
/// @source "Job Objects"
inline void kill_on_close(const unique_handle& job, bool kill)
{
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
    limits.BasicLimitInformation.LimitFlags = kill ? JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE : 0;
    check(::SetInformationJobObject(job.get(), JobObjectExtendedLimitInformation, &limits,
                                    sizeof limits),
          "SetInformationJobObject");
}

/// Starts a program of this program's folder and puts it into the job. It gets no Ctrl+C.
/// @param program its file's name
/// @param arguments the rest of the command line, as it is
/// @return the handle to the process, which may have ended already
/// @throw std::system_error
inline unique_handle start_in(const unique_handle& job, const wchar_t* program,
                              const std::wstring& arguments)
{
    auto process =
        start_process(path_beside_this_program(program), arguments, CREATE_NEW_PROCESS_GROUP);
    if (!::AssignProcessToJobObject(job.get(), process.get())) {
        const DWORD code = ::GetLastError();
        if (!wait_for(process, 0)) // one that has ended already cannot be put into a job
            throw_last_error("AssignProcessToJobObject", code);
    }
    return process;
}

} // namespace winipc
