// Calls that fail.
#include "interleave/execution.h"
#include "interleave/matchers.h"
#include "talk.h"
#include "testing/expectations.h"
#include "testing/lines.h"
#include "testing/programs.h"
#include "testing/steps.h"
#include "winipc/peer.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace shutdown {

using namespace interleave;
using namespace winipc::testing;
using ::testing::IsEmpty;

TEST(Errors, AFailureIsReportedAndEndsBoth)
{
    struct failure
    {
        const char* process;
        point place;
        bool is_child_ready;
    };
    const std::vector<failure> failures{{"parent", before("CreateEventW"), false},
                                        {"parent", before("SetConsoleCtrlHandler"), false},
                                        {"parent", before("CreateJobObjectW"), false},
                                        {"parent", before("SetInformationJobObject"), false},
                                        {"parent", before("AssignProcessToJobObject"), false},
                                        {"parent", before("WaitForMultipleObjects"), false},
                                        {"parent", before("SetInformationJobObject"), true},
                                        {"parent", before("SetEvent"), true},
                                        {"parent", before("WaitForMultipleObjects"), true},
                                        {"child", before("OpenProcess"), false},
                                        {"child", before("SetEvent"), false},
                                        {"child", before("WaitForMultipleObjects"), false}};
    for (const auto& [name, place, is_child_ready] : failures) {
        execution run{program("parent"), input(lines(1))};
        auto& parent = run.process("parent");
        if (is_child_ready)
            let_child_be_ready(run);
        else if (std::string(name) == "child")
            parent.run_to(after("CreateProcessW"));

        auto& failing = run.process(name);
        if (is_child_ready && place.call == "WaitForMultipleObjects")
            failing.run_to(after("SetEvent"));
        failing.run_to(place);
        failing.fail(ERROR_ACCESS_DENIED);
        run_to_the_end(run);

        expect_reported(run, failing, place.call, ERROR_ACCESS_DENIED);
    }
}

TEST(Errors, AChildWithoutAParentSaysSo)
{
    for (const auto& wrong : {arguments({}), arguments({L"0"}), arguments({L"nonsense"})}) {
        execution run{program("parent"), input("")};
        let_child_be_ready(run); // so all that has a name can be opened
        auto& child = run.start(program("child"), wrong);

        step_while_it_can(child);

        EXPECT_THAT(child, ended_with(winipc::something_failed)) << run.timeline();
        EXPECT_NE(child.error_output(), "");
        EXPECT_THAT(child.calls("WaitForMultipleObjects"), IsEmpty())
            << "a child that knows no parent has nothing to wait for\n"
            << run.timeline();
    }
}

} // namespace shutdown
