// Lesson 14 itself: the channel of its solution.
#include "solutions/14_final_chat/channel.h"
#include "transport.h"
#include "winipc/inheritance.h"
#include "winipc/peer.h"

#include <windows.h>

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace bench {
namespace {

class lesson14_sender final : public sending_end
{
public:
    explicit lesson14_sender(std::size_t) {}

    endpoint for_receiver() override
    {
        endpoint its;
        its.handles.push_back(winipc::inheritable(objects_.section.get(), FILE_MAP_READ));
        its.handles.push_back(winipc::inheritable(objects_.message_ready.get(), SYNCHRONIZE));
        its.handles.push_back(winipc::inheritable(objects_.slot_free.get(), EVENT_MODIFY_STATE));
        return its;
    }
    void connect(const winipc::unique_handle& receiver) override
    {
        to_receiver_.emplace(objects_, receiver, winipc::time_limit);
    }
    void send(std::string_view message) override { to_receiver_->send(message); }
    void wait_for_reply() override {} // send() has waited
    void end() override { to_receiver_->end(); }

private:
    channel objects_ = create_channel();
    std::optional<sender> to_receiver_;
};

class lesson14_receiver final : public receiving_end
{
public:
    lesson14_receiver(endpoint its, const winipc::unique_handle& sender, std::size_t)
        : objects_{std::move(its.handles.at(0)), std::move(its.handles.at(1)),
                   std::move(its.handles.at(2))},
          from_sender_(objects_, sender)
    {
    }

    void receive(std::string& message) override
    {
        auto received = from_sender_.receive();
        if (!received)
            throw std::runtime_error("the end has come too early");
        message = std::move(*received);
    }
    void reply() override {} // the next receive() says so
    void end() override
    {
        if (from_sender_.receive())
            throw std::runtime_error("there is a message after the last one");
    }

private:
    channel objects_;
    receiver from_sender_;
};

} // namespace

transport lesson14()
{
    return {.name = "lesson 14",
            .capacity = sizeof message_slot::bytes,
            .has_messages = true,
            .may_lose = false,
            .at_most = most_messages,
            .make_sender = make_sender<lesson14_sender>,
            .make_receiver = make_receiver<lesson14_receiver>};
}

} // namespace bench
