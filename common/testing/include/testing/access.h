#pragma once

#include <cstdint>
#include <string>

namespace winipc::testing {

/// Access rights by their names, as "FILE_MAP_READ" or "SYNCHRONIZE | EVENT_MODIFY_STATE"; what has
/// no name here is shown as a number.
/// @param rights as in interleave::call_record::arguments
/// @{
std::string section_access(std::uint64_t rights);
std::string event_access(std::uint64_t rights);
/// @}

} // namespace winipc::testing
