// How does a process read memory that somebody else may write at any time?
#include "message.h"
#include "winipc/ctrl_c.h"
#include "winipc/error.h"
#include "winipc/inheritance.h"
#include "winipc/job.h"
#include "winipc/mapped_view.h"
#include "winipc/peer.h"
#include "winipc/process.h"
#include "winipc/text.h"
#include "winipc/unique_handle.h"
#include "winipc/wait.h"

#include <windows.h>

#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

using winipc::mapped_view;
using winipc::unique_handle;

unique_handle create_section()
{
    unique_handle section{::CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0,
                                               sizeof(message), nullptr)};
    if (!section)
        winipc::throw_last_error("CreateFileMappingW");
    return section;
}

unique_handle create_event()
{
    constexpr BOOL manual_reset = FALSE;
    constexpr BOOL signalled = FALSE;
    unique_handle event{::CreateEventW(nullptr, manual_reset, signalled, nullptr)};
    if (!event)
        winipc::throw_last_error("CreateEventW");
    return event;
}

// The child gets a handle to each object, with the one right that it needs.
unique_handle start_child(const unique_handle& section, const unique_handle& message_ready,
                          const unique_handle& slot_free, const unique_handle& job)
{
    const auto read_section = winipc::inheritable(section.get(), FILE_MAP_READ);
    const auto wait_for_message = winipc::inheritable(message_ready.get(), SYNCHRONIZE);
    const auto free_slot = winipc::inheritable(slot_free.get(), EVENT_MODIFY_STATE);
    const auto wait_for_parent = winipc::inheritable(::GetCurrentProcess(), SYNCHRONIZE);
    return winipc::start_process(
        winipc::path_beside_this_program(L"child.exe"),
        {read_section.get(), wait_for_message.get(), free_slot.get(), wait_for_parent.get()}, job);
}

// TODO(13.2): The text goes into the slot as UTF-8, and so its size is counted in bytes. What does
// not fit is refused before anything is written. Then comes the header.
void write(message& slot, std::wstring_view line)
{
    if (line.size() > std::size(slot.text))
        throw std::length_error("the line is too long");
    line.copy(slot.text, line.size());
    slot.length = static_cast<std::uint32_t>(line.size());
    slot.kind = message_kind::line;
}

void talk(message& slot, const unique_handle& message_ready, const unique_handle& slot_free,
          const unique_handle& child)
{
    winipc::line_reader lines(::GetStdHandle(STD_INPUT_HANDLE));
    const HANDLE output = ::GetStdHandle(STD_OUTPUT_HANDLE);
    // TODO(13.3): The first message has the number 1, each further one the next. So has the end.
    for (;;) {
        winipc::write_text(output, L"> ");
        const auto line = lines.next();
        if (!line || *line == L"Exit" || winipc::wait_for(winipc::stop_requested(), 0))
            return;
        write(slot, *line);
        winipc::check(::SetEvent(message_ready.get()), "SetEvent");
        winipc::wait_for(slot_free, child);
    }
}

void finish(message& slot, const unique_handle& message_ready, const unique_handle& child,
            const unique_handle& job)
{
    slot.kind = message_kind::end;
    winipc::check(::SetEvent(message_ready.get()), "SetEvent");
    if (!winipc::wait_for(child, winipc::time_limit)) {
        ::TerminateJobObject(job.get(), winipc::peer_is_silent);
        throw winipc::peer_error(winipc::peer_is_silent, "the child does not end");
    }
    DWORD code = 0;
    winipc::check(::GetExitCodeProcess(child.get(), &code), "GetExitCodeProcess");
    if (code != winipc::all_went_well)
        throw winipc::peer_error(winipc::peer_has_died, "the child has failed");
}

int wmain()
try {
    winipc::catch_ctrl_c();
    const auto section = create_section();
    const auto message_ready = create_event();
    const auto slot_free = create_event();
    const mapped_view view(section.get(), FILE_MAP_WRITE);
    const auto job = winipc::create_job();
    winipc::kill_on_close(job, true);
    const auto child = start_child(section, message_ready, slot_free, job);
    if (!winipc::wait_for(slot_free, child, winipc::time_limit))
        throw winipc::peer_error(winipc::peer_is_silent, "the child is not ready");
    winipc::kill_on_close(job, false); // from now on it looks after itself

    auto& slot = *view.as<message>();
    talk(slot, message_ready, slot_free, child);
    finish(slot, message_ready, child, job);
    return winipc::all_went_well;
} catch (const winipc::peer_error& error) {
    winipc::report(error);
    return error.code();
} catch (const std::exception& error) {
    return winipc::report(error);
}
