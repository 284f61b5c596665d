#include "capture.h"

#include "interleave/execution.h"

#include <filesystem>
#include <fstream>
#include <ios>
#include <string>
#include <string_view>
#include <vector>

namespace capture {

std::filesystem::path program(std::string_view name)
{
    auto path = std::filesystem::absolute("../bin") / name;
    return path += ".exe";
}

void save(const std::filesystem::path& name, std::string_view text)
{
    const auto path = "capture" / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

void save(const std::filesystem::path& lesson, const interleave::execution& run,
          const std::vector<std::string>& programs)
{
    save(lesson / "timeline.txt", run.timeline());
    for (const auto& name : programs)
        save(lesson / (name + ".txt"), run.process(name).output());
}

} // namespace capture
