// Why is a line lost now and then? It was this program that lost it.
#include "message.h"
#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/process.h"
#include "winipc/text.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string_view>

using winipc::mapped_view;
using winipc::unique_handle;

constexpr DWORD pause = 50; // milliseconds for the child to read

unique_handle create_section()
{
    unique_handle section{::CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0,
                                               sizeof(message), section_name)};
    const DWORD code = ::GetLastError();
    if (!section || code == ERROR_ALREADY_EXISTS)
        winipc::throw_last_error("CreateFileMappingW", code);
    return section;
}

unique_handle create_event()
{
    constexpr BOOL manual_reset = FALSE;
    constexpr BOOL signalled = FALSE;
    unique_handle event{::CreateEventW(nullptr, manual_reset, signalled, event_name)};
    const DWORD code = ::GetLastError();
    if (!event || code == ERROR_ALREADY_EXISTS)
        winipc::throw_last_error("CreateEventW", code);
    return event;
}

void write(message& slot, std::wstring_view line)
{
    if (line.size() > std::size(slot.text))
        throw std::length_error("the line is too long");
    line.copy(slot.text, line.size());
    slot.length = static_cast<std::uint32_t>(line.size());
}

void talk(message& slot, const unique_handle& message_ready)
{
    winipc::line_reader lines(::GetStdHandle(STD_INPUT_HANDLE));
    const HANDLE output = ::GetStdHandle(STD_OUTPUT_HANDLE);
    for (;;) {
        // TODO(8.2): An auto-reset event resets itself. Take this line out.
        winipc::check(::ResetEvent(message_ready.get()), "ResetEvent");
        winipc::write_text(output, L"> ");
        const auto line = lines.next();
        if (!line || *line == L"Exit")
            return;
        write(slot, *line);
        winipc::check(::SetEvent(message_ready.get()), "SetEvent");
        ::Sleep(pause); // BUG(9)
    }
}

int wmain()
try {
    const auto section = create_section();
    const auto message_ready = create_event();
    const mapped_view view(section.get(), FILE_MAP_WRITE);
    const auto child = winipc::start_process(winipc::path_beside_this_program(L"child.exe"));

    talk(*view.as<message>(), message_ready);
    return 0;
} catch (const std::exception& error) {
    return winipc::report(error);
}
