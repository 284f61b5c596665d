// What the tests ask of a channel at first hand: the only part of them that is compiled with the
// channel.h of the side that is judged, and so again with each change of it. Without GoogleTest,
// whose headers take longer than all the rest.
#include "channel_test.h"

#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/peer.h"
#include "winipc/unique_handle.h"

#include <windows.h>

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

// What is not as it should be, a line each.
class findings
{
public:
    void expect(bool right, const std::string& what)
    {
        if (!right)
            text_ += what + '\n';
    }

    template <class Error, class Call>
    void expect_error(Call call, const std::string& what)
    {
        try {
            call();
            text_ += what + ": it has returned\n";
        } catch (const Error&) { // as it should
        } catch (const std::exception& error) {
            text_ += what + ": it has thrown '" + error.what() + "'\n";
        }
    }

    [[nodiscard]] const std::string& text() const { return text_; }

private:
    std::string text_;
};

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

std::string nothing_is_written_before_the_size_is_checked()
{
    const auto objects = create_channel();
    const auto receiver = dead_peer();
    ::SetEvent(objects.slot_free.get());
    sender here(objects, receiver, 0);
    const look_into section(objects);
    findings found;

    found.expect_error<std::length_error>([&] { here.send(std::string(most + 1, 'x')); },
                                          "a message of 65537 bytes is a std::length_error");

    found.expect(section.slot().bytes[0] == '\0' && section.slot().header.size == 0,
                 "nothing of a message that is too long is written into the slot");
    found.expect(!is_signalled(objects.message_ready),
                 "a message that is too long is not signalled");
    return found.text();
}

std::string a_sender_returns_only_when_the_message_is_taken()
{
    const auto objects = create_channel();
    const auto receiver = dead_peer();
    ::SetEvent(objects.slot_free.get());
    sender here(objects, receiver, 0);
    findings found;

    found.expect_error<winipc::peer_error>(
        [&] { here.send("hello"); },
        "the receiver is dead and the message will not be taken: send() throws peer_error");

    const look_into section(objects);
    found.expect(section.message() == "hello",
                 "'hello' is in the slot; what is there: '" + section.message() + "'");
    found.expect(section.slot().header.number == 1,
                 "the first message is number 1, and not " +
                     std::to_string(section.slot().header.number));
    found.expect(is_signalled(objects.message_ready), "a message in the slot is signalled");
    return found.text();
}

std::string a_receiver_gives_the_slot_back_and_then_waits()
{
    const auto objects = create_channel();
    const auto sender = dead_peer();
    const look_into section(objects);
    receiver here(objects, sender);
    findings found;
    found.expect(!is_signalled(objects.slot_free),
                 "a receiver is ready when it is asked to receive, and not before");

    found.expect_error<winipc::peer_error>(
        [&] { here.receive(); },
        "nothing has come and the sender is dead: receive() throws peer_error");

    found.expect(is_signalled(objects.slot_free),
                 "a receiver gives the slot back before it waits for a message");
    return found.text();
}

std::string a_hundred_thousand_random_contents_are_read()
{
    std::cout << "seed " << seed << '\n';
    std::mt19937 random(seed);
    const auto objects = create_channel();
    const look_into section(objects);
    auto& slot = section.slot();
    const auto text = random_bytes(random, most);
    text.copy(slot.bytes, most);
    findings found;

    const auto too_large = header_of(1, most + 1);
    std::memcpy(&slot.header, &too_large, sizeof too_large);
    found.expect_error<winipc::peer_error>(
        [&] { static_cast<void>(read_message(slot, 1)); },
        "a size of one byte more than the slot holds leads out of the view: it is refused");

    int messages = 0;
    int ends = 0;
    int refusals = 0;
    for (int i = 0; i < 100'000 && found.text().empty(); ++i) {
        const auto header = i % 4 == 0 ? raw_header{} : random_header(random);
        std::memcpy(&slot.header, &header, sizeof header);
        if (i % 4 == 0)
            random_bytes(random, sizeof slot.header)
                .copy(reinterpret_cast<char*>(&slot.header), sizeof slot.header);
        const auto content = "content " + std::to_string(i) + ": ";
        try {
            const auto message = read_message(slot, 1);
            ++(message ? messages : ends);
            found.expect(!message || std::string_view(text).starts_with(*message),
                         content + "what is returned is not what the slot holds");
        } catch (const winipc::peer_error& error) {
            ++refusals;
            found.expect(error.code() == winipc::peer_talks_nonsense,
                         content + "it is refused with code " + std::to_string(error.code()) +
                             ", and not with peer_talks_nonsense");
        }
    }

    found.expect(messages > 1000 && ends > 1000 && refusals > 10'000,
                 "most of the contents that are right are taken, and the others refused; here " +
                     std::to_string(messages) + " were messages, " + std::to_string(ends) +
                     " ends and " + std::to_string(refusals) + " refused");
    return found.text();
}

std::string a_thousand_channels_leave_nothing_open()
{
    findings found;
    const auto use_one = [&] {
        const auto objects = create_channel();
        const auto peer = dead_peer();
        ::SetEvent(objects.slot_free.get());
        sender from(objects, peer, 0);
        receiver to(objects, peer);
        found.expect_error<winipc::peer_error>([&] { from.send("nobody takes it"); },
                                               "a message that is not taken is a peer_error");
        const auto received = to.receive();
        found.expect(received == "nobody takes it",
                     "what was sent is received; here it is " +
                         (received ? '\'' + *received + '\'' : std::string("the end")));
        found.expect_error<std::length_error>([&] { from.send(std::string(most + 1, 'x')); },
                                              "a message of 65537 bytes is a std::length_error");
        found.expect_error<winipc::peer_error>([&] { to.receive(); },
                                               "no second message comes: a peer_error");
        found.expect_error<std::system_error>([&] { sender(channel{}, peer, 0); },
                                              "a channel without objects is a std::system_error");
    };
    use_one();
    const auto before = handle_count();

    for (int i = 0; i < 1000 && found.text().empty(); ++i)
        use_one();

    const auto after = handle_count();
    found.expect(after == before, std::to_string(before) + " handles before a thousand channels, " +
                                      std::to_string(after) + " after them");
    return found.text();
}

// Two ends in this process, as fast as they can.
std::string bytes_arrive_as_they_are()
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

    findings found;
    try {
        sender here(objects, peer, winipc::time_limit);
        for (const auto& message : sent)
            here.send(message);
        here.end();
    } catch (const std::exception& error) {
        found.expect(false, std::string("the sender has failed: ") + error.what());
    }
    other.join();

    found.expect(received == sent,
                 "what is sent is not what is received: " + std::to_string(received.size()) +
                     " of " + std::to_string(sent.size()) + " messages have come");
    return found.text();
}

} // namespace final_chat
