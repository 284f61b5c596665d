#pragma once

#include "winipc/error.h"
#include "winipc/unique_handle.h"

#include <windows.h>

//! [stop]
// Signalled, and for good, once Ctrl+C has been pressed.
inline const winipc::unique_handle& stop_requested()
{
    constexpr BOOL manual_reset = TRUE;
    static const winipc::unique_handle event{::CreateEventW(nullptr, manual_reset, FALSE, nullptr)};
    return event;
}

// Windows calls it on a thread of its own. False: the next handler's turn, which ends the program.
inline BOOL WINAPI request_stop(DWORD what)
{
    if (what != CTRL_C_EVENT)
        return FALSE;
    ::SetEvent(stop_requested().get()); // fails when the program is about to end anyway
    return TRUE;
}

inline void catch_ctrl_c()
{
    if (!stop_requested()) // made here, on the thread that can report it
        winipc::throw_last_error("CreateEventW");
    winipc::check(::SetConsoleCtrlHandler(request_stop, TRUE), "SetConsoleCtrlHandler");
}
//! [stop]
