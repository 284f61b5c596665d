#include "capture.h"

#include "interleave/execution.h"
#include "interleave/record.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
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

interleave::execution_record
only(interleave::execution_record record,
     const std::function<bool(const interleave::step_record&)>& is_shown)
{
    std::erase_if(record.steps, [&](const auto& step) { return !is_shown(step); });
    return record;
}

bool is_about(const interleave::execution_record& record, const interleave::step_record& step,
              std::string_view object)
{
    return std::ranges::any_of(step.point.objects, [&](const auto& meant) {
        return meant.what == interleave::reference::object &&
               (record.objects.at(meant.object).name == object ||
                record.objects.at(meant.object).alias == object);
    });
}

bool closes(const interleave::step_record& step)
{
    return step.point.does == interleave::effect::closes_handle ||
           step.point.does == interleave::effect::unmaps_view;
}

std::string from_call(const interleave::execution& run, std::string_view call,
                      std::string_view object)
{
    const auto record = run.record();
    bool is_there = false;
    return format_steps(only(record, [&](const auto& step) {
        is_there = is_there || (step.point.call == call && is_about(record, step, object));
        return is_there && !closes(step);
    }));
}

} // namespace capture
