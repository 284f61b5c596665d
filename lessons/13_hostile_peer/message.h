#pragma once

#include <cstdint>
#include <optional>
#include <string>

enum class message_kind : std::uint32_t
{
    line = 1,
    end = 2, // the talk is over: no text, and no message after it
};

// TODO(13.1): A message begins with a header of five fields of 32 bits: magic, 0x43504957; version,
// 1; kind; number; size, the bytes of the text. Then comes the text, char text[4076]. Say below
// what the child relies on.

// What parent and child share: the whole section. It has no name, and neither have the events: the
// child has them because the parent has handed them over, and so nobody else has them.
// Invariant: the slot belongs to one of the two. Whoever owns it may write or read it; who sets an
// event gives it away. Message-ready gives it to the child, slot-free to the parent. At first it is
// the child's: slot-free, set for the first time, says that the child is there.
struct message
{
    message_kind kind;
    std::uint32_t length; // characters
    wchar_t text[1000];   // no zero at the end: the length tells
};

static_assert(sizeof(message) == 2008); // bytes

// TODO(13.4): Copy the header, each field with one read, and check the copy. Then copy the text,
// and decode the copy. From there on the slot is not looked at again.
// TODO(13.5): Whatever is not as it should be is a winipc::peer_error with peer_talks_nonsense.

// The line in the slot, or nothing when the talk is over. `number` is that of the next message.
inline std::optional<std::wstring> read_message(const message& /*slot*/, std::uint32_t /*number*/)
{
    return std::nullopt;
}
