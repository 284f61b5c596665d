#include "controller/turn_taking.h"

#include "controller/board.h"
#include "controller/bookkeeping.h"
#include "controller/participants.h"
#include "controller/start_suspended.h"
#include "controller/wording.h"
#include "interleave/execution.h"
#include "interleave/kinds.h"
#include "shared/calls.h"
#include "shared/protocol.h"
#include "winipc/error.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace interleave {

using protocol::action;
using protocol::slot_state;
using winipc::check;
using winipc::throw_last_error;
using winipc::unique_handle;

namespace {

std::chrono::nanoseconds processor_time(HANDLE thread)
{
    FILETIME created{};
    FILETIME ended{};
    FILETIME kernel{};
    FILETIME user{};
    ::GetThreadTimes(thread, &created, &ended, &kernel, &user);
    const auto ticks = [](const FILETIME& time) {
        return (static_cast<std::int64_t>(time.dwHighDateTime) << 32) + time.dwLowDateTime;
    };
    return std::chrono::nanoseconds((ticks(kernel) + ticks(user)) * 100);
}

bool is_signalled(HANDLE handle)
{
    return ::WaitForSingleObject(handle, 0) == WAIT_OBJECT_0;
}

bool stands_still(const thread_state& thread)
{
    return thread.slot->state.load(std::memory_order_acquire) == slot_state::stopped;
}

bool has_just_slept(const thread_state& thread)
{
    return sleeps(thread.here.call) && thread.here.when == phase::after;
}

action action_of(choice_kind kind)
{
    return kind == choice_kind::fail       ? action::fail
           : kind == choice_kind::time_out ? action::time_out
                                           : action::proceed;
}

constexpr const char* is_of_another_build =
    " was built with another version of the instrument than this test, and has refused to run: "
    "build both again";

} // namespace

turn_taking::turn_taking(bookkeeping& books) : books_(books)
{
    job_ = unique_handle{::CreateJobObjectW(nullptr, nullptr)};
    if (!job_)
        throw_last_error("CreateJobObjectW");
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    check(::SetInformationJobObject(job_.get(), JobObjectExtendedLimitInformation, &limits,
                                    sizeof limits),
          "SetInformationJobObject");
}

turn_taking::~turn_taking()
{
    ::TerminateJobObject(job_.get(), 1);
    for (const auto& process : books_.processes())
        ::WaitForSingleObject(process->process.get(), 5000);
}

process_state& turn_taking::start(const std::filesystem::path& program,
                                  const start_options& options)
{
    const auto root = L"root" + std::to_wstring(books_.processes().size());
    // Until the probe wakes up and gives it files of its own.
    auto started = start_suspended(
        program, options, board_.name(), board_.folder() / (root + L".in"),
        board_.folder() / (root + L".out"), board_.folder() / (root + L".err"), job_.get());
    auto& process =
        books_.add_process(program, started.id, std::move(started.process), board_.folder());
    process.command_line = std::move(started.command_line);
    ::ResumeThread(started.thread.get());
    wait_until(&process, "reports that it has started",
               [&] { return process.has_ended || !process.threads.empty(); });
    if (process.threads.empty() && process.exit_code == protocol::exit_code_of_refusal)
        books_.fail(process.name + is_of_another_build);
    if (process.threads.empty())
        books_.fail(process.name + " ended with exit code " + hex_words(process.exit_code) +
                    " before it reported to the controller. Is it linked with "
                    "interleave::probe? Does it start at all?");
    return process;
}

// Waits for what one step, or one start, must bring about. While a controlled thread runs nothing
// else does, so whoever reports meanwhile is that thread or one it has created.
template <class Done>
void turn_taking::wait_until(process_state* running, const std::string& what, Done done)
{
    const auto start = std::chrono::steady_clock::now();
    std::optional<std::chrono::nanoseconds> processor_start;
    while (!done()) {
        if (wait_for_news())
            continue;
        if (!running) // nobody in particular: there is nothing to guard
            continue;
        const auto used = processor_time(last_ ? last_->thread.get() : nullptr);
        if (!processor_start)
            processor_start = used;
        const bool spins = used - *processor_start > processor_limit;
        const bool blocks = std::chrono::steady_clock::now() - start > watchdog;
        if (spins || blocks)
            books_.note_held_back(); // for the timeline
        if (spins)
            books_.fail(running->name +
                        " is spinning: it computes without making any call that "
                        "could wait, and never " +
                        what);
        if (blocks)
            books_.fail(running->name + " never " + what +
                        ": uncontrolled blocking. It waits in a call that the instrument does "
                        "not control, or it was built without interleave::probe");
    }
}

