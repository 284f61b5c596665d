#pragma once

#include "winipc/unique_handle.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {

// What the receiving process is given.
struct endpoint
{
    std::vector<winipc::unique_handle> handles; // inheritable: it inherits them, in this order
    std::string text;                           // a name, a number, or nothing; up to 100 bytes
};

// Where messages go in. All calls come from one thread.
class sending_end
{
public:
    virtual ~sending_end() = default;

    // Called once, before the receiver is started.
    virtual endpoint for_receiver() = 0;
    // Called once, when the receiving end is there too.
    virtual void connect(const winipc::unique_handle& receiver) = 0;
    // May return before the message has been received, if the way can hold it meanwhile.
    virtual void send(std::string_view message) = 0;
    // Waits until the receiver has done with the message; at once where send() has waited.
    virtual void wait_for_reply() = 0;
    // After the last message.
    virtual void end() = 0;
};

// Where messages come out.
class receiving_end
{
public:
    virtual ~receiving_end() = default;

    // Waits for the next message, which takes the place of what the string held.
    virtual void receive(std::string& message) = 0;
    // Says that the slot or the pipe is free; nothing where the next receive() says so.
    virtual void reply() = 0;
    // After the last message.
    virtual void end() = 0;
};

// A way to send messages from one process to another.
struct transport
{
    const char* name;     // in the tables
    std::size_t capacity; // bytes: no message is longer
    bool has_messages;    // false: it only wakes the other process
    bool may_lose;
    std::uint32_t at_most; // messages in a run: so slow is it
    std::unique_ptr<sending_end> (*make_sender)(std::size_t message_size);
    std::unique_ptr<receiving_end> (*make_receiver)(endpoint, const winipc::unique_handle& sender,
                                                    std::size_t message_size);
};

inline constexpr std::size_t longest_message = 65'536; // bytes
inline constexpr std::uint32_t most_messages = 20'000;

// All of them, in the order of the tables. The first is the event ping-pong.
const std::vector<transport>& transports();

// One file each.
transport event_ping_pong();
transport lesson07();
transport lesson10();
transport lesson14();
transport anonymous_pipe();
transport named_pipe();
transport tcp();
std::vector<transport> boost_queue(); // none where Boost was not found

template <class Sender>
std::unique_ptr<sending_end> make_sender(std::size_t message_size)
{
    return std::make_unique<Sender>(message_size);
}

template <class Receiver>
std::unique_ptr<receiving_end> make_receiver(endpoint its, const winipc::unique_handle& sender,
                                             std::size_t message_size)
{
    return std::make_unique<Receiver>(std::move(its), sender, message_size);
}

} // namespace bench
