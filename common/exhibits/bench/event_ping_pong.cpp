// The limit of every hand-over by events: two of them, and no message at all.
#include "events.h"
#include "transport.h"
#include "winipc/error.h"
#include "winipc/inheritance.h"
#include "winipc/wait.h"

#include <windows.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace bench {
namespace {

class ping_pong_sender final : public sending_end
{
public:
    explicit ping_pong_sender(std::size_t) {}

    endpoint for_receiver() override
    {
        endpoint its;
        its.handles.push_back(winipc::inheritable(ping_.get(), SYNCHRONIZE));
        its.handles.push_back(winipc::inheritable(pong_.get(), EVENT_MODIFY_STATE));
        return its;
    }
    void connect(const winipc::unique_handle&) override {}
    void send(std::string_view) override { winipc::check(::SetEvent(ping_.get()), "SetEvent"); }
    void wait_for_reply() override { winipc::wait_for(pong_, INFINITE); }
    void end() override {}

private:
    winipc::unique_handle ping_ = create_event();
    winipc::unique_handle pong_ = create_event();
};

class ping_pong_receiver final : public receiving_end
{
public:
    ping_pong_receiver(endpoint its, const winipc::unique_handle&, std::size_t)
        : its_(std::move(its))
    {
    }

    void receive(std::string&) override { winipc::wait_for(its_.handles[0], INFINITE); }
    void reply() override { winipc::check(::SetEvent(its_.handles[1].get()), "SetEvent"); }
    void end() override {}

private:
    endpoint its_;
};

} // namespace

transport event_ping_pong()
{
    return {.name = "event ping-pong",
            .capacity = longest_message,
            .has_messages = false,
            .may_lose = false,
            .at_most = most_messages,
            .make_sender = make_sender<ping_pong_sender>,
            .make_receiver = make_receiver<ping_pong_receiver>};
}

} // namespace bench