// Waits for a report, or the end of a process or of the running thread; false: none came for long.
bool turn_taking::wait_for_news()
{
    std::vector<HANDLE> handles{board_.report()};
    std::vector<process_state*> ending;
    for (const auto& process : books_.processes())
        if (!process->has_ended && handles.size() < MAXIMUM_WAIT_OBJECTS - 1) {
            handles.push_back(process->process.get());
            ending.push_back(process.get());
        }
    const bool watch_thread = last_ && !last_->has_ended && last_->process->threads.size() > 1 &&
                              last_->slot->state != slot_state::stopped;
    if (watch_thread)
        handles.push_back(last_->thread.get());

    const auto count = static_cast<DWORD>(handles.size());
    const DWORD result = ::WaitForMultipleObjects(count, handles.data(), FALSE, 50);
    if (result == WAIT_TIMEOUT)
        return false;
    if (result >= count)
        throw_last_error("WaitForMultipleObjects");
    if (result == 0)
        register_new_threads();
    else if (result - 1 < ending.size())
        books_.note_end(*ending[result - 1]);
    else if (watch_thread)
        last_->has_ended = true;
    return true;
}

void turn_taking::register_new_threads()
{
    for (auto& slot : board_.slots()) {
        const auto state = slot.state.load(std::memory_order_acquire);
        if (state == slot_state::free)
            break;
        const bool is_new = std::ranges::none_of(
            books_.threads(), [&](const thread_state& thread) { return thread.slot == &slot; });
        if (is_new && state == slot_state::stopped)
            register_thread(slot);
    }
}

void turn_taking::register_thread(protocol::slot& slot)
{
    auto* process = books_.find(slot.process_id);
    if (!process) { // the child of a controlled process
        unique_handle handle{
            ::OpenProcess(SYNCHRONIZE | PROCESS_TERMINATE | PROCESS_QUERY_LIMITED_INFORMATION,
                          FALSE, slot.process_id)};
        if (!handle)
            throw_last_error("OpenProcess");
        process = &books_.add_process(slot.record.text, slot.process_id, std::move(handle),
                                      board_.folder());
    }

    auto go = board_.open_go_event(slot);
    auto& thread = books_.add_thread(*process, slot);
    thread.go = std::move(go);
    thread.thread = unique_handle{
        ::OpenThread(SYNCHRONIZE | THREAD_QUERY_LIMITED_INFORMATION, FALSE, slot.thread_id)};
    books_.take(thread);
    if (slot.record.call == function::process_start)
        check_import_count(*process, slot.record.arguments[0]);
}

void turn_taking::check_import_count(const process_state& process, std::uint64_t patched) const
{
    const auto expected = count_imports(process.path);
    if (patched != expected)
        books_.fail(process.name + ": the probe has patched " + std::to_string(patched) +
                    " slots of the import table, but the program has " + std::to_string(expected));
}

void turn_taking::let_others_try(const thread_state& except)
{
    for (auto& other : books_.threads())
        if (&other != &except)
            other.may_proceed = true;
}

void turn_taking::let_go_on(thread_state& thread, protocol::reply reply)
{
    thread.slot->reply = reply;
    thread.slot->state.store(slot_state::running, std::memory_order_release);
    ::SetEvent(thread.go.get());
}

void turn_taking::step(thread_state& thread, choice_kind kind, DWORD code)
{
    auto& process = *thread.process;
    if (thread.has_ended)
        books_.fail(process.name + " cannot go on: it has " + books_.position(process));
    if (last_ && last_ != &thread && last_->is_enabled() && !has_just_slept(*last_))
        books_.mark_preemption();
    last_ = &thread;
    books_.choose({thread.letter, kind, code});
    thread.is_being_injected = kind != choice_kind::step;

    if (is_memory_access(thread.here.call))
        books_.note_access(thread);
    pass_watches_on(thread);
    let_go_on(thread, {action_of(kind), code});
    books_.hold_back_others();
    wait_until(&process, "reaches its next call",
               [&] { return thread.has_ended || stands_still(thread); });
    books_.hold_back_nobody();
    if (thread.has_ended)
        wait_for_end_of(thread);
    else
        books_.take(thread);
    books_.note_held_back();
    if (!thread.has_ended)
        wait_for_consequences(thread);
    thread.may_proceed = !thread.is_blocked();
    if (!thread.is_blocked())
        let_others_try(thread);
}

// The process may end with its thread, and others with it.
void turn_taking::wait_for_end_of(thread_state& thread)
{
    auto& process = *thread.process;
    if (!process.has_ended) {
        if (process.threads.size() == 1 || thread.here.call == function::process_exit)
            wait_until(&process, "ends", [&] { return process.has_ended; });
        else
            books_.note_thread_end(thread);
    }
    if (process.has_ended)
        wait_for_jobs();
}

// Tells the probe which views to watch, whenever that has changed.
void turn_taking::pass_watches_on(const thread_state& thread)
{
    auto& process = *thread.process;
    const auto& memory = process.memory;
    const auto& objects = books_.objects();
    std::vector<protocol::watch> wanted;
    if (memory.on)
        for (const auto& [address, section] : objects.views(process.id))
            if ((memory.object.empty() || memory.object == object_words(objects.all(), section)) &&
                wanted.size() < protocol::watch_limit)
                wanted.push_back({address, memory.begin, memory.end});
    const auto is_same = [](const protocol::watch& a, const protocol::watch& b) {
        return a.view == b.view && a.begin == b.begin && a.end == b.end;
    };
    // The probe drops a view before it is unmapped; where that has failed it is told again.
    const bool has_unmapped =
        facts(thread.here.call).does == effect::unmaps_view && thread.here.when == phase::after;
    if (!std::ranges::equal(wanted, process.watches, is_same) ||
        (has_unmapped && !wanted.empty())) {
        process.watches = wanted;
        ++process.watch_generation;
    }
    auto& slot = *thread.slot;
    slot.watch_generation = process.watch_generation;
    slot.watch_count = static_cast<std::uint32_t>(wanted.size());
    std::ranges::copy(wanted, slot.watches);
}

