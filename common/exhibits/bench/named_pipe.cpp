// A named pipe in message mode, for both directions: a message is written and read by one call.
#include "transport.h"
#include "winipc/error.h"
#include "winipc/inheritance.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace bench {
namespace {

constexpr DWORD buffer_size = 65'536; // bytes

std::wstring new_name()
{
    static unsigned number = 0;
    return L"\\\\.\\pipe\\winipc-bench-" + std::to_wstring(::GetCurrentProcessId()) + L'-' +
           std::to_wstring(++number);
}

void write(HANDLE end, std::string_view message)
{
    DWORD written = 0;
    winipc::check(
        ::WriteFile(end, message.data(), static_cast<DWORD>(message.size()), &written, nullptr),
        "WriteFile");
}

DWORD read(HANDLE end, char* to, std::size_t size)
{
    DWORD length = 0;
    winipc::check(::ReadFile(end, to, static_cast<DWORD>(size), &length, nullptr), "ReadFile");
    return length;
}

class named_pipe_sender final : public sending_end
{
public:
    explicit named_pipe_sender(std::size_t)
    {
        const auto name = new_name();
        constexpr DWORD mode =
            PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS;
        own_.reset(::CreateNamedPipeW(name.c_str(),
                                      PIPE_ACCESS_DUPLEX | FILE_FLAG_FIRST_PIPE_INSTANCE, mode, 1,
                                      buffer_size, buffer_size, 0, nullptr));
        if (!own_)
            winipc::throw_last_error("CreateNamedPipeW");
        other_.reset(::CreateFileW(name.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr,
                                   OPEN_EXISTING, 0, nullptr));
        if (!other_)
            winipc::throw_last_error("CreateFileW");
        DWORD read_mode = PIPE_READMODE_MESSAGE;
        winipc::check(::SetNamedPipeHandleState(other_.get(), &read_mode, nullptr, nullptr),
                      "SetNamedPipeHandleState");
    }

    endpoint for_receiver() override
    {
        endpoint its;
        its.handles.push_back(winipc::inheritable(other_.get(), GENERIC_READ | GENERIC_WRITE));
        return its;
    }
    void connect(const winipc::unique_handle&) override { other_.reset(); }
    void send(std::string_view message) override { write(own_.get(), message); }
    void wait_for_reply() override
    {
        char reply = 0;
        read(own_.get(), &reply, 1);
    }
    void end() override {}

private:
    winipc::unique_file own_;
    winipc::unique_file other_; // the receiver's
};

class named_pipe_receiver final : public receiving_end
{
public:
    named_pipe_receiver(endpoint its, const winipc::unique_handle&, std::size_t message_size)
        : its_(std::move(its)), message_size_(message_size)
    {
    }

    void receive(std::string& message) override
    {
        message.resize(message_size_);
        message.resize(read(its_.handles[0].get(), message.data(), message.size()));
    }
    void reply() override { write(its_.handles[0].get(), "r"); }
    void end() override {}

private:
    endpoint its_;
    std::size_t message_size_;
};

} // namespace

transport named_pipe()
{
    return {.name = "named pipe",
            .capacity = longest_message,
            .has_messages = true,
            .may_lose = false,
            .at_most = most_messages,
            .make_sender = make_sender<named_pipe_sender>,
            .make_receiver = make_receiver<named_pipe_receiver>};
}

} // namespace bench
