// How do both processes come to an end, whatever happens to the other one?
#include "message.h"
#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/text.h"
#include "winipc/unique_handle.h"
#include "winipc/wait.h"

#include <windows.h>

#include <exception>
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

// TODO(11.3): Open the parent, whose process id is the one argument, with the right to wait for it.

void print(const message& slot)
{
    const std::wstring line(slot.text, slot.length);
    winipc::write_text(::GetStdHandle(STD_OUTPUT_HANDLE), line + L'\n');
}

int wmain()
try {
    const auto section = open_section();
    const auto message_ready = open_event(SYNCHRONIZE, ready_name);
    const auto slot_free = open_event(EVENT_MODIFY_STATE, free_name);
    const mapped_view view(section.get(), FILE_MAP_READ);

    // TODO(11.3): Wait for the message and for the parent's death. The end of the talk is no line:
    // the child ends with all_went_well. A peer_error is reported, and its code is the exit code.
    for (;;) {
        winipc::check(::SetEvent(slot_free.get()), "SetEvent");
        winipc::wait_for(message_ready, INFINITE);
        print(*view.as<const message>());
    }
} catch (const std::exception& error) {
    return winipc::report(error);
}
