#pragma once

#include <cstdint>

inline constexpr const wchar_t* section_name = L"Local\\winipc-message";
inline constexpr const wchar_t* event_name = L"Local\\winipc-message-ready";

// What parent and child share: the whole section.
// Invariant: once the event is set, the first `length` characters of text are the line.
// Written by: the parent, before it sets the event.
// Read by: the child, after it has waited for the event.
struct message
{
    std::uint32_t length; // characters
    wchar_t text[1000];   // no zero at the end: the length tells
};

static_assert(sizeof(message) == 2004); // bytes
