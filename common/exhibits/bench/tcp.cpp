// A TCP connection on this machine. It knows no messages: both ends rely on the size agreed on.
#include "transport.h"
#include "winipc/error.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <winsock2.h>
#include <ws2tcpip.h>

namespace bench {
namespace {

[[noreturn]] void throw_socket_error(const char* what)
{
    winipc::throw_last_error(what, static_cast<DWORD>(::WSAGetLastError()));
}

class winsock
{
public:
    winsock()
    {
        WSADATA data{};
        if (const int code = ::WSAStartup(MAKEWORD(2, 2), &data))
            winipc::throw_last_error("WSAStartup", static_cast<DWORD>(code));
    }
    winsock(const winsock&) = delete;
    winsock& operator=(const winsock&) = delete;
    ~winsock() { ::WSACleanup(); }
};

class tcp_socket
{
public:
    explicit tcp_socket(SOCKET socket) : socket_(socket)
    {
        if (socket_ == INVALID_SOCKET)
            throw_socket_error("socket");
    }
    tcp_socket(const tcp_socket&) = delete;
    tcp_socket& operator=(const tcp_socket&) = delete;
    ~tcp_socket() { ::closesocket(socket_); }

    [[nodiscard]] SOCKET get() const { return socket_; }

    // Small messages leave at once (source: "IPPROTO_TCP socket options").
    void do_not_delay()
    {
        const BOOL on = TRUE;
        if (::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, reinterpret_cast<const char*>(&on),
                         sizeof on) != 0)
            throw_socket_error("setsockopt");
    }

    void write_all(std::string_view bytes)
    {
        while (!bytes.empty()) {
            const int sent = ::send(socket_, bytes.data(), static_cast<int>(bytes.size()), 0);
            if (sent == SOCKET_ERROR)
                throw_socket_error("send");
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    void read_all(char* to, std::size_t size)
    {
        while (size > 0) {
            const int received = ::recv(socket_, to, static_cast<int>(size), 0);
            if (received == SOCKET_ERROR)
                throw_socket_error("recv");
            if (received == 0)
                winipc::throw_last_error("recv", WSAECONNRESET);
            to += received;
            size -= static_cast<std::size_t>(received);
        }
    }

private:
    SOCKET socket_;
};

sockaddr_in this_machine(unsigned port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    address.sin_port = ::htons(static_cast<u_short>(port));
    return address;
}

class tcp_sender final : public sending_end
{
public:
    explicit tcp_sender(std::size_t)
    {
        const auto any_port = this_machine(0);
        if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&any_port),
                   sizeof any_port) != 0)
            throw_socket_error("bind");
        if (::listen(listener_.get(), 1) != 0)
            throw_socket_error("listen");
    }

    endpoint for_receiver() override
    {
        sockaddr_in address{};
        int length = sizeof address;
        if (::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &length) != 0)
            throw_socket_error("getsockname");
        endpoint its;
        its.text = std::to_string(::ntohs(address.sin_port));
        return its;
    }
    void connect(const winipc::unique_handle&) override
    {
        connection_ = std::make_unique<tcp_socket>(::accept(listener_.get(), nullptr, nullptr));
        connection_->do_not_delay();
    }
    void send(std::string_view message) override { connection_->write_all(message); }
    void wait_for_reply() override
    {
        char reply = 0;
        connection_->read_all(&reply, 1);
    }
    void end() override {}

private:
    winsock winsock_;
    tcp_socket listener_{::socket(AF_INET, SOCK_STREAM, IPPROTO_TCP)};
    std::unique_ptr<tcp_socket> connection_;
};

class tcp_receiver final : public receiving_end
{
public:
    tcp_receiver(const endpoint& its, const winipc::unique_handle&, std::size_t message_size)
        : message_size_(message_size)
    {
        const auto address = this_machine(static_cast<unsigned>(std::stoul(its.text)));
        if (::connect(connection_.get(), reinterpret_cast<const sockaddr*>(&address),
                      sizeof address) != 0)
            throw_socket_error("connect");
        connection_.do_not_delay();
    }

    void receive(std::string& message) override
    {
        message.resize(message_size_);
        connection_.read_all(message.data(), message.size());
    }
    void reply() override { connection_.write_all("r"); }
    void end() override {}

private:
    winsock winsock_;
    tcp_socket connection_{::socket(AF_INET, SOCK_STREAM, IPPROTO_TCP)};
    std::size_t message_size_;
};

} // namespace

transport tcp()
{
    return {.name = "TCP, loopback",
            .capacity = longest_message,
            .has_messages = true,
            .may_lose = false,
            .at_most = most_messages,
            .make_sender = make_sender<tcp_sender>,
            .make_receiver = make_receiver<tcp_receiver>};
}

} // namespace bench
