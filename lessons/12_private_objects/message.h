#pragma once

#include <cstdint>

// TODO(12.3): nobody needs a name any more. Say in the comment below who has the objects.
inline constexpr const wchar_t* section_name = L"Local\\winipc-message";
inline constexpr const wchar_t* ready_name = L"Local\\winipc-message-ready";
inline constexpr const wchar_t* free_name = L"Local\\winipc-slot-free";

enum class message_kind : std::uint32_t
{
    line = 1,
    end = 2, // the talk is over: no text, and no message after it
};

// What parent and child share: the whole section.
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
