// A message as the tests of this lesson see it, beside the programs: what may stand in the slot,
// and what a reader should make of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace hostile_peer {

inline constexpr std::uint32_t all_bits = 0xFFFF'FFFF;
inline constexpr std::uint32_t line = 1; // kinds
inline constexpr std::uint32_t end = 2;

struct raw_message
{
    std::uint32_t magic = 0x4350'4957;
    std::uint32_t version = 1;
    std::uint32_t kind = line;
    std::uint32_t number = 1;
    std::uint32_t size = 0;
    char text[4076] = {};
};
static_assert(sizeof(raw_message) == 4096);

inline constexpr std::uint32_t header_size = 20;
inline constexpr std::uint32_t most = sizeof raw_message::text;

raw_message line_message(std::uint32_t number, std::string_view text);
std::string hex(std::uint32_t value);
std::string describe(const raw_message& message);

// What becomes of the message in the slot: the line, the end, or this. In reading_test.cpp.
inline constexpr const char* refused = "refused with code 4";
std::string outcome(const char* slot, std::uint32_t number);

// What a reader makes of the message, told by the test's own rules. An end with a size of which
// nothing is read may be taken or refused.
std::vector<std::string> right_outcomes(const raw_message& message, std::uint32_t number);
bool is_right(const std::string& outcome, const raw_message& message, std::uint32_t number);

// Of contents by chance: the environment's WINIPC_SEED, GoogleTest's, or always the same.
std::uint32_t seed();

class random_contents
{
public:
    explicit random_contents(std::uint32_t seed) : numbers_(seed) {}

    // A message that is right but for one thing, if at all; or anything.
    raw_message next(std::uint32_t number);

private:
    std::uint32_t below(std::uint32_t limit);
    void fill(char* bytes, std::size_t size);
    void write_text(raw_message& message); // well-formed, of one to four bytes a character
    void change(raw_message& message);

    std::mt19937_64 numbers_;
};

} // namespace hostile_peer
