// boost::interprocess::message_queue: one for the messages, one for the replies.
#include "transport.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <boost/interprocess/ipc/message_queue.hpp>
#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

// Where Boost keeps the queues' files. Its own choice depends on the time at which the system was
// started, which Wine does not tell. Boost's functions take the system's code page.
namespace boost::interprocess::ipcdetail {

void get_shared_dir(std::string& folder) // declared by Boost
{
    folder = (std::filesystem::temp_directory_path() / "winipc-bench").string();
}

} // namespace boost::interprocess::ipcdetail

namespace bench {
namespace {

using boost::interprocess::message_queue;

constexpr std::size_t depth = 16; // messages that wait

// Process ids come again, and so does a name that consists of them alone.
std::string new_name()
{
    static unsigned number = 0;
    FILETIME now{};
    ::GetSystemTimeAsFileTime(&now);
    return std::to_string(now.dwHighDateTime) + '-' + std::to_string(now.dwLowDateTime) + '-' +
           std::to_string(::GetCurrentProcessId()) + '-' + std::to_string(++number);
}

// The name of a queue, in a folder that is there. The file goes with it.
class queue_name
{
public:
    explicit queue_name(std::string name) : name_(std::move(name))
    {
        std::string folder;
        boost::interprocess::ipcdetail::get_shared_dir(folder);
        std::filesystem::create_directories(folder);
        file_ = std::filesystem::path(folder) / name_;
    }
    queue_name(const queue_name&) = delete;
    queue_name& operator=(const queue_name&) = delete;
    ~queue_name() // Boost's own remove() leaves the file, under Wine
    {
        std::error_code failed; // then there is a file more in the folder for temporary ones
        std::filesystem::remove(file_, failed);
    }

    [[nodiscard]] const std::string& get() const { return name_; }

private:
    std::string name_;
    std::filesystem::path file_;
};

class boost_sender final : public sending_end
{
public:
    explicit boost_sender(std::size_t message_size)
        : messages_(boost::interprocess::create_only, name_.get().c_str(), depth, message_size),
          replies_(boost::interprocess::create_only, replies_name_.get().c_str(), depth, 1)
    {
    }

    endpoint for_receiver() override
    {
        endpoint its;
        its.text = name_.get();
        return its;
    }
    void connect(const winipc::unique_handle&) override {}
    void send(std::string_view message) override
    {
        messages_.send(message.data(), message.size(), 0);
    }
    void wait_for_reply() override
    {
        char reply = 0;
        message_queue::size_type length = 0;
        unsigned priority = 0;
        replies_.receive(&reply, 1, length, priority);
    }
    void end() override {}

private:
    queue_name name_{new_name()};
    queue_name replies_name_{name_.get() + "-replies"};
    message_queue messages_; // closed before the file is removed
    message_queue replies_;
};

class boost_receiver final : public receiving_end
{
public:
    boost_receiver(const endpoint& its, const winipc::unique_handle&, std::size_t message_size)
        : messages_(boost::interprocess::open_only, its.text.c_str()),
          replies_(boost::interprocess::open_only, (its.text + "-replies").c_str()),
          message_size_(message_size)
    {
    }

    void receive(std::string& message) override
    {
        message_queue::size_type length = 0;
        unsigned priority = 0;
        message.resize(message_size_);
        messages_.receive(message.data(), message.size(), length, priority);
        message.resize(length);
    }
    void reply() override { replies_.send("r", 1, 0); }
    void end() override {}

private:
    message_queue messages_;
    message_queue replies_;
    std::size_t message_size_;
};

} // namespace

std::vector<transport> boost_queue()
{
    return {{.name = "Boost message_queue",
             .capacity = longest_message,
             .has_messages = true,
             .may_lose = false,
             .at_most = most_messages,
             .make_sender = make_sender<boost_sender>,
             .make_receiver = make_receiver<boost_receiver>}};
}

} // namespace bench
