/// \file
/// A lesson's tests as `learn` shows them: told in the order in which they stand, run two at a
/// time.
#pragma once

namespace winipc::testing {

/// Runs all tests of this program that are not DEEP_, in two processes of this program at a time,
/// and prints a line for each in order, up to the first that fails. Those named in `slow_tests`
/// come last. Variables of the environment that steer GoogleTest have no effect.
///
/// Where the environment variable WINIPC_VERDICT names a file, "<passed> of <all>" is written into
/// it at the end: an exit code of 0 alone proves nothing, since a program that never ran has one
/// too.
/// @pre ::testing::InitGoogleTest has been called
/// @return the exit code: 0 when all have passed, else 1
/// @throw std::system_error
int run_for_learner();

/// The part of one of these processes: runs the tests it is given, and reports each.
/// @return its exit code
int run_as_worker();

/// Whether this is one of these processes.
bool is_worker();

} // namespace winipc::testing
