#pragma once

#include "transport.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace bench {

struct run_plan
{
    std::size_t message_size;  // bytes
    std::uint32_t round_trips; // messages of which each waits for its reply: an even number
    std::uint32_t stream;      // messages after these, sent one after another
    std::optional<std::size_t> damaged_byte = std::nullopt; // of one message: must be found out
};

struct run_result
{
    double round_trip = 0; // microseconds: the median of this run's odd ones, see peer.cpp
    double rate = 0;       // bytes a second
    std::uint32_t sent = 0;
    std::uint32_t right = 0;
    std::uint32_t wrong = 0;
};

// Sends messages to a process that is started for it and ends with it. A run that does not come to
// its end ends this program, with a message.
// Throws std::invalid_argument, std::system_error, std::runtime_error.
run_result run(const transport& way, const run_plan& plan);

// memcpy, of the bytes of the same messages, in this process. Bytes a second.
double copy_rate(std::size_t message_size, std::chrono::milliseconds at_least);

// What both processes of a run share.
struct run_block
{
    // Written by the program, before it starts the peer.
    std::uint32_t transport; // its index
    std::uint32_t round_trips;
    std::uint32_t stream;
    std::uint64_t message_size;
    char text[101]; // the endpoint's, with a zero at the end
    // Written by the peer; read when it has done, or while it waits.
    std::atomic<std::uint32_t> right;
    std::atomic<std::uint32_t> wrong;
};

} // namespace bench
