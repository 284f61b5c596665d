// How do both processes come to an end, whatever happens to the other one?
#include "message.h"
#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/process.h"
#include "winipc/text.h"
#include "winipc/unique_handle.h"
#include "winipc/wait.h"

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

unique_handle create_event(const wchar_t* name)
{
    constexpr BOOL manual_reset = FALSE;
    constexpr BOOL signalled = FALSE;
    unique_handle event{::CreateEventW(nullptr, manual_reset, signalled, name)};
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

// TODO(11.4): Each wait is for the child's death as well. The child's first signal, that it is
// ready, is waited for in main.
// TODO(11.6): Return when a stop has been requested, instead of sending the line that came then.
void talk(message& slot, const unique_handle& message_ready, const unique_handle& slot_free)
{
    winipc::line_reader lines(::GetStdHandle(STD_INPUT_HANDLE));
    const HANDLE output = ::GetStdHandle(STD_OUTPUT_HANDLE);
    for (;;) {
        winipc::wait_for(slot_free, INFINITE);
        winipc::write_text(output, L"> ");
        const auto line = lines.next();
        if (!line || *line == L"Exit")
            return;
        write(slot, *line);
        winipc::check(::SetEvent(message_ready.get()), "SetEvent");
    }
}

// TODO(11.4): finish: send the end, and wait for the end of the child, time_limit at most. One that
// does not end is ended, by its job: peer_is_silent. One that has failed: peer_has_died.

// TODO(11.6): Catch Ctrl+C before anything else.
int wmain()
try {
    const auto section = create_section();
    const auto message_ready = create_event(ready_name);
    const auto slot_free = create_event(free_name);
    const mapped_view view(section.get(), FILE_MAP_WRITE);
    // TODO(11.5): Start the child in a job that ends it with this program. It is told this
    // program's process id. Wait time_limit at most until it is ready (if not: peer_is_silent);
    // then let the job do no harm any more.
    const auto child = winipc::start_process(winipc::path_beside_this_program(L"child.exe"));

    // TODO(11.4): After the talk, finish. A peer_error is reported, and its code is the exit code.
    talk(*view.as<message>(), message_ready, slot_free);
    return 0;
} catch (const std::exception& error) {
    return winipc::report(error);
}
