// How do two processes talk, so that neither depends on what the other one does?
#include "channel.h"
#include "input.h"
#include "winipc/ctrl_c.h"
#include "winipc/error.h"
#include "winipc/inheritance.h"
#include "winipc/job.h"
#include "winipc/peer.h"
#include "winipc/process.h"
#include "winipc/text.h"
#include "winipc/unique_handle.h"
#include "winipc/wait.h"

#include <windows.h>

#include <exception>
#include <optional>
#include <string>
#include <utility>

using winipc::unique_handle;

//! [start]
// The child gets a handle to each object, with the one right that it needs.
unique_handle start_child(const channel& objects, const unique_handle& job)
{
    const auto section = winipc::inheritable(objects.section.get(), FILE_MAP_READ);
    const auto message_ready = winipc::inheritable(objects.message_ready.get(), SYNCHRONIZE);
    const auto slot_free = winipc::inheritable(objects.slot_free.get(), EVENT_MODIFY_STATE);
    const auto parent = winipc::inheritable(::GetCurrentProcess(), SYNCHRONIZE);
    return winipc::start_process(
        winipc::path_beside_this_program(L"child.exe"),
        {section.get(), message_ready.get(), slot_free.get(), parent.get()}, job);
}
//! [start]

//! [next]
// The next line; nothing at the end of the input, for Exit, and after Ctrl+C.
std::optional<std::wstring> next_line(input_lines& input, const unique_handle& child)
{
    const HANDLE any[] = {winipc::stop_requested().get(), input.ask().get(), child.get()};
    switch (::WaitForMultipleObjects(3, any, FALSE, INFINITE)) {
    case WAIT_OBJECT_0:
        return std::nullopt;
    case WAIT_OBJECT_0 + 1: {
        auto line = input.take();
        return line == L"Exit" ? std::nullopt : std::move(line);
    }
    case WAIT_OBJECT_0 + 2:
        throw winipc::peer_error(winipc::peer_has_died, "the child has ended");
    default: // WAIT_FAILED
        winipc::throw_last_error("WaitForMultipleObjects");
    }
}
//! [next]

//! [talk]
void talk(sender& to_child, const unique_handle& child)
{
    input_lines input(::GetStdHandle(STD_INPUT_HANDLE));
    const HANDLE output = ::GetStdHandle(STD_OUTPUT_HANDLE);
    for (;;) {
        winipc::write_text(output, L"> ");
        const auto line = next_line(input, child);
        if (!line)
            return;
        to_child.send(winipc::to_utf8(*line));
    }
}
//! [talk]

//! [finish]
void finish(const unique_handle& child, const unique_handle& job)
{
    if (!winipc::wait_for(child, winipc::time_limit)) {
        ::TerminateJobObject(job.get(), winipc::peer_is_silent);
        throw winipc::peer_error(winipc::peer_is_silent, "the child does not end");
    }
    DWORD code = 0;
    winipc::check(::GetExitCodeProcess(child.get(), &code), "GetExitCodeProcess");
    if (code != winipc::all_went_well)
        throw winipc::peer_error(winipc::peer_has_died, "the child has failed");
}
//! [finish]

//! [main]
int wmain()
try {
    winipc::catch_ctrl_c();
    const auto objects = create_channel();
    const auto job = winipc::create_job();
    winipc::kill_on_close(job, true);
    const auto child = start_child(objects, job);
    sender to_child(objects, child, winipc::time_limit);
    winipc::kill_on_close(job, false); // from now on it looks after itself

    talk(to_child, child);
    to_child.end();
    finish(child, job);
    return winipc::all_went_well;
} catch (const winipc::peer_error& error) {
    winipc::report(error);
    return error.code();
} catch (const std::exception& error) {
    return winipc::report(error);
}
//! [main]
