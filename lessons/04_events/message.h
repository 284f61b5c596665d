#pragma once

// TODO(4.1): Name the event L"Local\\winipc-message-ready". It tells what `ready` has told: take
// that out, and give its place to the text, which then has 2048 characters.

#include <atomic>
#include <cstdint>

inline constexpr const wchar_t* section_name = L"Local\\winipc-message";

// What writer and reader share: the whole section. Its pages begin as zeros, so it is not ready.
// Invariant: once ready is 1, text is complete, ends in zero, and changes no more.
// Written by: the writer; text first, then ready.
// Read by: the reader; ready first, then text.
struct message
{
    std::atomic<std::uint32_t> ready;
    wchar_t text[2046];
};

static_assert(sizeof(message) == 4096);                         // bytes
static_assert(std::atomic<std::uint32_t>::is_always_lock_free); // a lock would be private
