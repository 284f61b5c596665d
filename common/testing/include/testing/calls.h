#pragma once

#include "interleave/execution.h"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace winipc::testing {

/// The calls of a function for an object, in order.
/// @param object as in interleave::call_record::object
std::vector<interleave::call_record> calls_on(const interleave::controlled_process& process,
                                              std::string_view function, std::string_view object);

/// The one call of a function, or the one for an object.
/// @param object as in interleave::call_record::object; empty: any
/// @throw std::runtime_error, with the timeline, when there is none or more than one
interleave::call_record only_call(const interleave::execution& run,
                                  const interleave::controlled_process& process,
                                  std::string_view function, std::string_view object = {});

/// Which of these functions a process has called, in order, each as often as it has.
std::vector<std::string> names_of_calls(const interleave::controlled_process& process,
                                        std::initializer_list<std::string_view> functions);

} // namespace winipc::testing
