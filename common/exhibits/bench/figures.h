#pragma once

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <vector>

namespace bench {

// Repeated measurements in three numbers.
struct figure
{
    double median;
    double least;
    double most;
};

inline figure figure_of(std::vector<double> values)
{
    if (values.empty())
        throw std::invalid_argument("a figure of nothing");
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    const double median =
        values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    return {median, values.front(), values.back()};
}

} // namespace bench
