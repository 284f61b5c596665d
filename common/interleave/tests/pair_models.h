#pragma once

#include "interleave/model.h"

/// The protocols of programs/pairs.cpp, as the model knows them.
namespace pair_models {

using interleave::model::program;

program independent();
program independent_twice();
program late_reset();
program reset_before_reply();
program set_sleep_reset();
program signal_before_write();
program no_acknowledgement();
program abandoned_mutex();
program ping_pong();
program semaphore_ring();
program timed_retry(int messages);
program five_in_turn();
program sleep_twice();
program sleep_set_sleep();
program pulse();

/// With the calls that close the objects of a pair at the end: they matter to a kill alone.
program with_closing_calls(program pair);

} // namespace pair_models
