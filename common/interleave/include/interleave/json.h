#pragma once

/// @file
/// A record as JSON, for other programs. The page \ref record describes each member. A library of
/// its own: interleave::json.

#include "interleave/record.h"

#include <string>
#include <string_view>

namespace interleave {

/// @return UTF-8; what is not well-formed in an output is replaced by U+FFFD
[[nodiscard]] std::string to_json(const execution_record& record);

/// The record that to_json() has been given.
/// @throw std::invalid_argument for what is no such text, or is of another version
[[nodiscard]] execution_record from_json(std::string_view text);

} // namespace interleave
