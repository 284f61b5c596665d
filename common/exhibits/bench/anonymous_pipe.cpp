// Two anonymous pipes: one for the messages, one for the replies. A pipe knows no messages: both
// ends rely on the size that was agreed on.
#include "transport.h"
#include "winipc/error.h"
#include "winipc/inheritance.h"

#include <windows.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace bench {
namespace {

constexpr DWORD buffer_size = 65'536; // bytes: a wish, says the page of CreatePipe

struct pipe
{
    pipe()
    {
        HANDLE read = nullptr;
        HANDLE write = nullptr;
        winipc::check(::CreatePipe(&read, &write, nullptr, buffer_size), "CreatePipe");
        read_end.reset(read);
        write_end.reset(write);
    }
    winipc::unique_handle read_end;
    winipc::unique_handle write_end;
};

void write_all(const winipc::unique_handle& end, std::string_view bytes)
{
    while (!bytes.empty()) {
        DWORD written = 0;
        winipc::check(::WriteFile(end.get(), bytes.data(), static_cast<DWORD>(bytes.size()),
                                  &written, nullptr),
                      "WriteFile");
        bytes.remove_prefix(written);
    }
}

void read_all(const winipc::unique_handle& end, char* to, std::size_t size)
{
    while (size > 0) {
        DWORD read = 0;
        winipc::check(::ReadFile(end.get(), to, static_cast<DWORD>(size), &read, nullptr),
                      "ReadFile");
        to += read;
        size -= read;
    }
}

class pipe_sender final : public sending_end
{
public:
    explicit pipe_sender(std::size_t) {}

    endpoint for_receiver() override
    {
        endpoint its;
        its.handles.push_back(winipc::inheritable(messages_.read_end.get(), GENERIC_READ));
        its.handles.push_back(winipc::inheritable(replies_.write_end.get(), GENERIC_WRITE));
        return its;
    }
    void connect(const winipc::unique_handle&) override
    {
        messages_.read_end.reset(); // else its end would not break the pipe
        replies_.write_end.reset();
    }
    void send(std::string_view message) override { write_all(messages_.write_end, message); }
    void wait_for_reply() override
    {
        char reply = 0;
        read_all(replies_.read_end, &reply, 1);
    }
    void end() override {}

private:
    pipe messages_;
    pipe replies_;
};

class pipe_receiver final : public receiving_end
{
public:
    pipe_receiver(endpoint its, const winipc::unique_handle&, std::size_t message_size)
        : its_(std::move(its)), message_size_(message_size)
    {
    }

    void receive(std::string& message) override
    {
        message.resize(message_size_);
        read_all(its_.handles[0], message.data(), message.size());
    }
    void reply() override { write_all(its_.handles[1], "r"); }
    void end() override {}

private:
    endpoint its_;
    std::size_t message_size_;
};

} // namespace

transport anonymous_pipe()
{
    return {.name = "anonymous pipe",
            .capacity = longest_message,
            .has_messages = true,
            .may_lose = false,
            .at_most = most_messages,
            .make_sender = make_sender<pipe_sender>,
            .make_receiver = make_receiver<pipe_receiver>};
}

} // namespace bench
