#pragma once

#include <initializer_list>
#include <string_view>

namespace winipc::testing {

/// Names tests that take seconds. When a learner's programs are judged they run after all the
/// others, so that the first mistake shows soon. CTest runs tests in any order.
///
/// @code
/// const winipc::testing::slow_tests slow{"EveryOrder.", "TwoPairs.DoNotCrossInAnyOrder"};
/// @endcode
struct slow_tests
{
    /// @param names of literals: a test's whole name, or what several of them begin with
    slow_tests(std::initializer_list<std::string_view> names);
};

} // namespace winipc::testing
