#pragma once

#include "chat.h"
#include "faults.h"

#include <string>
#include <vector>

namespace faults {

struct row
{
    const fault* of;
    findings before; // lesson 7
    findings after;  // lesson 14
};

// For a terminal, 100 columns wide.
std::string as_text(const std::vector<row>& rows);

// For a page: each row links to its lesson.
std::string as_markdown(const std::vector<row>& rows);

} // namespace faults
