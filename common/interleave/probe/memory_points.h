#pragma once

// The probe's part of memory points: views that the program cannot touch unnoticed.
//
// The pages of a watched view are made inaccessible. An access faults; the handler reports a point,
// and when the controller lets the thread go on it opens the page for one instruction and closes it
// again behind it. All the threads of the program but the one that runs stand at points, so nobody
// else comes in meanwhile.

#include "shared/protocol.h"

#include <windows.h>

#include <cstddef>

namespace interleave::probe {

/// Watches what the controller has asked for in this slot; called whenever a thread goes on.
void watch(const protocol::slot& slot);

/// Stops watching a view that is about to be unmapped.
void stop_watching(const void* view);

/// True when a kernel call that is given these bytes would fail, since they are closed.
bool is_watched(const void* begin, std::size_t bytes);

/// Opens all the watched pages as long as it lives: for a kernel call.
class open_views
{
public:
    open_views();
    open_views(const open_views&) = delete;
    open_views& operator=(const open_views&) = delete;
    ~open_views();
};

} // namespace interleave::probe
