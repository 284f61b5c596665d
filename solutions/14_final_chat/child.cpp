// How do two processes talk, so that neither depends on what the other one does?
#include "channel.h"
#include "winipc/error.h"
#include "winipc/inheritance.h"
#include "winipc/peer.h"
#include "winipc/text.h"

#include <windows.h>

#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

//! [text]
std::wstring text_of(std::string_view bytes)
try {
    return winipc::to_utf16(bytes);
} catch (const std::system_error&) {
    throw winipc::peer_error(winipc::peer_talks_nonsense, "no valid message: it is not UTF-8");
}
//! [text]

//! [main]
int wmain(int argc, wchar_t** argv)
try {
    if (argc != 5)
        throw std::invalid_argument(
            "usage: child <section> <message ready> <slot free> <parent>, as the parent starts it");
    const channel objects{winipc::inherited_handle(argv[1]), winipc::inherited_handle(argv[2]),
                          winipc::inherited_handle(argv[3])};
    const auto parent = winipc::inherited_handle(argv[4]);
    const HANDLE output = ::GetStdHandle(STD_OUTPUT_HANDLE);

    receiver from_parent(objects, parent);
    while (const auto message = from_parent.receive())
        winipc::write_text(output, text_of(*message) + L'\n');
    return winipc::all_went_well;
} catch (const winipc::peer_error& error) {
    winipc::report(error);
    return error.code();
} catch (const std::exception& error) {
    return winipc::report(error);
}
//! [main]
