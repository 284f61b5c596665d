#include "measured_run.h"

#include "events.h"
#include "figures.h"
#include "messages.h"
#include "transport.h"
#include "winipc/error.h"
#include "winipc/inheritance.h"
#include "winipc/job.h"
#include "winipc/mapped_view.h"
#include "winipc/peer.h"
#include "winipc/process.h"
#include "winipc/unique_handle.h"
#include "winipc/wait.h"

#include <windows.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace bench {
namespace {

using winipc::unique_handle;
using namespace std::chrono_literals;

constexpr DWORD time_to_start = 30'000; // milliseconds
constexpr DWORD time_for_a_run = 60'000;
constexpr DWORD time_to_notice = 10'000; // that the other process has ended

class stopwatch
{
public:
    stopwatch() : frequency_(query(::QueryPerformanceFrequency)) {}
    [[nodiscard]] double seconds() const
    {
        return static_cast<double>(query(::QueryPerformanceCounter) - start_) /
               static_cast<double>(frequency_);
    }

private:
    static LONGLONG query(BOOL(WINAPI* function)(LARGE_INTEGER*))
    {
        LARGE_INTEGER value{};
        function(&value); // cannot fail (source: its page)
        return value.QuadPart;
    }

    LONGLONG frequency_;
    LONGLONG start_ = query(::QueryPerformanceCounter);
};

// Some ways wait for ever for a process that has died. This ends the program then; the job ends
// the other one.
class watchdog
{
public:
    watchdog(std::string name, const unique_handle& peer)
        : thread_([this, name = std::move(name), &peer] { watch(name, peer); })
    {
    }
    watchdog(const watchdog&) = delete;
    watchdog& operator=(const watchdog&) = delete;
    ~watchdog()
    {
        ::SetEvent(is_over_.get());
        thread_.join();
    }

private:
    void watch(const std::string& name, const unique_handle& peer)
    {
        const HANDLE either[] = {is_over_.get(), peer.get()};
        const DWORD result = ::WaitForMultipleObjects(2, either, FALSE, time_for_a_run);
        if (result == WAIT_OBJECT_0)
            return;
        if (result == WAIT_OBJECT_0 + 1 && // it has done, or its end has been noticed
            ::WaitForSingleObject(is_over_.get(), time_to_notice) == WAIT_OBJECT_0)
            return;
        std::cerr << "bench: " << name
                  << (result == WAIT_TIMEOUT ? ": the run does not come to its end"
                                             : ": the receiver has ended too early")
                  << '\n';
        std::_Exit(1);
    }

    unique_handle is_over_ = create_event();
    std::thread thread_; // the last one: it uses the others
};

// The objects of the run that do not belong to the way.
struct frame
{
    unique_handle section = create_section(sizeof(run_block));
    unique_handle ready = create_event();
    unique_handle done = create_event();
    unique_handle job = winipc::create_job();
    winipc::mapped_view view{section.get(), FILE_MAP_WRITE};
};

void fill(run_block& block, const transport& way, const run_plan& plan, const std::string& text)
{
    const auto& all = transports();
    const auto same = [&](const transport& other) { return other.make_sender == way.make_sender; };
    if (text.size() >= sizeof block.text)
        throw std::length_error("the text of an endpoint is too long");
    block.transport =
        static_cast<std::uint32_t>(std::find_if(all.begin(), all.end(), same) - all.begin());
    block.round_trips = plan.round_trips;
    block.stream = plan.stream;
    block.message_size = plan.message_size;
    text.copy(block.text, text.size());
}

unique_handle start_peer(const frame& run, const endpoint& its)
{
    const auto section = winipc::inheritable(run.section.get(), FILE_MAP_WRITE);
    const auto ready = winipc::inheritable(run.ready.get(), EVENT_MODIFY_STATE);
    const auto done = winipc::inheritable(run.done.get(), EVENT_MODIFY_STATE);
    const auto sender = winipc::inheritable(::GetCurrentProcess(), SYNCHRONIZE);
    std::vector<HANDLE> handles{section.get(), ready.get(), done.get(), sender.get()};
    for (const auto& handle : its.handles)
        handles.push_back(handle.get());
    winipc::kill_on_close(run.job, true);
    return winipc::start_process(winipc::path_beside_this_program(L"bench_peer.exe"), handles,
                                 run.job);
}

// Sends the messages of the plan, one of them damaged if it says so.
class conversation
{
public:
    conversation(sending_end& end, const run_plan& plan)
        : end_(end), plan_(plan), source_(plan.message_size)
    {
    }

