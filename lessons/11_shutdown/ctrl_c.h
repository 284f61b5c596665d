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
    if (!event)
        winipc::throw_last_error("CreateEventW");
    return event;
}

// Windows calls it on a thread of its own. False: the next handler's turn, which ends the program.
inline BOOL WINAPI request_stop(DWORD what)
{
    return what == CTRL_C_EVENT && ::SetEvent(stop_requested().get());
}

inline void catch_ctrl_c()
{
    stop_requested(); // made here, so that nothing can fail over there
    winipc::check(::SetConsoleCtrlHandler(request_stop, TRUE), "SetConsoleCtrlHandler");
}
//! [stop]
