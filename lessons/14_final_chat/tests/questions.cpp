#include "questions.h"

#include "interleave/execution.h"
#include "testing/lines.h"
#include "testing/slow_tests.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <string>

namespace final_chat {

using namespace interleave;
using namespace winipc::testing;

void expect_kept(const broken& what)
{
    if (!what.empty())
        ADD_FAILURE() << what;
}

void expect_broken(const broken& what)
{
    EXPECT_FALSE(what.empty()) << "lesson 7 should break this promise, or the test shows nothing";
}

// Complete lines from the beginning of what was sent.
bool is_beginning_of(const std::string& sent, const std::string& received)
{
    return sent.starts_with(received) && (received.empty() || received.ends_with('\n'));
}

broken everything_arrives(const execution& run, const std::string& sent)
{
    const auto printed = printed_by_child(run);
    if (printed == sent)
        return {};
    const auto reported = run.process("parent").error_output(); // why it has given up, if it has
    return "the child should print what was sent:\n" + sent + "it has printed:\n" + printed +
           (reported.empty() ? "" : "and the parent has reported: " + reported) + run.timeline();
}

broken both_end_well(const execution& run)
{
    for (const auto* name : {"parent", "child"}) {
        const auto& process = run.process(name);
        if (!process.has_ended() || process.exit_code() != 0)
            return "the " + process.name() + " should end with exit code 0; it is " +
                   process.position() + "\n" + process.error_output() + run.timeline();
    }
    return {};
}

broken first_of(std::initializer_list<broken> all)
{
    const auto found =
        std::find_if(all.begin(), all.end(), [](const broken& one) { return !one.empty(); });
    return found == all.end() ? broken{} : *found;
}

bool go_on(execution& run, std::initializer_list<const char*> who, const place& is_reached)
{
    bool moved = true;
    for (int steps = 0; moved && steps < 5000;) {
        moved = false;
        for (const auto* name : who) {
            for (std::size_t i = 0; run.has_process(name) && i < run.process(name).thread_count();
                 ++i) {
                auto thread = run.process(name).thread(i);
                for (bool is_done = false; !thread.has_ended() && !is_done; ++steps) {
                    const bool was_blocked = thread.is_blocked();
                    thread.step(); // who is blocked looks again
                    if (is_reached && is_reached(run.process(name), thread))
                        return true;
                    is_done = thread.is_blocked() || steps >= 5000;
                    moved = moved || !was_blocked || !thread.is_blocked();
                }
            }
        }
    }
    return false;
}

namespace {

const winipc::testing::slow_tests slow{
    "Promise01.EveryLineArrives",    "Promise01.ThousandsOfLines",
    "Promise02.DelaysChangeNothing", "Promise06.WhoeverIsKilled",
    "Promise07.CtrlCLetsArrive",     "Promise08.AHundredThousandRandom",
    "Promise08.RandomContents",      "Promise09.",
    "Promise11.AThousandChannels"};

} // namespace

} // namespace final_chat
