#include "testing/lines.h"

#include "interleave/execution.h"

#include <cstddef>
#include <regex>
#include <string>

namespace winipc::testing {

std::string lines(std::size_t count)
{
    static const std::string all = "one\ntwo\nthree\n";
    static constexpr std::size_t ends[] = {0, 4, 8, 14};
    return all.substr(0, ends[count]);
}

std::string numbered_lines(std::size_t count)
{
    std::string text;
    for (std::size_t i = 1; i <= count; ++i)
        text += "line " + std::to_string(i) + "\n";
    return text;
}

std::string without_prompts(const std::string& printed)
{
    return std::regex_replace(printed, std::regex("> "), "");
}

std::string printed_by_child(const interleave::execution& run)
{
    return run.has_process("child") ? run.process("child").output() : "";
}

} // namespace winipc::testing
