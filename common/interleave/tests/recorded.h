#pragma once

#include "interleave/execution.h"
#include "interleave/record.h"

#include <string_view>
#include <vector>

/// What has come of each call of a function that has returned, or has been blocked, in order.
inline std::vector<interleave::outcome> outcomes(const interleave::execution& run,
                                                 std::string_view call)
{
    std::vector<interleave::outcome> found;
    for (const auto& step : run.record().steps)
        if (step.point.call == call)
            found.push_back(step.point.came_of_it);
    return found;
}
