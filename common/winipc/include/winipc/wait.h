#pragma once

#include "winipc/error.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <stdexcept>

namespace winipc {

/// Waits until an event is signalled or a process has ended.
/// @param milliseconds INFINITE: for ever
/// @return false when the time was over first
/// @throw std::system_error when there was no wait; std::runtime_error for an abandoned mutex
inline bool wait_for(const unique_handle& object, DWORD milliseconds)
{
    switch (::WaitForSingleObject(object.get(), milliseconds)) {
    case WAIT_OBJECT_0:
        return true;
    case WAIT_TIMEOUT:
        return false;
    case WAIT_ABANDONED:
        throw std::runtime_error("the owner of a mutex has ended without releasing it");
    default: // WAIT_FAILED
        throw_last_error("WaitForSingleObject");
    }
}

} // namespace winipc
