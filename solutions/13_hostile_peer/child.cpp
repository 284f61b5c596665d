// How does a process read memory that somebody else may write at any time?
#include "message.h"
#include "winipc/error.h"
#include "winipc/inheritance.h"
#include "winipc/mapped_view.h"
#include "winipc/peer.h"
#include "winipc/text.h"

#include <windows.h>

#include <cstdint>
#include <exception>
#include <stdexcept>

//! [main]
int wmain(int argc, wchar_t** argv)
try {
    if (argc != 5)
        throw std::invalid_argument("usage: child <section> <message ready> <slot free> <parent>");
    const auto section = winipc::inherited_handle(argv[1]);
    const auto message_ready = winipc::inherited_handle(argv[2]);
    const auto slot_free = winipc::inherited_handle(argv[3]);
    const auto parent = winipc::inherited_handle(argv[4]);
    const winipc::mapped_view view(section.get(), FILE_MAP_READ, sizeof(message));
    const auto& slot = *view.as<const message>();
    const HANDLE output = ::GetStdHandle(STD_OUTPUT_HANDLE);

    for (std::uint32_t number = 1;; ++number) {
        winipc::check(::SetEvent(slot_free.get()), "SetEvent");
        winipc::wait_for(message_ready, parent);
        const auto line = read_message(slot, number);
        if (!line)
            return winipc::all_went_well;
        winipc::write_text(output, *line + L'\n');
    }
} catch (const winipc::peer_error& error) {
    winipc::report(error);
    return error.code();
} catch (const std::exception& error) {
    return winipc::report(error);
}
//! [main]
