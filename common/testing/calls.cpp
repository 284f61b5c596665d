#include "testing/calls.h"

#include "interleave/execution.h"

#include <algorithm>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace winipc::testing {

std::vector<interleave::call_record> calls_on(const interleave::controlled_process& process,
                                              std::string_view function, std::string_view object)
{
    auto calls = process.calls(function);
    std::erase_if(calls, [&](const auto& call) { return call.object != object; });
    return calls;
}

interleave::call_record only_call(const interleave::execution& run,
                                  const interleave::controlled_process& process,
                                  std::string_view function, std::string_view object)
{
    const auto calls =
        object.empty() ? process.calls(function) : calls_on(process, function, object);
    if (calls.size() == 1)
        return calls.front();
    auto wanted = "the " + process.name() + " should call " + std::string(function);
    if (!object.empty())
        wanted.append(" for ").append(object);
    throw std::runtime_error(wanted + " once; it does so " + std::to_string(calls.size()) +
                             " times\n" + process.error_output() + run.timeline());
}

std::vector<std::string> names_of_calls(const interleave::controlled_process& process,
                                        std::initializer_list<std::string_view> functions)
{
    std::vector<std::string> names;
    for (const auto& call : process.calls())
        if (std::ranges::find(functions, call.function) != functions.end())
            names.push_back(call.function);
    return names;
}

} // namespace winipc::testing
