#pragma once

#include "winipc/error.h"
#include "winipc/unique_handle.h"

#include <windows.h>

namespace winipc {

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
/// @throw std::system_error
inline const unique_handle& stop_requested()
{
    static const unique_handle event = create_stop_event();
    return event;
}

/// Windows calls it on a thread of its own. False: the next handler's turn, which ends the program.
inline BOOL WINAPI request_stop(DWORD what)
{
    return what == CTRL_C_EVENT && ::SetEvent(stop_requested().get());
}

/// From now on Ctrl+C requests a stop, and does not end the program.
/// @throw std::system_error
/// @source "SetConsoleCtrlHandler function"
inline void catch_ctrl_c()
{
    stop_requested(); // made here, so that nothing can fail over there
    check(::SetConsoleCtrlHandler(request_stop, TRUE), "SetConsoleCtrlHandler");
}

} // namespace winipc
