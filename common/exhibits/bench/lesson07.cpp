// Lesson 7's calls, in its order: the event is reset, the slot written, the event set, and Sleep
// stands in for an answer.
#include "events.h"
#include "solutions/07_chat/message.h"
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

constexpr DWORD pause = 50; // milliseconds, as there

class lesson07_sender final : public sending_end
{
public:
    explicit lesson07_sender(std::size_t) {}

    endpoint for_receiver() override
    {
        endpoint its;
        its.handles.push_back(winipc::inheritable(section_.get(), FILE_MAP_READ));
        its.handles.push_back(winipc::inheritable(message_ready_.get(), SYNCHRONIZE));
        return its;
    }
    void connect(const winipc::unique_handle&) override {}
    void send(std::string_view bytes) override
    {
        winipc::check(::ResetEvent(message_ready_.get()), "ResetEvent");
        auto& slot = *view_.as<message>();
        std::memcpy(slot.text, bytes.data(), bytes.size());
        slot.length = static_cast<std::uint32_t>(bytes.size() / sizeof(wchar_t));
        winipc::check(::SetEvent(message_ready_.get()), "SetEvent");
        ::Sleep(pause);
    }
    void wait_for_reply() override {}
    void end() override {}

private:
    winipc::unique_handle section_ = create_section(sizeof(message));
    winipc::unique_handle message_ready_ = create_event();
    winipc::mapped_view view_{section_.get(), FILE_MAP_WRITE};
};

class lesson07_receiver final : public receiving_end
{
public:
    lesson07_receiver(endpoint its, const winipc::unique_handle&, std::size_t)
        : its_(std::move(its)), view_(its_.handles[0].get(), FILE_MAP_READ)
    {
    }

    void receive(std::string& line) override
    {
        winipc::wait_for(its_.handles[1], INFINITE);
        const auto& slot = *view_.as<const message>();
        line.assign(reinterpret_cast<const char*>(slot.text), slot.length * sizeof(wchar_t));
    }
    void reply() override {}
    void end() override {}

private:
    endpoint its_;
    winipc::mapped_view view_;
};

} // namespace

transport lesson07()
{
    return {.name = "lesson 7, as it is",
            .capacity = sizeof message::text,
            .has_messages = true,
            .may_lose = true,
            .at_most = 2,
            .make_sender = make_sender<lesson07_sender>,
            .make_receiver = make_receiver<lesson07_receiver>};
}

} // namespace bench
