#include "raw_message.h"

#include "winipc/text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ios>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace hostile_peer {

raw_message line_message(std::uint32_t number, std::string_view text)
{
    raw_message message;
    message.number = number;
    message.size = static_cast<std::uint32_t>(text.size());
    text.copy(message.text, most);
    return message;
}

std::string hex(std::uint32_t value)
{
    std::ostringstream text;
    text << "0x" << std::hex << std::uppercase << value;
    return text.str();
}

std::string describe(const raw_message& message)
{
    return "magic " + hex(message.magic) + ", version " + std::to_string(message.version) +
           ", kind " + std::to_string(message.kind) + ", number " + std::to_string(message.number) +
           ", size " + std::to_string(message.size);
}

std::uint32_t seed()
{
    const char* const wanted = std::getenv("WINIPC_SEED");
    const auto flag = GTEST_FLAG_GET(random_seed);
    return wanted      ? static_cast<std::uint32_t>(std::strtoul(wanted, nullptr, 10))
           : flag != 0 ? static_cast<std::uint32_t>(flag)
                       : 13;
}

raw_message random_contents::next(std::uint32_t number)
{
    raw_message message;
    if (below(4) == 0) {
        fill(reinterpret_cast<char*>(&message), sizeof message);
        return message;
    }
    message.number = number;
    message.kind = below(8) == 0 ? end : line;
    message.size = message.kind == end ? 0 : below(below(4) == 0 ? most + 1 : 40);
    write_text(message);
    change(message);
    return message;
}

std::uint32_t random_contents::below(std::uint32_t limit)
{
    return static_cast<std::uint32_t>(numbers_() % limit);
}

void random_contents::fill(char* bytes, std::size_t size)
{
    for (std::size_t i = 0; i < size; i += sizeof(std::uint64_t)) {
        const std::uint64_t number = numbers_();
        std::memcpy(bytes + i, &number, std::min(sizeof number, size - i));
    }
}

void random_contents::write_text(raw_message& message)
{
    static constexpr std::string_view characters[] = {"a", " ", "\u00FC", "\u4F60", "\U0001F600"};
    for (std::uint32_t at = 0; at < message.size;) {
        auto character = characters[below(5)];
        if (character.size() > message.size - at)
            character = "x";
        character.copy(message.text + at, character.size());
        at += static_cast<std::uint32_t>(character.size());
    }
}

void random_contents::change(raw_message& message)
{
    static constexpr std::uint32_t telling[] = {0,        1,        2,           3,          most,
                                                most + 1, all_bits, 0x7FFF'FFFF, 0x8000'0000};
    auto* const bytes = reinterpret_cast<char*>(&message);
    const auto field = bytes + std::size_t{4} * below(5);
    const auto number = below(2) ? telling[below(9)] : static_cast<std::uint32_t>(numbers_());
    switch (below(4)) {
    case 0:
        break;
    case 1:
        std::memcpy(field, &number, sizeof number);
        break;
    case 2:
        bytes[below(header_size)] = static_cast<char>(numbers_());
        break;
    default:
        message.text[below(message.size ? message.size : 1)] = static_cast<char>(numbers_());
    }
}

std::vector<std::string> right_outcomes(const raw_message& message, std::uint32_t number)
{
    const raw_message right;
    if (message.magic != right.magic || message.version != right.version ||
        message.number != number || (message.kind != line && message.kind != end))
        return {refused};
    if (message.kind == end)
        return message.size == 0 ? std::vector<std::string>{"the end"}
                                 : std::vector<std::string>{"the end", refused};
    if (message.size > most)
        return {refused};
    const std::string text(message.text, message.size);
    try {
        winipc::to_utf16(text);
    } catch (const std::system_error&) {
        return {refused};
    }
    return {"the line '" + text + "'"};
}

bool is_right(const std::string& outcome, const raw_message& message, std::uint32_t number)
{
    const auto right = right_outcomes(message, number);
    return std::ranges::find(right, outcome) != right.end();
}

} // namespace hostile_peer
