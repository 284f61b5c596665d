// What test.cpp and channel_test.cpp share. Only channel_test.cpp includes <channel.h>, which the
// learner edits: so little is compiled again each time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <random>
#include <string>

namespace final_chat {

inline constexpr std::size_t most = 65'536; // bytes of a message
inline constexpr std::uint32_t seed = 20'261'125;

// What the slot begins with, as the tests see it, beside the programs; the bytes follow.
struct raw_header
{
    std::uint32_t magic = 0x4350'4957;
    std::uint32_t version = 1;
    std::uint32_t kind = 1; // 1: bytes, 2: the end
    std::uint32_t number = 1;
    std::uint32_t size = 0;
};
static_assert(sizeof(raw_header) == 20);

inline raw_header header_of(std::uint32_t number, std::size_t size)
{
    raw_header header;
    header.number = number;
    header.size = static_cast<std::uint32_t>(size);
    return header;
}

// A header that is right in most of its fields.
inline raw_header random_header(std::mt19937& random)
{
    const auto mostly = [&](std::uint32_t right) {
        static constexpr std::uint32_t others[] = {
            0, 1, 2, 3, 65'535, 65'536, 65'537, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};
        const auto which = random() % 12;
        return which < 9    ? right
               : which == 9 ? static_cast<std::uint32_t>(random())
                            : others[random() % std::size(others)];
    };
    const auto size = random() % 3 == 0 ? random() % (2 * most) : random() % 64;
    const raw_header right;
    return {mostly(right.magic), mostly(right.version), mostly(1 + random() % 2), mostly(1),
            mostly(static_cast<std::uint32_t>(size))};
}

inline std::string random_bytes(std::mt19937& random, std::size_t size)
{
    std::string bytes(size, '\0');
    for (auto& byte : bytes)
        byte = static_cast<char>(random() % 3 == 0 ? random() : 'a' + random() % 26);
    return bytes;
}

// What the tests ask of a channel at first hand. Each returns what is not as it should be, a line
// each; nothing: all is well.
std::string nothing_is_written_before_the_size_is_checked();
std::string a_sender_returns_only_when_the_message_is_taken();
std::string a_receiver_gives_the_slot_back_and_then_waits();
std::string a_hundred_thousand_random_contents_are_read();
std::string a_thousand_channels_leave_nothing_open();
std::string bytes_arrive_as_they_are();

} // namespace final_chat
