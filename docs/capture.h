// What the pages show of programs that run together: the solutions under control, each lesson's in
// its tests/timelines.cpp. Each output and each timeline goes into a file under capture/. The
// working folder is the pages' build folder.
#pragma once

#include "interleave/execution.h"
#include "interleave/record.h"

#include <filesystem>
#include <functional>
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

/// The record with those of its steps alone that are to be shown: for format_steps(). A schedule is
/// made of the whole.
[[nodiscard]] interleave::execution_record
only(interleave::execution_record record,
     const std::function<bool(const interleave::step_record&)>& is_shown);

/// Whether a step is about the object with this name or alias.
[[nodiscard]] bool is_about(const interleave::execution_record& record,
                            const interleave::step_record& step, std::string_view object);

/// From the first such call on, without what is closed at the end, as a timeline without the words
/// below it.
[[nodiscard]] std::string from_call(const interleave::execution& run, std::string_view call,
                                    std::string_view object);

/// Whether a step is a call that closes a handle or a view.
[[nodiscard]] bool closes(const interleave::step_record& step);

} // namespace capture
