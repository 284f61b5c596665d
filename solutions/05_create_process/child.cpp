// How does one program start the other? This is the other.
#include "message.h"
#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <exception>
#include <iostream>
#include <stdexcept>

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

void wait_for(const unique_handle& event, DWORD milliseconds)
{
    switch (::WaitForSingleObject(event.get(), milliseconds)) {
    case WAIT_OBJECT_0:
        return;
    case WAIT_TIMEOUT:
        throw std::runtime_error("no message has come in time");
    case WAIT_ABANDONED: // of a mutex whose owner has ended; an event has no owner
        throw std::runtime_error("this is not an event");
    default: // WAIT_FAILED
        winipc::throw_last_error("WaitForSingleObject");
    }
}

int wmain()
try {
    const auto section = open_section();
    const auto message_ready = open_event();
    const mapped_view view(section.get(), FILE_MAP_READ);

    wait_for(message_ready, 60'000);
    std::wcout << view.as<const message>()->text << L'\n';
    return 0;
} catch (const std::exception& error) {
    return winipc::report(error);
}
