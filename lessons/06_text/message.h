#pragma once

inline constexpr const wchar_t* section_name = L"Local\\winipc-message";
inline constexpr const wchar_t* event_name = L"Local\\winipc-message-ready";

// TODO(6.1): First a std::uint32_t, `length`, in characters; then text, 1000 characters, without a
// zero at the end. The invariant changes too.

// What parent and child share: the whole section.
// Invariant: once the event is set, text is complete, ends in zero, and changes no more.
// Written by: the parent, before it sets the event.
// Read by: the child, after it has waited for the event. The two calls order the memory.
struct message
{
    wchar_t text[2048];
};

static_assert(sizeof(message) == 4096); // bytes
