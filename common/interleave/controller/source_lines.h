#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace interleave {

/// A program's line.
struct source_position
{
    std::string file; ///< empty: unknown
    std::uint32_t line = 0;
};

/// The program's line for a point: of the innermost frame whose source lies beside the source of
/// main. Unknown without debug information. Thread-safe.
source_position find_source(const std::filesystem::path& program,
                            const std::vector<std::uint64_t>& frames);

} // namespace interleave
