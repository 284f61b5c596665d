#pragma once

#include "winipc/error.h"
#include "winipc/unique_handle.h"
#include "winipc/wait.h"

#include <windows.h>

#include <stdexcept>

// What both programs end with.
enum exit_code : int
{
    all_went_well = 0,
    something_failed = 1,
    peer_has_died = 2,  // before the talk was over
    peer_is_silent = 3, // it is not ready, or does not end, within the time limit
};

inline constexpr DWORD time_limit = 5000; // milliseconds

// The other process does not do what it should: this program ends with this code.
class peer_error : public std::runtime_error
{
public:
    peer_error(exit_code code, const char* what) : std::runtime_error(what), code_(code) {}

    [[nodiscard]] exit_code code() const { return code_; }

private:
    exit_code code_;
};

// Waits until the event is signalled; what the peer has said before its death counts.
// Returns false when the time (in milliseconds) was over first. Throws peer_error.
inline bool wait_for(const winipc::unique_handle& event, const winipc::unique_handle& peer,
                     DWORD milliseconds = INFINITE)
{
    // TODO(11.2): Wait for both in one call. Which of the two comes first in the array?
    static_cast<void>(peer);
    return winipc::wait_for(event, milliseconds);
}
