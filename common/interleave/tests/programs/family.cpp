// A parent and a child that share more than names: handles, a job, a console's Ctrl+C. The scene is
// named by the first argument.
#include "winipc/ctrl_c.h"
#include "winipc/error.h"
#include "winipc/inheritance.h"
#include "winipc/job.h"
#include "winipc/peer.h"
#include "winipc/process.h"
#include "winipc/unique_handle.h"
#include "winipc/wait.h"

#include <windows.h>

#include <cstdio>
#include <cwctype>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

using winipc::inheritable;
using winipc::unique_handle;

unique_handle new_event()
{
    unique_handle event{::CreateEventW(nullptr, FALSE, FALSE, nullptr)};
    if (!event)
        winipc::throw_last_error("CreateEventW");
    return event;
}

// With a list: the two events arrive, and a third one that could be inherited does not.
void hand_over()
{
    const auto ping = new_event();
    const auto pong = new_event();
    const auto secret = inheritable(new_event().get(), EVENT_ALL_ACCESS);
    const auto wait_for_ping = inheritable(ping.get(), SYNCHRONIZE);
    const auto set_pong = inheritable(pong.get(), EVENT_MODIFY_STATE);
    const auto wait_for_parent = inheritable(::GetCurrentProcess(), SYNCHRONIZE);
    const auto child = winipc::start_process(
        winipc::path_beside_this_program(L"family.exe"),
        {wait_for_ping.get(), set_pong.get(), wait_for_parent.get()}, winipc::create_job());
    ::SetEvent(ping.get());
    winipc::wait_for(pong, child);
    winipc::wait_for(child, INFINITE);
    std::puts("pong");
}

// The other side of hand_over: three numbers are its arguments.
void be_handed(wchar_t** numbers)
{
    const auto ping = winipc::inherited_handle(numbers[0]);
    const auto pong = winipc::inherited_handle(numbers[1]);
    const auto parent = winipc::inherited_handle(numbers[2]);
    winipc::wait_for(ping, parent);
    std::puts("ping");
    ::SetEvent(pong.get());
}

unique_handle start_self(const wchar_t* scene)
{
    return winipc::start_process(winipc::path_beside_this_program(L"family.exe"), scene);
}

// The parent ends by itself, or closes the job, or terminates it; the child waits for ever.
template <class End>
void with_job(End end)
{
    auto job = winipc::create_job();
    winipc::kill_on_close(job, true);
    const auto child = start_self(L"wait");
    winipc::check(::AssignProcessToJobObject(job.get(), child.get()), "AssignProcessToJobObject");
    ::Sleep(0);
    end(job);
}

void job_ends_with_parent()
{
    with_job([](auto&) {});
}

void job_is_closed()
{
    with_job([](auto& job) { job.reset(); });
}

void job_is_terminated()
{
    with_job([](auto& job) {
        winipc::kill_on_close(job, false);
        ::TerminateJobObject(job.get(), 7);
    });
}

void job_is_harmless()
{
    with_job([](auto& job) { winipc::kill_on_close(job, false); });
}

void wait()
{
    winipc::wait_for(new_event(), INFINITE);
}

void stop_by_ctrl_c()
{
    winipc::catch_ctrl_c();
    winipc::wait_for(winipc::stop_requested(), INFINITE);
    std::puts("stopped");
}

void ignore_ctrl_c()
{
    ::SetConsoleCtrlHandler(nullptr, TRUE);
    ::Sleep(0);
    std::puts("ignored");
}

void open_parent()
{
    const auto child = start_self(std::to_wstring(::GetCurrentProcessId()).c_str());
    winipc::wait_for(child, INFINITE);
}

void be_child_of(const wchar_t* id)
{
    const unique_handle parent{
        ::OpenProcess(SYNCHRONIZE, FALSE, static_cast<DWORD>(std::stoul(id)))};
    if (!parent)
        winipc::throw_last_error("OpenProcess");
    winipc::wait_for(parent, INFINITE);
    std::puts("alone");
}

struct scene
{
    std::wstring_view name;
    void (*play)();
};

constexpr scene scenes[] = {
    {L"hand_over", hand_over},
    {L"job_ends_with_parent", job_ends_with_parent},
    {L"job_is_closed", job_is_closed},
    {L"job_is_terminated", job_is_terminated},
    {L"job_is_harmless", job_is_harmless},
    {L"wait", wait},
    {L"stop_by_ctrl_c", stop_by_ctrl_c},
    {L"ignore_ctrl_c", ignore_ctrl_c},
    {L"open_parent", open_parent},
};

} // namespace

int wmain(int count, wchar_t** arguments)
try {
    if (count == 4)
        be_handed(arguments + 1);
    const std::wstring_view wanted = count > 1 ? arguments[1] : L"";
    for (const auto& scene : scenes)
        if (scene.name == wanted)
            scene.play();
    if (count == 2 && std::iswdigit(wanted.front()))
        be_child_of(arguments[1]);
    return 0;
} catch (const winipc::peer_error& error) {
    winipc::report(error);
    return error.code();
} catch (const std::exception& error) {
    return winipc::report(error);
}
