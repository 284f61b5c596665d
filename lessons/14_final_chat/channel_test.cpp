// The tests that use a channel at first hand: the only ones that are compiled with the channel.h of
// the side that is judged, and so again with each change of it.
#include "channel_test.h"

#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/peer.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <gtest/gtest.h>

#include <channel.h> // its names stay outside of the namespace below
#include <cstdint>
#include <cstring>
#include <exception>
#include <iostream>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

namespace final_chat {

using winipc::mapped_view;
using winipc::unique_handle;

namespace {

// A peer that ends after half a minute: so no test waits for ever.
unique_handle mortal_peer()
{
    unique_handle timer{::CreateWaitableTimerW(nullptr, TRUE, nullptr)};
    LARGE_INTEGER due{};
    due.QuadPart = -30LL * 10'000'000; // 100 ns units from now
    winipc::check(timer && ::SetWaitableTimer(timer.get(), &due, 0, nullptr, nullptr, FALSE),
                  "SetWaitableTimer");
    return timer;
}

// A peer that has ended.
unique_handle dead_peer()
{
    return unique_handle{::CreateEventW(nullptr, TRUE, TRUE, nullptr)};
}

bool is_signalled(const unique_handle& object)
{
    return ::WaitForSingleObject(object.get(), 0) == WAIT_OBJECT_0;
}

// How many handles this process has. (GetProcessHandleCount is 0 under Wine 8.)
int handle_count()
{
    int count = 0;
    for (std::uintptr_t value = 4; value < 8192; value += 4) {
        DWORD flags = 0;
        count += ::GetHandleInformation(reinterpret_cast<HANDLE>(value), &flags) != 0;
    }
    return count;
}

// What stands in a channel's section, as any process sees it that has it.
class look_into
{
public:
    explicit look_into(const channel& objects) : view_(objects.section.get(), FILE_MAP_WRITE) {}

    [[nodiscard]] message_slot& slot() const { return *view_.as<message_slot>(); }
    [[nodiscard]] std::string message() const { return {slot().bytes, slot().header.size}; }

private:
    mapped_view view_;
};

} // namespace

void nothing_is_written_before_the_size_is_checked()
{
    const auto objects = create_channel();
    const auto receiver = dead_peer();
    ::SetEvent(objects.slot_free.get());
    sender here(objects, receiver, 0);
    const look_into section(objects);

    EXPECT_THROW(here.send(std::string(most + 1, 'x')), std::length_error);

    EXPECT_EQ(section.slot().bytes[0], '\0');
    EXPECT_EQ(section.slot().header.size, 0U);
    EXPECT_FALSE(is_signalled(objects.message_ready));
}

void a_sender_returns_only_when_the_message_is_taken()
{
    const auto objects = create_channel();
    const auto receiver = dead_peer();
    ::SetEvent(objects.slot_free.get());
    sender here(objects, receiver, 0);

    EXPECT_THROW(here.send("hello"), winipc::peer_error)
        << "nobody takes it, and the other one is dead";

    const look_into section(objects);
    EXPECT_EQ(section.message(), "hello");
    EXPECT_EQ(section.slot().header.number, 1U) << "the first message is number 1";
    EXPECT_TRUE(is_signalled(objects.message_ready));
}

void a_receiver_gives_the_slot_back_and_then_waits()
{
    const auto objects = create_channel();
    const auto sender = dead_peer();
    const look_into section(objects);
    receiver here(objects, sender);
    EXPECT_FALSE(is_signalled(objects.slot_free)) << "it is ready when it is asked to receive";

    EXPECT_THROW(here.receive(), winipc::peer_error) << "nothing has come, and the sender is dead";

    EXPECT_TRUE(is_signalled(objects.slot_free));
}

void a_hundred_thousand_random_contents_are_read()
{
    std::cout << "seed " << seed << '\n';
    std::mt19937 random(seed);
    const auto objects = create_channel();
    const look_into section(objects);
    auto& slot = section.slot();
    const auto text = random_bytes(random, most);
    text.copy(slot.bytes, most);

    const auto too_large = header_of(1, most + 1);
    std::memcpy(&slot.header, &too_large, sizeof too_large);
    ASSERT_THROW(static_cast<void>(read_message(slot, 1)), winipc::peer_error)
        << "one byte more than the slot holds: what follows would lead out of the view";

    int messages = 0;
    int ends = 0;
    int refusals = 0;
    for (int i = 0; i < 100'000; ++i) {
        const auto header = i % 4 == 0 ? raw_header{} : random_header(random);
        std::memcpy(&slot.header, &header, sizeof header);
        if (i % 4 == 0)
            random_bytes(random, sizeof slot.header)
                .copy(reinterpret_cast<char*>(&slot.header), sizeof slot.header);
        try {
            const auto message = read_message(slot, 1);
            ++(message ? messages : ends);
            ASSERT_TRUE(!message || std::string_view(text).starts_with(*message))
                << "content " << i;
        } catch (const winipc::peer_error& error) {
            ++refusals;
            ASSERT_EQ(error.code(), winipc::peer_talks_nonsense) << "content " << i;
        }
    }

    EXPECT_GT(messages, 1000);
    EXPECT_GT(ends, 1000);
    EXPECT_GT(refusals, 10'000);
}

void a_thousand_channels_leave_nothing_open()
{
    const auto use_one = [] {
        const auto objects = create_channel();
        const auto peer = dead_peer();
        ::SetEvent(objects.slot_free.get());
        sender from(objects, peer, 0);
        receiver to(objects, peer);
        EXPECT_THROW(from.send("nobody takes it"), winipc::peer_error);
        EXPECT_EQ(to.receive(), "nobody takes it");
        EXPECT_THROW(from.send(std::string(most + 1, 'x')), std::length_error);
        EXPECT_THROW(to.receive(), winipc::peer_error);
        EXPECT_THROW(sender(channel{}, peer, 0), std::system_error);
    };
    use_one();
    const auto before = handle_count();

    for (int i = 0; i < 1000 && !::testing::Test::HasFailure(); ++i)
        use_one();

    EXPECT_EQ(handle_count(), before);
}

// Two ends in this process, as fast as they can.
void bytes_arrive_as_they_are()
{
    const auto objects = create_channel();
    const auto peer = mortal_peer();
    std::vector<std::string> sent{"", std::string(1, '\0'), std::string(most, '\xFF')};
    std::mt19937 random(seed);
    for (int i = 0; i < 300; ++i)
        sent.push_back(random_bytes(random, random() % 3000));
    std::vector<std::string> received;
    std::thread other([&] {
        try {
            receiver here(objects, peer);
            while (auto message = here.receive())
                received.push_back(*message);
        } catch (const std::exception& error) {
            received.emplace_back(error.what());
        }
    });

    try {
        sender here(objects, peer, winipc::time_limit);
        for (const auto& message : sent)
            here.send(message);
        here.end();
    } catch (const std::exception& error) {
        ADD_FAILURE() << "the sender has failed: " << error.what();
    }
    other.join();

    EXPECT_TRUE(received == sent) << received.size() << " of " << sent.size()
                                  << " messages, and what is sent is not what is received";
}

} // namespace final_chat
