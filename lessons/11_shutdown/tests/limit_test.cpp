// What a time limit is for, and what else ends a child.
#include "interleave/execution.h"
#include "interleave/matchers.h"
#include "talk.h"
#include "testing/lines.h"
#include "testing/programs.h"
#include "testing/steps.h"
#include "winipc/peer.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace shutdown {

using namespace interleave;
using namespace winipc::testing;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace {

// The parent's wait is over without a signal.
void let_time_out(const execution& run, controlled_process& parent, const char* reason)
{
    try {
        parent.time_out();
    } catch (const schedule_error& error) {
        throw std::runtime_error(std::string(reason) + "; " + error.what());
    }
    parent.run_to_end();
    EXPECT_THAT(parent, ended_with(winipc::peer_is_silent))
        << reason << "\n"
        << parent.error_output() << run.timeline();
    EXPECT_NE(parent.error_output(), "") << "say why on the error output";
}

// The waits that are given up after a time, but for those that only look (0 milliseconds).
std::vector<call_record> waits_with_a_limit(const controlled_process& process)
{
    std::vector<call_record> found;
    for (const auto& [function, limit] :
         {std::pair{"WaitForSingleObject", 1}, std::pair{"WaitForMultipleObjects", 3}})
        for (const auto& call : process.calls(function)) {
            const auto milliseconds = call.arguments[static_cast<std::size_t>(limit)];
            if (milliseconds != 0 && milliseconds != INFINITE)
                found.push_back(call);
        }
    return found;
}

} // namespace

TEST(Limit, AChildThatDoesNotGetReadyIsReportedAndEnded)
{
    for (const bool has_begun : {false, true}) {
        execution run{program("parent"), input(lines(2))};
        auto& parent = run.process("parent");
        let_wait(run, parent, slot_free);
        auto& child = run.process("child");
        if (has_begun)
            child.run_to(before("SetEvent", slot_free));

        let_time_out(run, parent, "the child is not ready: this wait has a limit");

        EXPECT_TRUE(child.has_ended()) << "nobody ends it, if not its job\n" << run.timeline();
    }
}

TEST(Limit, AChildThatDoesNotEndIsReportedAndEnded)
{
    execution run{program("parent"), input("")};
    auto& parent = run.process("parent");
    let_child_be_ready(run);
    let_wait(run, parent, "process child");
    auto& child = run.process("child");
    child.run_to(after("WaitForMultipleObjects")); // and no further

    let_time_out(run, parent, "the child does not end: this wait has a limit");

    EXPECT_TRUE(child.has_ended()) << "no process may remain\n" << run.timeline();
}

TEST(Limit, AParentThatDiesBeforeTheChildIsReadyTakesItAlong)
{
    execution run{program("parent"), input(lines(2))};
    auto& parent = run.process("parent");
    let_wait(run, parent, slot_free);

    parent.kill();

    EXPECT_TRUE(run.process("child").has_ended())
        << "it does not watch its parent yet: its job must end it\n"
        << run.timeline();
}

TEST(Limit, InTheTalkNobodyWaitsForATime)
{
    execution run{program("parent"), input(lines(2))};

    run_to_the_end(run);

    EXPECT_THAT(waits_with_a_limit(run.process("child")), IsEmpty())
        << "the death of the parent wakes it up; what would a limit be for?\n"
        << run.timeline();
    EXPECT_THAT(waits_with_a_limit(run.process("parent")), SizeIs(2))
        << "one limit for getting ready, one for the end; a line may take as long as it takes\n"
        << run.timeline();
    for (const auto* name : {"parent", "child"})
        EXPECT_THAT(run.process(name).calls("Sleep"), IsEmpty()) << name << "\n" << run.timeline();
}

TEST(Rights, TheChildMayOnlyWaitForItsParent)
{
    execution run{program("parent"), input("")};

    run_to_the_end(run);

    const auto opened = run.process("child").calls("OpenProcess");
    ASSERT_THAT(opened, SizeIs(1)) << run.timeline();
    EXPECT_EQ(opened[0].arguments[0], static_cast<std::uint64_t>(SYNCHRONIZE))
        << "the one right that a wait needs, " << opened[0].line;
    EXPECT_EQ(opened[0].object, "process parent") << opened[0].line;
}

} // namespace shutdown
