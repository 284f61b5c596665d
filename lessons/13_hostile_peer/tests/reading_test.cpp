// What the tests ask read_message(): the only file of theirs that is compiled with the message.h of
// the side that is judged, and so again with each change of it.
#include "winipc/peer.h"
#include "winipc/text.h"

#include <cstdint>
#include <exception>
#include <message.h> // its names stay outside of the namespace below
#include <string>

namespace hostile_peer {

// What becomes of the message in the slot: the line, the end, or an error.
std::string outcome(const char* slot, std::uint32_t number)
{
    try {
        const auto text = ::read_message(*reinterpret_cast<const ::message*>(slot), number);
        return text ? "the line '" + winipc::to_utf8(*text) + "'" : "the end";
    } catch (const winipc::peer_error& error) {
        return "refused with code " + std::to_string(error.code());
    } catch (const std::exception& error) {
        return std::string("not refused, but an error: ") + error.what();
    }
}

} // namespace hostile_peer
