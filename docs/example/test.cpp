#include "interleave/execution.h"
#include "interleave/matchers.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

using namespace interleave;

// For the page of the instrument.
static void save(const std::string& timeline)
{
    std::filesystem::create_directories("capture/example");
    std::ofstream("capture/example/timeline.txt", std::ios::binary) << timeline;
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
