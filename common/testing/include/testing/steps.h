#pragma once

#include "interleave/execution.h"

#include <initializer_list>
#include <string>
#include <string_view>

namespace winipc::testing {

/// A process, and no other, goes on until it waits for this object.
/// @param object a part of what its position says: an object's name
/// @throw std::runtime_error, with the timeline, when it ends or waits for another one
void let_wait(const interleave::execution& run, interleave::controlled_process& process,
              std::string_view object);

/// A process, and no other, makes steps as long as it can: until it waits or has ended. One that
/// waits makes none.
void step_while_it_can(interleave::controlled_process& process);

/// Everybody goes on as far as he can, and these should have ended then. One that has not been
/// started is no fault.
/// @throw std::runtime_error, with the timeline, when one of them has not
void run_until_ended(interleave::execution& run, std::initializer_list<std::string_view> names);

/// The lucky order: the child has printed each line before the parent goes on, and waits again in
/// the end. At most 500 steps.
/// @param lines how many the parent sends
/// @throw interleave::schedule_error when the two cannot go that way
void run_with_a_fast_child(interleave::execution& run, int lines);

/// Who made the steps, as "P12C3": a schedule without its version and the check of what they did.
/// @param schedule as execution::schedule() returns it
std::string choices_of(const std::string& schedule);

} // namespace winipc::testing
