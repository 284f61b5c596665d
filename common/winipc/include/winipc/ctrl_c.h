#pragma once

#include "winipc/error.h"
#include "winipc/unique_handle.h"

#include <windows.h>

namespace winipc {

/// For stop_requested(). A function of its own: the code around a static object's constructor may
/// change the last error.
/// @throw std::system_error
inline unique_handle create_stop_event()
{
    constexpr BOOL manual_reset = TRUE;
    unique_handle event{::CreateEventW(nullptr, manual_reset, FALSE, nullptr)};
    if (!event)
        throw_last_error("CreateEventW");
    return event;
}

/// Signalled, and for good, once Ctrl+C has been pressed.
/// @throw std::system_error at the first call
inline const unique_handle& stop_requested()
{
    static const unique_handle event = create_stop_event();
    return event;
}

/// Windows calls it on a thread of its own. False: the next handler's turn, which ends the program.
inline BOOL WINAPI request_stop(DWORD what)
{
    if (what != CTRL_C_EVENT)
        return FALSE;
    ::SetEvent(stop_requested().get()); // fails when the program is about to end anyway
    return TRUE;
}

/// From now on Ctrl+C requests a stop, and does not end the program.
/// @throw std::system_error
/// @source "SetConsoleCtrlHandler function", "HandlerRoutine callback function"
inline void catch_ctrl_c()
{
    stop_requested(); // made here, on a thread that can report a failure
    check(::SetConsoleCtrlHandler(request_stop, TRUE), "SetConsoleCtrlHandler");
}

} // namespace winipc