// What a call sets going belongs to its step: a new thread's start, another process's end.
void turn_taking::wait_for_consequences(thread_state& thread)
{
    auto& process = *thread.process;
    const auto& record = thread.slot->record;
    const auto& call = facts(record.call);
    if (record.when != phase::after || call.has_failed(record.result))
        return;
    switch (call.does) {
    case effect::starts_process:
    case effect::starts_thread:
        wait_for_new_thread(process, record, call.does == effect::starts_process);
        break;
    case effect::resumes_thread: {
        const auto found = suspended_.find({process.id, record.arguments[0]});
        if (found == suspended_.end() || record.result != 1)
            break;
        const auto created = found->second;
        suspended_.erase(found);
        wait_for_start(process, created);
        break;
    }
    case effect::ends_process: {
        // The call returns before the other process is gone.
        const auto victim_id = books_.objects().process_id(process.id, record.arguments[0]);
        const auto* victim = books_.find(victim_id);
        wait_until(nullptr, "", [&] { return !victim || victim->has_ended; });
        break;
    }
    case effect::ends_job:
    case effect::closes_handle:
        wait_for_jobs();
        break;
    case effect::none:
    case effect::creates_object:
    case effect::opens_object:
    case effect::opens_process:
    case effect::adds_to_job:
    case effect::limits_job:
    case effect::changes_attributes:
    case effect::duplicates_handle:
    case effect::maps_view:
    case effect::unmaps_view:
        break;
    }
}

void turn_taking::wait_for_new_thread(process_state& creator, const protocol::record& record,
                                      bool is_process)
{
    created_thread created{is_process ? record.ids[0] : creator.id, record.ids[1], {}, {}};
    if (is_process)
        created.command_line = record.more_text;
    if (is_process && record.arguments[4])
        created.inherited = books_.objects().inherit(creator.id, record.ids[0], record);
    if (record.arguments[is_process ? 5 : 4] & CREATE_SUSPENDED)
        suspended_[{creator.id, record.created[is_process ? 1 : 0]}] = std::move(created);
    else
        wait_for_start(creator, created);
}

// Until the new thread has announced itself, or its process is gone. A new process is told what it
// has inherited: its waits on that are controlled.
void turn_taking::wait_for_start(process_state& creator, const created_thread& created)
{
    unique_handle process;
    if (!books_.find(created.process))
        process = unique_handle{
            ::OpenProcess(SYNCHRONIZE | PROCESS_QUERY_LIMITED_INFORMATION, FALSE, created.process)};
    wait_until(&creator, "sees what it has created start", [&] {
        return books_.has_started(created.process, created.thread) ||
               (process && is_signalled(process.get()));
    });
    DWORD exit_code = 0;
    if (process && ::GetExitCodeProcess(process.get(), &exit_code) &&
        exit_code == protocol::exit_code_of_refusal)
        books_.fail("a program that " + creator.name + " has started" + is_of_another_build);
    for (auto& thread : books_.threads())
        if (thread.process->id == created.process && thread.id == created.thread) {
            if (thread.process != &creator) {
                thread.process->command_line = created.command_line;
                thread.process->started_by = &creator;
            }
            const auto count =
                std::min(created.inherited.size(), std::size(thread.slot->inherited));
            std::copy_n(created.inherited.begin(), count, thread.slot->inherited);
            thread.slot->inherited_count = static_cast<std::uint32_t>(count);
        }
}

void turn_taking::wait_for_jobs()
{
    while (auto* const member = books_.doomed_process())
        wait_until(member, "ends with its job", [&] { return member->has_ended; });
}

void turn_taking::ctrl_c(process_state& process)
{
    if (process.has_ended)
        books_.fail(process.name + " gets no Ctrl+C: it has " + books_.position(process));
    auto& thread = process.first_thread();
    books_.choose({thread.letter, choice_kind::ctrl_c, 0});
    const auto before = process.threads.size();
    let_go_on(thread, {action::ctrl_c, 0});
    wait_until(&process, "starts the thread of its Ctrl+C handler",
               [&] { return process.threads.size() > before && stands_still(thread); });
    let_others_try(thread);
}

void turn_taking::kill(process_state& process, DWORD exit_code)
{
    if (process.has_ended)
        books_.fail(process.name + " cannot be killed: it has " + books_.position(process));
    books_.choose({process.first_thread().letter, choice_kind::kill, exit_code});
    ::TerminateProcess(process.process.get(), exit_code);
    ::WaitForSingleObject(process.process.get(), INFINITE);
    books_.note_end(process, ending::killed_by_test);
    let_others_try(process.first_thread());
    wait_for_jobs();
}

} // namespace interleave
