// What the pages show of programs that run together: the solutions under control, each lesson's in
// its tests/timelines.cpp. Each output and each timeline goes into a file under capture/. The
// working folder is the pages' build folder.
#pragma once

#include "interleave/execution.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace capture {

/// A solution's program, as "solution04/writer".
std::filesystem::path program(std::string_view name);

/// Writes capture/<name>, as "04/timeline.txt".
void save(const std::filesystem::path& name, std::string_view text);

/// Writes capture/<lesson>/timeline.txt, and what each of these programs has printed, as
/// capture/<lesson>/<program>.txt.
/// @param lesson its number, as "04"
void save(const std::filesystem::path& lesson, const interleave::execution& run,
          const std::vector<std::string>& programs);

} // namespace capture
