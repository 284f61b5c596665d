#pragma once

#include "winipc/error.h"
#include "winipc/unique_handle.h"

#include <windows.h>

// Signalled, and for good, once Ctrl+C has been pressed.
inline const winipc::unique_handle& stop_requested()
{
    // TODO(11.6): An event that stays signalled, and has no name. Let a function make it and throw
    // if that fails: once the static has been initialised, the last error may be another one.
    static const winipc::unique_handle event;
    return event;
}

// Windows calls it on a thread of its own. False: the next handler's turn, which ends the program.
inline BOOL WINAPI request_stop(DWORD what)
{
    // TODO(11.6): Signal the event when it is Ctrl+C, and say that it is dealt with.
    static_cast<void>(what);
    return FALSE;
}

inline void catch_ctrl_c()
{
    // TODO(11.6): Have the event made here, where a failure can be reported, and then register
    // request_stop.
}
