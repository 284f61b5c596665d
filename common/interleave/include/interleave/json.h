#pragma once

/// @file
/// A record as JSON, for other programs. The page \ref record describes it. To use this, link
/// interleave::json.

#include "interleave/record.h"

#include <string>
#include <string_view>

namespace interleave {

/// @return UTF-8; bytes of an output that are not UTF-8 are replaced by U+FFFD
[[nodiscard]] std::string to_json(const execution_record& record);

/// The record that was passed to to_json().
/// @throw std::invalid_argument if the text is anything else, or of another version
[[nodiscard]] execution_record from_json(std::string_view text);

} // namespace interleave
