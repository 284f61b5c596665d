#include "interleave/execution.h"
#include "interleave/explore.h"
#include "interleave/matchers.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <ios>
#include <string>

using namespace interleave;

// For the page of the instrument.
static void save(const std::string& text, const std::string& name = "timeline.txt")
{
    std::filesystem::create_directories("capture/example");
    std::ofstream("capture/example/" + name, std::ios::binary) << text;
}

//! [fails]
TEST(Sender, SignalsBeforeTheMessageIsThere)
{
    execution run;
    auto& sender = run.start(SENDER);
    auto& receiver = run.start(RECEIVER);
    sender.run_to(before("SetEvent"));
    receiver.run_until_blocked();

    sender.run_to(after("SetEvent")); // and not one instruction further
    receiver.run_to_end();

    EXPECT_EQ(receiver.output(), "\"\"\n") << run.timeline();
    save(run.timeline());
}
//! [fails]

//! [passes]
TEST(Sender, IsInTimeWhenNobodyIsQuick)
{
    execution run;
    auto& sender = run.start(SENDER);
    auto& receiver = run.start(RECEIVER);
    sender.run_to(before("SetEvent"));
    receiver.run_until_blocked();

    sender.run_to(before("UnmapViewOfFile"));
    receiver.run_to_end();

    EXPECT_EQ(receiver.output(), "\"hello\"\n") << run.timeline();
}
//! [passes]

//! [replays]
TEST(Sender, DoesTheSameAgainOnReplay)
{
    execution first;
    auto& sender = first.start(SENDER);
    auto& receiver = first.start(RECEIVER);
    sender.run_to(after("SetEvent"));
    receiver.run_to_end();

    execution again;
    again.start(SENDER);
    again.start(RECEIVER);
    again.replay(first.schedule());

    EXPECT_EQ(again.process("receiver").output(), receiver.output());
    EXPECT_EQ(again.schedule(), first.schedule());
}
//! [replays]

//! [explores]
TEST(Sender, IsTooLateInAScheduleWithOnePreemption)
{
    const auto start = [](execution& run) {
        auto& sender = run.start(SENDER);
        auto& receiver = run.start(RECEIVER);
        sender.run_to(before("SetEvent"));
        receiver.run_until_blocked();
    };
    const auto result = explore(start).preemptions(1).check(
        [](const execution& run) { EXPECT_EQ(run.process("receiver").output(), "\"hello\"\n"); });

    EXPECT_EQ(result.verdict(), "check failed") << result.first_failure();
    EXPECT_EQ(result.preemptions(), 1) << result.first_failure();
    save(result.first_failure(), "failure.txt");

    execution again;
    again.start(SENDER);
    again.start(RECEIVER);
    again.replay(result.failing_schedule());

    EXPECT_EQ(again.process("receiver").output(), "\"\"\n");
}
//! [explores]
