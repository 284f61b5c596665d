// How do two processes share objects that nobody else can reach?
#include "message.h"
#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/peer.h"
#include "winipc/text.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <cwchar>
#include <cwctype>
#include <exception>
#include <stdexcept>
#include <string>

using winipc::mapped_view;
using winipc::unique_handle;

constexpr const char* usage = "usage: child <section> <message ready> <slot free> <parent>";

//! [handle]
// A handle that has been inherited, from its number. Nobody can inherit it from this program.
unique_handle handle_from(const wchar_t* argument)
{
    wchar_t* end = nullptr;
    const auto handle = reinterpret_cast<HANDLE>(std::wcstoull(argument, &end, 10));
    if (!std::iswdigit(argument[0]) || *end != L'\0')
        throw std::invalid_argument(usage);
    winipc::check(::SetHandleInformation(handle, HANDLE_FLAG_INHERIT, 0), "SetHandleInformation");
    return unique_handle{handle};
}
//! [handle]

void print(const message& slot)
{
    const std::wstring line(slot.text, slot.length);
    winipc::write_text(::GetStdHandle(STD_OUTPUT_HANDLE), line + L'\n');
}

//! [main]
int wmain(int argc, wchar_t** argv)
try {
    if (argc != 5)
        throw std::invalid_argument(usage);
    const auto section = handle_from(argv[1]);
    const auto message_ready = handle_from(argv[2]);
    const auto slot_free = handle_from(argv[3]);
    const auto parent = handle_from(argv[4]);
    const mapped_view view(section.get(), FILE_MAP_READ);
    const auto& slot = *view.as<const message>();

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
//! [main]
