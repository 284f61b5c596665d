// Promise 8: whatever stands in the slot, the child comes to no harm.
#include "channel_test.h"
#include "interleave/execution.h"
#include "interleave/matchers.h"
#include "questions.h"
#include "testing/lines.h"
#include "testing/programs.h"
#include "testing/steps.h"
#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/peer.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>

namespace final_chat {

using namespace interleave;
using namespace winipc::testing;
using winipc::mapped_view;

namespace {

// 8: the test is the parent of a child that has got its handles.
class hostile_parent
{
public:
    explicit hostile_parent(const path& parent) : run_(parent, input(lines(1)))
    {
        this->parent().run_to(after("CreateProcessW"));
        child().run_until_blocked();
        const auto mapped = child().calls("MapViewOfFile");
        if (mapped.empty())
            throw std::runtime_error("the child maps no view\n" + run_.timeline());
        section = mapped.front().object;
        view_ = mapped_view(this->parent().duplicate(section).get(), FILE_MAP_WRITE);
    }

    void write(std::string_view bytes, std::size_t offset = 0)
    {
        std::memcpy(static_cast<char*>(view_.get()) + offset, bytes.data(), bytes.size());
    }

    void write(const raw_header& header, std::string_view bytes)
    {
        write({reinterpret_cast<const char*>(&header), sizeof header});
        write(bytes, sizeof header);
    }

    // The child goes on until it waits for the next message, or has ended.
    void hand_over()
    {
        signal();
        step_while_it_can(child());
    }

    // The child may go on; it has not made a step yet.
    void signal()
    {
        winipc::check(::SetEvent(parent().duplicate(message_ready()).get()), "SetEvent");
        if (!parent().is_blocked())
            parent().step(); // somebody has done something: so the child looks again
        child().step();
    }

    [[nodiscard]] controlled_process& parent() const { return run_.process("parent"); }
    [[nodiscard]] controlled_process& child() const { return run_.process("child"); }
    [[nodiscard]] execution& run() { return run_; }

    // The child has refused it; or taken it for a message, where it is one.
    [[nodiscard]] broken child_is_unharmed(const std::string& may_print = {}) const
    {
        const auto report = child().position() + "\n" + child().error_output() + run_.timeline();
        if (child().crash())
            return "the child has crashed: " + report;
        if (child().has_ended() && child().exit_code() == winipc::peer_talks_nonsense)
            return child().output().empty() ? broken{} : "what was refused is printed: " + report;
        const bool is_end = child().has_ended() && child().exit_code() == 0;
        if (!is_end && !child().is_blocked())
            return "the child should end with exit code 4, or wait for a message; it is " + report;
        if (child().output() != may_print)
            return "this is no message, and the child has taken it for one; it is " + report;
        return {};
    }

    std::string section;

private:
    // The event that the child waits for, and does not set.
    [[nodiscard]] std::string message_ready() const
    {
        for (const auto& handle : child().open_handles()) {
            const bool is_event = handle.object.starts_with("event") ||
                                  handle.object.find("ready") != std::string::npos;
            const auto sets = child().calls("SetEvent");
            if (is_event && std::none_of(sets.begin(), sets.end(), [&](const call_record& call) {
                    return call.object == handle.object;
                }))
                return handle.object;
        }
        throw std::runtime_error("the child waits for no event\n" + run_.timeline());
    }

    mutable execution run_;
    mapped_view view_;
};

} // namespace

// 8: the first number in the slot is one that lesson 7 takes for a length.
broken nonsense_is_refused(const path& parent)
{
    hostile_parent hostile(parent);
    const std::uint32_t number = 100'000;

    hostile.write({reinterpret_cast<const char*>(&number), sizeof number});
    hostile.hand_over();

    return hostile.child_is_unharmed();
}

namespace {

// The child reads the slot, and at its k-th access the size changes. False: there are not so many.
bool size_changes_at_access(int k)
{
    hostile_parent hostile(program("parent"));
    auto& child = hostile.child();
    child.memory_points(hostile.section, 0, 24);
    hostile.write(header_of(1, 3), "one");
    hostile.signal();
    while (!child.has_ended() && !child.is_blocked() && k > 0) {
        child.step();
        k -= !child.has_ended() && child.call() == "read";
    }
    if (k > 0)
        return false;

    hostile.write(header_of(1, 0x7FFF'FFFF), "one");
    step_while_it_can(child);

    expect_kept(hostile.child_is_unharmed("one\n"));
    return true;
}

void random_contents_through_processes(std::size_t count)
{
    std::cout << "seed " << seed << '\n';
    std::mt19937 random(seed);
    for (std::size_t i = 0; i < count && !::testing::Test::HasFailure(); ++i) {
        hostile_parent hostile(program("parent"));
        const auto header = random_header(random);
        const auto bytes = random_bytes(random, most);

        hostile.write(header, bytes);
        hostile.hand_over();

        const auto message = bytes.substr(0, header.size) + "\n";
        const bool has_printed = hostile.child().output_bytes() == message;
        expect_kept(hostile.child_is_unharmed(has_printed ? hostile.child().output() : ""));
    }
}

} // namespace

TEST(Promise08, NonsenseIsRefused)
{
    expect_kept(nonsense_is_refused(program("parent")));
}

TEST(Promise08, EachFieldOfTheHeaderIsChecked)
{
    auto other_magic = header_of(1, 3);
    other_magic.magic ^= 1;
    auto newer = header_of(1, 3);
    ++newer.version;
    auto kind = header_of(1, 3);
    kind.kind = 3;
    for (const auto& header : {other_magic, newer, kind, header_of(2, 3), header_of(0, 3),
                               header_of(1, most + 1), header_of(1, 0xFFFF'FFFF)}) {
        hostile_parent hostile(program("parent"));

        hostile.write(header, "one");
        hostile.hand_over();

        EXPECT_THAT(hostile.child(), ended_with(winipc::peer_talks_nonsense))
            << hostile.child().error_output() << hostile.run().timeline();
        EXPECT_EQ(hostile.child().output(), "");
    }
}

TEST(Promise08, AMessageIsTakenOnce)
{
    hostile_parent hostile(program("parent"));
    hostile.write(header_of(1, 3), "one");
    hostile.hand_over();
    EXPECT_EQ(hostile.child().output(), "one\n") << hostile.run().timeline();

    hostile.hand_over(); // the same again

    EXPECT_THAT(hostile.child(), ended_with(winipc::peer_talks_nonsense))
        << "this number has been there already\n"
        << hostile.run().timeline();
}

TEST(Promise08, TextThatIsNoUtf8IsRefused)
{
    hostile_parent hostile(program("parent"));

    hostile.write(header_of(1, 3), "\xED\xA0\x80");
    hostile.hand_over();

    EXPECT_THAT(hostile.child(), ended_with(winipc::peer_talks_nonsense))
        << hostile.child().error_output() << hostile.run().timeline();
}

TEST(Promise08, ASizeThatChangesMeanwhileIsHarmless)
{
    int accesses = 0;
    while (accesses < 40 && size_changes_at_access(accesses + 1) && !HasFailure())
        ++accesses;

    EXPECT_GE(accesses, 5) << "the child should read the five fields of the header in the slot";
}

TEST(Promise08, AHundredThousandRandomContentsAreRead)
{
    expect_kept(a_hundred_thousand_random_contents_are_read());
}

TEST(Promise08, RandomContentsHarmNoChild)
{
    random_contents_through_processes(12);
}

TEST(Promise08, DEEP_ThreeHundredRandomContentsHarmNoChild)
{
    random_contents_through_processes(300);
}

} // namespace final_chat
