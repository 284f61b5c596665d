#pragma once

#include <cstdint>

inline constexpr const wchar_t* section_name = L"Local\\winipc-message";
inline constexpr const wchar_t* ready_name = L"Local\\winipc-message-ready";
inline constexpr const wchar_t* free_name = L"Local\\winipc-slot-free";

// TODO(11.1): A message is a line or the end of the talk; say which, in a member of its own. Any
// text may be a line.

// What parent and child share: the whole section.
// Invariant: the slot belongs to one of the two. Whoever owns it may write or read it; who sets an
// event gives it away. Message-ready gives it to the child, slot-free to the parent. At first it is
// the child's: slot-free, set for the first time, says that the child is there.
struct message
{
    std::uint32_t length; // characters
    wchar_t text[1000];   // no zero at the end: the length tells
};

static_assert(sizeof(message) == 2004); // bytes
