// How does a process read memory that somebody else may write at any time?
#include "message.h"
#include "winipc/error.h"
#include "winipc/inheritance.h"
#include "winipc/mapped_view.h"
#include "winipc/peer.h"
#include "winipc/text.h"

#include <windows.h>

#include <exception>
#include <stdexcept>
#include <string>

using winipc::mapped_view;

constexpr const char* usage = "usage: child <section> <message ready> <slot free> <parent>";

void print(const message& slot)
{
    const std::wstring line(slot.text, slot.length);
    winipc::write_text(::GetStdHandle(STD_OUTPUT_HANDLE), line + L'\n');
}

int wmain(int argc, wchar_t** argv)
try {
    if (argc != 5)
        throw std::invalid_argument(usage);
    const auto section = winipc::inherited_handle(argv[1]);
    const auto message_ready = winipc::inherited_handle(argv[2]);
    const auto slot_free = winipc::inherited_handle(argv[3]);
    const auto parent = winipc::inherited_handle(argv[4]);
    // TODO(13.6): Map as much as the child is going to read, and not whatever there is.
    const mapped_view view(section.get(), FILE_MAP_READ);
    const auto& slot = *view.as<const message>();

    // TODO(13.7): The child counts the messages, too. It prints what read_message returns, and does
    // not touch the slot itself any more.
    for (;;) {
        winipc::check(::SetEvent(slot_free.get()), "SetEvent");
        winipc::wait_for(message_ready, parent);
        if (slot.kind == message_kind::end)
            return winipc::all_went_well;
        print(slot);
    }
} catch (const winipc::peer_error& error) {
    winipc::report(error);
    return error.code();
} catch (const std::exception& error) {
    return winipc::report(error);
}
