#pragma once

#include "winipc/peer.h"
#include "winipc/text.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

enum class message_kind : std::uint32_t
{
    line = 1,
    end = 2, // the talk is over: no text, and no message after it
};

//! [message]
inline constexpr std::uint32_t magic = 0x4350'4957; // "WIPC", as the bytes lie in memory
inline constexpr std::uint32_t version = 1;

// What every message begins with.
struct message_header
{
    std::uint32_t magic;
    std::uint32_t version;
    message_kind kind;
    std::uint32_t number; // 1 for the first message, then one more each time
    std::uint32_t size;   // bytes of the text
};

// What parent and child share: the whole section. It has no name, and neither have the events: the
// child has them because the parent has handed them over.
// Invariant: the slot belongs to one of the two. Whoever owns it may write or read it; who sets an
// event gives it away. Message-ready gives it to the child, slot-free to the parent. At first it is
// the child's: slot-free, set for the first time, says that the child is there.
// Written by: the parent. Read by: the child, which does not rely on any of this. Whatever stands
// here, and even if it changes meanwhile, it prints lines of well-formed text or reports an error.
struct message
{
    message_header header;
    char text[4076]; // UTF-8, no zero at the end: the size tells
};
//! [message]

static_assert(sizeof(message_header) == 20);
static_assert(sizeof(message) == 4096); // bytes

// The slot holds something else than the next message.
class protocol_error : public winipc::peer_error
{
public:
    explicit protocol_error(const std::string& what) : peer_error(winipc::peer_talks_nonsense, what)
    {
    }
};

//! [send]
inline void write_header(message& slot, message_kind kind, std::uint32_t number, std::size_t size)
{
    slot.header = {magic, version, kind, number, static_cast<std::uint32_t>(size)};
}

inline void write_line(message& slot, std::uint32_t number, std::string_view line)
{
    if (line.size() > sizeof slot.text)
        throw std::length_error("the line is too long: " + std::to_string(line.size()) +
                                " bytes; at most " + std::to_string(sizeof slot.text) + " fit");
    line.copy(slot.text, line.size());
    write_header(slot, message_kind::line, number, line.size());
}
//! [send]

//! [copy]
// A copy of the header. Each field is read once: volatile forbids the compiler to look again.
inline message_header copy_header(const message& slot)
{
    const volatile message_header& shared = slot.header;
    return {shared.magic, shared.version, shared.kind, shared.number, shared.size};
}
//! [copy]

//! [validate]
inline void validate(const message_header& header, std::uint32_t number)
{
    if (header.magic != magic)
        throw protocol_error("no message: it does not begin as one");
    if (header.version != version)
        throw protocol_error("a message of version " + std::to_string(header.version));
    if (header.kind != message_kind::line && header.kind != message_kind::end)
        throw protocol_error("a message of an unknown kind");
    if (header.number != number)
        throw protocol_error("message " + std::to_string(header.number) + " in place of " +
                             std::to_string(number));
    if (header.size > sizeof message::text)
        throw protocol_error("a text of " + std::to_string(header.size) + " bytes");
}
//! [validate]

//! [read]
// The line in the slot, or nothing when the talk is over.
// First a copy, then the checks, and from there on only the copy: the slot may change at any time.
// Throws protocol_error.
inline std::optional<std::wstring> read_message(const message& slot, std::uint32_t number)
{
    const auto header = copy_header(slot);
    validate(header, number);
    if (header.kind == message_kind::end)
        return std::nullopt;
    const std::string text(slot.text, header.size);
    try {
        return winipc::to_utf16(text);
    } catch (const std::system_error&) {
        throw protocol_error("a text that is not UTF-8");
    }
}
//! [read]
