#pragma once

#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/peer.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

inline constexpr std::uint32_t magic = 0x4350'4957; // "WIPC", as the bytes lie in memory
inline constexpr std::uint32_t version = 1;

enum class message_kind : std::uint32_t
{
    data = 1,
    end = 2, // no bytes, and no message after it
};

// What every message begins with.
struct message_header
{
    std::uint32_t magic;
    std::uint32_t version;
    message_kind kind;
    std::uint32_t number; // 1 for the first message, then one more each time
    std::uint32_t size;   // bytes that follow
};

// What sender and receiver share: the whole section.
//
// Invariant: the slot belongs to one of the two, and only the owner uses it. Who sets an event
// gives it away: message-ready gives it to the receiver, slot-free to the sender. At first it is
// the receiver's: slot-free, set for the first time, says that it is ready.
// Written by: the sender. Read by: the receiver, which relies on nothing that stands here.
// Ordering: what was written before SetEvent is seen by whoever's wait it satisfies (source:
// "Synchronization and Multiprocessor Issues"). So nothing here has to be atomic.
struct message_slot
{
    message_header header;
    char bytes[65'536];
};

static_assert(sizeof(message_header) == 20);
static_assert(sizeof(message_slot) == 65'556); // bytes

// The objects of one channel; each end has its own handles to them.
struct channel
{
    winipc::unique_handle section;
    winipc::unique_handle message_ready; // auto-reset
    winipc::unique_handle slot_free;     // auto-reset
};

inline winipc::unique_handle create_section()
{
    winipc::unique_handle section{::CreateFileMappingW(
        INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, sizeof(message_slot), nullptr)};
    if (!section)
        winipc::throw_last_error("CreateFileMappingW");
    return section;
}

inline winipc::unique_handle create_event()
{
    constexpr BOOL manual_reset = FALSE;
    constexpr BOOL signalled = FALSE;
    winipc::unique_handle event{::CreateEventW(nullptr, manual_reset, signalled, nullptr)};
    if (!event)
        winipc::throw_last_error("CreateEventW");
    return event;
}

// Objects without names: whoever is to have them is given handles. Throws std::system_error.
inline channel create_channel()
{
    return {create_section(), create_event(), create_event()};
}

// Sends messages to one receiver. Thread-safety: as an int.
// Invariant: between two calls the slot is the sender's.
class sender
{
public:
    // Waits until the receiver is ready. The objects must live as long as the sender.
    // Throws winipc::peer_error, std::system_error.
    sender(const channel& objects, const winipc::unique_handle& receiver, DWORD /*milliseconds*/)
        : objects_(objects), receiver_(receiver),
          view_(objects.section.get(), FILE_MAP_WRITE, sizeof(message_slot))
    {
        // TODO(14.1): Wait for slot-free, so long and no longer: then the slot is the sender's. If
        // it does not come, that is a winipc::peer_error with peer_is_silent.
    }

    // Returns when the receiver has done with the message. Throws std::length_error,
    // winipc::peer_error, std::system_error.
    void send(std::string_view /*bytes*/)
    {
        // TODO(14.2): Check the size first. Then bytes, header, message-ready, in this order; and
        // wait until the slot is the sender's again.
    }

    // The last message. Does not wait for its receipt. Throws std::system_error.
    void end()
    {
        // TODO(14.2): A message of the kind `end`, without bytes.
    }

private:
    [[maybe_unused]] const channel& objects_;
    [[maybe_unused]] const winipc::unique_handle& receiver_;
    winipc::mapped_view view_;
    [[maybe_unused]] std::uint32_t number_ = 0;
};

// A copy of the header. Each field is read once: volatile forbids the compiler to look again.
inline message_header copy_header(const message_slot& slot)
{
    const volatile message_header& shared = slot.header;
    return {shared.magic, shared.version, shared.kind, shared.number, shared.size};
}

inline void validate(const message_header& header, std::uint32_t number)
{
    const auto refuse = [](const std::string& what) {
        throw winipc::peer_error(winipc::peer_talks_nonsense, "no valid message: " + what);
    };
    if (header.magic != magic)
        refuse("it does not begin as one");
    if (header.version != version)
        refuse("its version is " + std::to_string(header.version));
    if (header.kind != message_kind::data && header.kind != message_kind::end)
        refuse("it is of an unknown kind");
    if (header.number != number)
        refuse("it has the number " + std::to_string(header.number) + " in place of " +
               std::to_string(number));
    if (header.size > sizeof message_slot::bytes)
        refuse("it has " + std::to_string(header.size) + " bytes");
}

// The bytes in the slot, or nothing for the end.
// First a copy, then the checks, and from there on only the copy: the slot may change at any time.
// Throws winipc::peer_error.
inline std::optional<std::string> read_message(const message_slot& slot, std::uint32_t number)
{
    const auto header = copy_header(slot);
    validate(header, number);
    if (header.kind == message_kind::end)
        return std::nullopt;
    return std::string(slot.bytes, header.size);
}

// Receives the messages of one sender. Thread-safety: as an int.
// Invariant: between two calls the slot is the receiver's.
class receiver
{
public:
    // The objects must live as long as the receiver. Throws std::system_error.
    receiver(const channel& objects, const winipc::unique_handle& sender)
        : objects_(objects), sender_(sender),
          view_(objects.section.get(), FILE_MAP_READ, sizeof(message_slot))
    {
    }

    // Gives the slot back and waits for the next message; nothing when it is the end.
    // Throws winipc::peer_error, std::system_error.
    std::optional<std::string> receive()
    {
        // TODO(14.3): Give the slot back, wait for a message, and return what read_message makes of
        // it. The first one has the number 1.
        return std::nullopt;
    }

private:
    [[maybe_unused]] const channel& objects_;
    [[maybe_unused]] const winipc::unique_handle& sender_;
    winipc::mapped_view view_;
    [[maybe_unused]] std::uint32_t number_ = 0;
};
