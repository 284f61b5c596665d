#pragma once

#include <windows.h>

namespace interleave {

/// Calls start, a CreateProcessW that returns whether it has worked, and again where Wine has not
/// brought the new process to its first instruction: it says ERROR_INTERNAL_ERROR then, as Windows
/// never does (see the decision about Wine's starts). Leaves the last error of the last call.
template <class Start>
bool start_again_where_wine_fails(Start start)
{
    for (int attempt = 1; !start(); ++attempt)
        if (attempt == 3 || ::GetLastError() != ERROR_INTERNAL_ERROR)
            return false;
    return true;
}

} // namespace interleave