    double round_trips() // microseconds, the median
    {
        std::vector<double> times;
        for (std::uint32_t pairs = plan_.round_trips / 2; pairs > 0; --pairs) {
            const stopwatch watch;
            make_round_trip();
            times.push_back(watch.seconds() * 1e6);
            make_round_trip(); // in which the receiver compares both messages
        }
        return times.empty() ? 0 : figure_of(std::move(times)).median;
    }

    void stream()
    {
        for (std::uint32_t left = plan_.stream; left > 0; --left)
            send_next();
    }

private:
    void make_round_trip()
    {
        send_next();
        end_.wait_for_reply();
    }
    void send_next()
    {
        const auto message = source_.message(++number_);
        if (plan_.damaged_byte && number_ == (plan_.round_trips + plan_.stream + 1) / 2) {
            std::string damaged(message);
            damaged.at(*plan_.damaged_byte) ^= 1;
            end_.send(damaged);
        } else {
            end_.send(message);
        }
    }

    sending_end& end_;
    const run_plan& plan_;
    message_source source_;
    std::uint32_t number_ = 0;
};

void expect_good_end(const unique_handle& peer)
{
    winipc::wait_for(peer, INFINITE); // the watchdog looks after it
    DWORD code = 0;
    winipc::check(::GetExitCodeProcess(peer.get(), &code), "GetExitCodeProcess");
    if (code != 0)
        throw std::runtime_error("the receiver has failed");
}

} // namespace

run_result run(const transport& way, const run_plan& plan)
{
    if (plan.stream > 0 && !way.has_messages)
        throw std::invalid_argument("events that nobody has waited for are one event");
    if (plan.round_trips % 2 != 0)
        throw std::invalid_argument("of two round trips one is timed");
    const auto end = way.make_sender(plan.message_size);
    const frame shared;
    auto& block = *shared.view.as<run_block>();
    auto its = end->for_receiver();
    fill(block, way, plan, its.text);
    const auto peer = start_peer(shared, its);
    its.handles.clear();
    const watchdog watching(way.name, peer);
    if (!winipc::wait_for(shared.ready, peer, time_to_start))
        throw std::runtime_error("the receiver is not ready");
    end->connect(peer);

    conversation talk(*end, plan);
    run_result result;
    result.round_trip = talk.round_trips();
    const stopwatch watch;
    talk.stream();
    if (!way.may_lose)
        winipc::wait_for(shared.done, peer);
    result.rate =
        static_cast<double>(plan.stream) * static_cast<double>(plan.message_size) / watch.seconds();
    end->end();

    if (!way.may_lose) // else it may wait for ever
        expect_good_end(peer);
    result.sent = plan.round_trips + plan.stream;
    result.right = block.right;
    result.wrong = block.wrong;
    return result;
}

double copy_rate(std::size_t message_size, std::chrono::milliseconds at_least)
{
    message_source source(message_size);
    const std::string_view messages[] = {source.message(0), source.message(1), source.message(2),
                                         source.message(3)};
    std::vector<char> copy(message_size);
    void* (*volatile copier)(void*, const void*, std::size_t) = std::memcpy; // not to be elided
    const stopwatch watch;
    double copied = 0; // bytes
    double seconds = 0;
    do {
        for (unsigned number = 0; number < 400; ++number)
            copier(copy.data(), messages[number % 4].data(), message_size);
        copied += 400 * static_cast<double>(message_size);
        seconds = watch.seconds();
    } while (seconds < std::chrono::duration<double>(at_least).count());

    if (std::string_view(copy.data(), copy.size()) != messages[399 % 4])
        throw std::runtime_error("memcpy has copied something else");
    return copied / seconds;
}

} // namespace bench
