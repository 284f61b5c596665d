// Lesson 10's calls, in its order: two events give the slot to and fro.
#include "events.h"
#include "solutions/10_handshake/message.h"
#include "transport.h"
#include "winipc/error.h"
#include "winipc/inheritance.h"
#include "winipc/mapped_view.h"
#include "winipc/wait.h"

#include <windows.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace bench {
namespace {

class lesson10_sender final : public sending_end
{
public:
    explicit lesson10_sender(std::size_t) {}

    endpoint for_receiver() override
    {
        endpoint its;
        its.handles.push_back(winipc::inheritable(section_.get(), FILE_MAP_READ));
        its.handles.push_back(winipc::inheritable(message_ready_.get(), SYNCHRONIZE));
        its.handles.push_back(winipc::inheritable(slot_free_.get(), EVENT_MODIFY_STATE));
        return its;
    }
    void connect(const winipc::unique_handle&) override { wait_for_reply(); }
    void send(std::string_view bytes) override
    {
        wait_for_reply();
        auto& slot = *view_.as<message>();
        std::memcpy(slot.text, bytes.data(), bytes.size());
        slot.length = static_cast<std::uint32_t>(bytes.size() / sizeof(wchar_t));
        slot_is_mine_ = false;
        winipc::check(::SetEvent(message_ready_.get()), "SetEvent");
    }
    void wait_for_reply() override
    {
        if (!slot_is_mine_)
            winipc::wait_for(slot_free_, INFINITE);
        slot_is_mine_ = true;
    }
    void end() override {}

private:
    winipc::unique_handle section_ = create_section(sizeof(message));
    winipc::unique_handle message_ready_ = create_event();
    winipc::unique_handle slot_free_ = create_event();
    winipc::mapped_view view_{section_.get(), FILE_MAP_WRITE};
    bool slot_is_mine_ = false;
};

class lesson10_receiver final : public receiving_end
{
public:
    lesson10_receiver(endpoint its, const winipc::unique_handle&, std::size_t)
        : its_(std::move(its)), view_(its_.handles[0].get(), FILE_MAP_READ)
    {
    }

    void receive(std::string& line) override
    {
        give_slot_back();
        winipc::wait_for(its_.handles[1], INFINITE);
        const auto& slot = *view_.as<const message>();
        line.assign(reinterpret_cast<const char*>(slot.text), slot.length * sizeof(wchar_t));
    }
    void reply() override {}
    void end() override { give_slot_back(); }

private:
    void give_slot_back() { winipc::check(::SetEvent(its_.handles[2].get()), "SetEvent"); }

    endpoint its_;
    winipc::mapped_view view_;
};

} // namespace

transport lesson10()
{
    return {.name = "lesson 10",
            .capacity = sizeof message::text,
            .has_messages = true,
            .may_lose = false,
            .at_most = most_messages,
            .make_sender = make_sender<lesson10_sender>,
            .make_receiver = make_receiver<lesson10_receiver>};
}

} // namespace bench
