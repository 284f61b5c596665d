#pragma once

#include <filesystem>
#include <string_view>

namespace winipc::testing {

/// The program of this lesson that is under test: the learner's, or the solution's when the
/// environment variable WINIPC_PROGRAMS says so ("solution04").
/// @param name as in the lesson's CMakeLists.txt, without .exe
/// @throw std::runtime_error when it has not been built, or WINIPC_PROGRAMS is not set
std::filesystem::path program(std::string_view name);

/// A program of another lesson, whoever is under test: solution("07", "parent").
/// @throw std::runtime_error when it has not been built: NEEDS in the lesson's CMakeLists.txt
std::filesystem::path solution(std::string_view lesson, std::string_view name);

/// A program of the tests themselves, as common/testing builds it.
/// @throw std::runtime_error when it has not been built
std::filesystem::path tool(std::string_view name);

/// The folder in which the programs under test lie.
/// @throw std::runtime_error when WINIPC_PROGRAMS is not set
std::filesystem::path programs_folder();

/// Whether the programs under test are the solution's. Counts that only its calls lead to are
/// expected of nobody else.
bool solution_is_judged();

} // namespace winipc::testing
