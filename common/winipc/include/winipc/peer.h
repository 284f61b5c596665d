#pragma once

#include "winipc/error.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <stdexcept>
#include <string>

namespace winipc {

/// What both programs of a talk end with.
enum exit_code : int
{
    all_went_well = 0,
    something_failed = 1,
    peer_has_died = 2,       ///< before the talk was over
    peer_is_silent = 3,      ///< it is not ready, or does not end, within the time limit
    peer_talks_nonsense = 4, ///< what it has sent is no message
};

/// How long a program waits for an answer that can only be a matter of moments.
inline constexpr DWORD time_limit = 5000; // milliseconds

/// The other process does not do what it should: this program ends with this code.
class peer_error : public std::runtime_error
{
public:
    peer_error(exit_code code, const std::string& what) : std::runtime_error(what), code_(code) {}

    [[nodiscard]] exit_code code() const { return code_; }

private:
    exit_code code_;
};

/// Waits until the event is signalled. Where the peer has set it and then died, the event counts.
/// @param peer a handle to the other process, with the right SYNCHRONIZE
/// @param milliseconds INFINITE: for ever
/// @return false when the time was over first
/// @throw peer_error, std::system_error when there was no wait
/// @source "WaitForMultipleObjects function": of several that are signalled the lowest index counts
inline bool wait_for(const unique_handle& event, const unique_handle& peer,
                     DWORD milliseconds = INFINITE)
{
    const HANDLE either[] = {event.get(), peer.get()};
    switch (::WaitForMultipleObjects(2, either, FALSE, milliseconds)) {
    case WAIT_OBJECT_0:
        return true;
    case WAIT_OBJECT_0 + 1:
        throw peer_error(peer_has_died, "the other process has ended before the talk was over");
    case WAIT_TIMEOUT:
        return false;
    default: // WAIT_FAILED; neither of the two can be abandoned
        throw_last_error("WaitForMultipleObjects");
    }
}

} // namespace winipc
