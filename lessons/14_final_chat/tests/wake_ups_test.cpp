// Promise 14: no wake-up is lost, and who has nothing to do waits.
#include "interleave/execution.h"
#include "questions.h"
#include "testing/lines.h"
#include "testing/programs.h"

#include <windows.h>

#include <gtest/gtest.h>

#include <cstddef>
#include <iostream>
#include <string>

namespace final_chat {

using namespace interleave;
using namespace winipc::testing;

namespace {

// 14: waits that have been satisfied.
std::size_t wake_ups(const controlled_process& process)
{
    std::size_t count = process.calls("Sleep").size();
    for (const auto* function : {"WaitForSingleObject", "WaitForMultipleObjects"})
        for (const auto& call : process.calls(function))
            count += call.result != WAIT_TIMEOUT;
    return count;
}

} // namespace

broken no_signal_is_lost(const path& parent)
{
    execution run{parent, input(lines(2))};
    run.process("parent").run_to(after("CreateProcessW"));

    run.process("child").run_until_blocked();
    go_on(run, {"parent"}); // as far as it comes without the child
    run.run_until_stuck();

    const auto received = wake_ups(run.process("child"));
    if (received >= 2)
        return {};
    return "two lines should wake the child twice, they do so " + std::to_string(received) +
           " times\n" + run.timeline();
}

TEST(Promise14, NoSignalIsLost)
{
    expect_kept(no_signal_is_lost(program("parent")));
}

TEST(Promise14, AMessageWakesEachSideOnceOrTwice)
{
    constexpr std::size_t count = 20;
    execution run{program("parent"), input(numbered_lines(count))};

    run.run_until_stuck();

    expect_kept(everything_arrives(run, numbered_lines(count)));
    const auto parent = wake_ups(run.process("parent"));
    const auto child = wake_ups(run.process("child"));
    std::cout << count << " messages: the parent has been woken " << parent << " times, the child "
              << child << " times\n";
    EXPECT_EQ(child, count + 1) << "once for each message, and once for the end\n"
                                << run.timeline();
    EXPECT_LE(parent, 3 * count + 6)
        << "once for the line and once for the answer, and a few times at both ends\n"
        << run.timeline();
}

TEST(Promise14, WhoHasNothingToDoWaitsForEver)
{
    execution run{program("parent"), input(lines(1))};
    // The thread that reads has not made a step: nothing is typed.
    go_on(run, {"parent", "child"},
          [](const controlled_process& process, const controlled_thread& thread) {
              return process.thread_count() > 1 && thread.is_blocked();
          });

    auto& parent = run.process("parent");
    auto& child = run.process("child");
    auto main_thread = parent.thread(0);
    main_thread.run_until_blocked();
    child.run_until_blocked();

    // Nobody makes a step: so nobody uses the processor. And no wait ends by itself.
    EXPECT_THROW(main_thread.time_out(), schedule_error) << run.timeline();
    EXPECT_THROW(child.time_out(), schedule_error) << run.timeline();
}

} // namespace final_chat
