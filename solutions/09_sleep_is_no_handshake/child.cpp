// Does a longer pause help? This child takes as long as it likes.
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

unique_handle open_event()
{
    unique_handle event{::OpenEventW(SYNCHRONIZE, FALSE, event_name)};
    if (!event)
        winipc::throw_last_error("OpenEventW");
    return event;
}

void print(const message& slot)
{
    const std::wstring line(slot.text, slot.length);
    winipc::write_text(::GetStdHandle(STD_OUTPUT_HANDLE), line + L'\n');
}

//! [main]
int wmain()
try {
    const auto section = open_section();
    const auto message_ready = open_event();
    const mapped_view view(section.get(), FILE_MAP_READ);

    for (;;) {
        winipc::wait_for(message_ready, INFINITE);
        print(*view.as<const message>());
    }
} catch (const std::exception& error) {
    return winipc::report(error);
}
//! [main]
