// How do two processes that both live on exchange many lines? This one sends them.
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

// TODO(7.1): void talk(message& slot, const unique_handle& message_ready): line after line, until
// the input ends or the line is `Exit`. In each round: ResetEvent, the prompt "> " without a line's
// end, the line, into the slot with it, SetEvent, and Sleep for 50 milliseconds: time for the child
// to read.

// TODO(7.2): In wmain, start the child once, then talk, and end with 0. Nobody waits for the
// child's end any more.
int wait_for_exit_code(const unique_handle& process)
{
    if (::WaitForSingleObject(process.get(), INFINITE) != WAIT_OBJECT_0)
        winipc::throw_last_error("WaitForSingleObject");
    DWORD exit_code = 0;
    winipc::check(::GetExitCodeProcess(process.get(), &exit_code), "GetExitCodeProcess");
    return static_cast<int>(exit_code);
}

int wmain()
try {
    const auto section = create_section();
    const auto message_ready = create_event();
    const mapped_view view(section.get(), FILE_MAP_WRITE);
    const auto child = winipc::path_beside_this_program(L"child.exe");

    winipc::line_reader lines(::GetStdHandle(STD_INPUT_HANDLE));
    while (const auto line = lines.next()) {
        write(*view.as<message>(), *line);
        winipc::check(::SetEvent(message_ready.get()), "SetEvent");
        const int exit_code = wait_for_exit_code(winipc::start_process(child));
        if (exit_code != 0)
            return exit_code;
    }
    return 0;
} catch (const std::exception& error) {
    return winipc::report(error);
}
