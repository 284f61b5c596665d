// What the pages of the lessons show of programs that run together: the solutions under control,
// each output and each timeline in a file under capture/.
#include "interleave/execution.h"
#include "interleave/matchers.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string_view>

namespace {

using namespace interleave;

std::filesystem::path solution(std::string_view program)
{
    return std::filesystem::absolute(std::filesystem::path("../bin") / program);
}

void save(std::string_view name, std::string_view text)
{
    const auto path = std::filesystem::path("capture") / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

} // namespace
