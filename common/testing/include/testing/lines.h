#pragma once

#include "interleave/execution.h"

#include <cstddef>
#include <string>

namespace winipc::testing {

/// What a test sends where any text will do: the first so many of one, two, three.
/// @param count at most 3
/// @return lines of different lengths, each with its line end
std::string lines(std::size_t count);

/// "line 1", "line 2" and so on, each with its line end.
std::string numbered_lines(std::size_t count);

/// What the parent and its child have printed into one file, without the parent's prompts "> ".
std::string without_prompts(const std::string& printed);

/// What the first child has printed: nothing, where the parent has not started it.
std::string printed_by_child(const interleave::execution& run);

} // namespace winipc::testing
