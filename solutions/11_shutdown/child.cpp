// How do both processes come to an end, whatever happens to the other one?
#include "message.h"
#include "peer.h"
#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/text.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <cwchar>
#include <exception>
#include <stdexcept>
#include <string>

using winipc::mapped_view;
using winipc::unique_handle;

unique_handle open_section()
{
    unique_handle section{::OpenFileMappingW(FILE_MAP_READ, FALSE, section_name)};
    if (!section)
        winipc::throw_last_error("OpenFileMappingW");
    return section;
}

unique_handle open_event(DWORD access, const wchar_t* name)
{
    unique_handle event{::OpenEventW(access, FALSE, name)};
    if (!event)
        winipc::throw_last_error("OpenEventW");
    return event;
}

//! [parent]
unique_handle open_parent(int argc, wchar_t** argv)
{
    if (argc != 2)
        throw std::invalid_argument("usage: child <process id of the parent>");
    const DWORD id = std::wcstoul(argv[1], nullptr, 10);
    unique_handle parent{::OpenProcess(SYNCHRONIZE, FALSE, id)};
    if (!parent)
        winipc::throw_last_error("OpenProcess");
    return parent;
}
//! [parent]

void print(const message& slot)
{
    const std::wstring line(slot.text, slot.length);
    winipc::write_text(::GetStdHandle(STD_OUTPUT_HANDLE), line + L'\n');
}

//! [main]
int wmain(int argc, wchar_t** argv)
try {
    const auto parent = open_parent(argc, argv);
    const auto section = open_section();
    const auto message_ready = open_event(SYNCHRONIZE, ready_name);
    const auto slot_free = open_event(EVENT_MODIFY_STATE, free_name);
    const mapped_view view(section.get(), FILE_MAP_READ);
    const auto& slot = *view.as<const message>();

    for (;;) {
        winipc::check(::SetEvent(slot_free.get()), "SetEvent");
        wait_for(message_ready, parent);
        if (slot.kind == message_kind::end)
            return all_went_well;
        print(slot);
    }
} catch (const peer_error& error) {
    winipc::report(error);
    return error.code();
} catch (const std::exception& error) {
    return winipc::report(error);
}
//! [main]
