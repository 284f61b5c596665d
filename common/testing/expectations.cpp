#include "testing/expectations.h"

#include "interleave/execution.h"
#include "interleave/matchers.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace winipc::testing {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

void expect_reported(const interleave::execution& run,
                     const interleave::controlled_process& process, const std::string& function,
                     DWORD code)
{
    const auto number = std::to_string(code);
    EXPECT_THAT(process, interleave::ended_with(1))
        << function << " has failed with error " << number << "\n"
        << process.error_output() << run.timeline();
    EXPECT_THAT(process.error_output(),
                AllOf(HasSubstr(function), HasSubstr("(error " + number + ")")))
        << "function and code belong on stderr\n"
        << run.timeline();
}

void expect_nothing_open(const interleave::execution& run,
                         const interleave::controlled_process& process)
{
    EXPECT_THAT(process.open_handles(), IsEmpty())
        << "the " << process.name() << " has not closed a handle\n"
        << run.timeline();
    EXPECT_THAT(process.open_views(), IsEmpty())
        << "the " << process.name() << " has not unmapped a view\n"
        << run.timeline();
}

} // namespace winipc::testing
