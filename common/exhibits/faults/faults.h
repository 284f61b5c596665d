#pragma once

#include "chat.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace faults {

// Something that goes wrong, and how it is brought about.
struct fault
{
    std::string name;
    std::string how;
    std::string lesson; // the one that teaches it, as "09"
    std::function<findings(const chat&)> happens_to;
};

// All of them, in the order of the table.
const std::vector<fault>& all_faults();

// Throws std::out_of_range for a name that no fault has.
const fault& fault_called(std::string_view name);

} // namespace faults
