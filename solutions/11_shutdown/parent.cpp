// How do both processes come to an end, whatever happens to the other one?
#include "ctrl_c.h"
#include "job.h"
#include "message.h"
#include "peer.h"
#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/text.h"
#include "winipc/unique_handle.h"
#include "winipc/wait.h"

#include <windows.h>

#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

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
    slot.kind = message_kind::line;
}

//! [talk]
void talk(message& slot, const unique_handle& message_ready, const unique_handle& slot_free,
          const unique_handle& child)
{
    winipc::line_reader lines(::GetStdHandle(STD_INPUT_HANDLE));
    const HANDLE output = ::GetStdHandle(STD_OUTPUT_HANDLE);
    for (;;) {
        winipc::write_text(output, L"> ");
        const auto line = lines.next();
        if (!line || *line == L"Exit" || winipc::wait_for(stop_requested(), 0))
            return;
        write(slot, *line);
        winipc::check(::SetEvent(message_ready.get()), "SetEvent");
        wait_for(slot_free, child);
    }
}
//! [talk]

//! [finish]
void finish(message& slot, const unique_handle& message_ready, const unique_handle& child,
            const unique_handle& job)
{
    slot.kind = message_kind::end;
    winipc::check(::SetEvent(message_ready.get()), "SetEvent");
    if (!winipc::wait_for(child, time_limit)) {
        ::TerminateJobObject(job.get(), peer_is_silent);
        throw peer_error(peer_is_silent, "the child does not end");
    }
    DWORD code = 0;
    winipc::check(::GetExitCodeProcess(child.get(), &code), "GetExitCodeProcess");
    if (code != all_went_well)
        throw peer_error(peer_has_died, "the child has failed");
}
//! [finish]

//! [main]
int wmain()
try {
    catch_ctrl_c();
    const auto section = create_section();
    const auto message_ready = create_event(ready_name);
    const auto slot_free = create_event(free_name);
    const winipc::mapped_view view(section.get(), FILE_MAP_WRITE);
    const auto job = create_job();
    kill_on_close(job, true);
    const auto child = start_in(job, L"child.exe", std::to_wstring(::GetCurrentProcessId()));
    if (!wait_for(slot_free, child, time_limit))
        throw peer_error(peer_is_silent, "the child is not ready");
    kill_on_close(job, false); // from now on it looks after itself

    auto& slot = *view.as<message>();
    talk(slot, message_ready, slot_free, child);
    finish(slot, message_ready, child, job);
    return all_went_well;
} catch (const peer_error& error) {
    winipc::report(error);
    return error.code();
} catch (const std::exception& error) {
    return winipc::report(error);
}
//! [main]
