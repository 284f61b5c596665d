#include "controller/bookkeeping.h"

#include "controller/objects.h"
#include "controller/participants.h"
#include "controller/start_suspended.h"
#include "controller/text.h"
#include "interleave/execution.h"
#include "interleave/record.h"
#include "shared/calls.h"
#include "shared/protocol.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace interleave {

DWORD thread_state::wait_limit() const
{
    return static_cast<DWORD>(here.arguments.at(facts(here.call).limit));
}

thread_state& process_state::first_thread() const
{
    const auto live = std::ranges::find(threads, false, &thread_state::has_ended);
    return live == threads.end() ? *threads.front() : **live;
}

const event* process_state::completed(std::size_t index_of_call) const
{
    for (const auto& event : history)
        if (event.is_completed_call() && index_of_call-- == 0)
            return &event;
    throw std::out_of_range("interleave: there is no such call");
}

process_state& bookkeeping::add_process(const std::filesystem::path& path, DWORD id,
                                        winipc::unique_handle handle,
                                        const std::filesystem::path& folder)
{
    auto process = std::make_unique<process_state>();
    process->index = processes_.size();
    process->name = narrow(path.stem().native());
    process->path = path;
    process->id = id;
    process->process = std::move(handle);
    process->output = folder / (std::to_wstring(id) + L".out");
    process->error_output = folder / (std::to_wstring(id) + L".err");
    process->memory = memory_;
    process->facade = std::make_unique<controlled_process>(owner_, *process);
    processes_.push_back(std::move(process));
    return *processes_.back();
}

thread_state& bookkeeping::add_thread(process_state& process, protocol::slot& slot)
{
    const char letter = free_letter(process.name);
    auto& thread = threads_.emplace_back();
    thread.process = &process;
    thread.letter = letter;
    thread.id = slot.thread_id;
    thread.slot = &slot;
    process.threads.push_back(&thread);
    return thread;
}

char bookkeeping::free_letter(const std::string& name)
{
    std::string candidates;
    for (const char c : name)
        if (c >= 'a' && c <= 'z')
            candidates += static_cast<char>(c - 'a' + 'A');
    candidates += "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (const char letter : candidates)
        if (!find_thread(letter))
            return letter;
    return '?';
}

thread_state* bookkeeping::find_thread(char letter)
{
    const auto found = std::ranges::find(threads_, letter, &thread_state::letter);
    return found == threads_.end() ? nullptr : &*found;
}

process_state* bookkeeping::find(DWORD process_id) const
{
    for (const auto& process : processes_)
        if (process->id == process_id && !process->has_ended)
            return process.get();
    return nullptr;
}

process_state* bookkeeping::find(std::string_view name, int nth) const
{
    for (const auto& process : processes_)
        if (process->name == name && --nth == 0)
            return process.get();
    return nullptr;
}

bool bookkeeping::has_started(DWORD process_id, DWORD thread_id) const
{
    return std::ranges::any_of(threads_, [&](const thread_state& thread) {
        return thread.process->id == process_id && thread.id == thread_id;
    });
}

const process_state* bookkeeping::crashed_process() const
{
    const auto found =
        std::ranges::find_if(processes_, [](const auto& process) { return process->has_crashed; });
    return found == processes_.end() ? nullptr : found->get();
}

bool bookkeeping::ends_its_processes(std::size_t object, const object_table::job& job) const
{
    const bool is_held = std::ranges::any_of(processes_, [&](const auto& process) {
        return !process->has_ended && objects_.has_handle(process->id, object);
    });
    return job.is_terminated || (job.kill_on_close && !is_held);
}

bool bookkeeping::is_doomed(DWORD process_id) const
{
    return std::ranges::any_of(objects_.jobs(), [&](const auto& job) {
        return job.second.has(process_id) && ends_its_processes(job.first, job.second);
    });
}

process_state* bookkeeping::doomed_process() const
{
    for (const auto& process : processes_)
        if (!process->has_ended && is_doomed(process->id))
            return process.get();
    return nullptr;
}

void bookkeeping::memory_points(const memory_choice& wanted)
{
    memory_ = wanted;
    for (const auto& process : processes_)
        process->memory = wanted;
}

void bookkeeping::choose(choice_record made)
{
    choices_.push_back(made);
}

event bookkeeping::read(const thread_state& thread)
{
    const auto& record = thread.slot->record;
    event happened;
    happened.step = steps();
    happened.process = thread.process;
    happened.thread = thread.letter;
    happened.call = record.call;
    happened.when = record.when;
    happened.objects = objects_.objects_of(thread.process->id, record);
    happened.arguments.assign(record.arguments,
                              record.arguments + facts(record.call).argument_count());
    happened.result = record.result;
    happened.last_error = record.last_error;
    happened.text = record.text;
    happened.more_text = record.more_text;
    happened.frames.assign(record.frames, record.frames + record.frame_count);
    happened.is_injected = thread.is_being_injected && record.when == phase::after;
    return happened;
}

// Of the process that a call starts, opens, or means by its own pseudo handle.
std::string bookkeeping::process_name(const process_state& caller,
                                      const protocol::record& record) const
{
    const auto does = facts(record.call).does;
    if (does == effect::starts_process)
        return started_program_name(record);
    if (does != effect::opens_process)
        return caller.name;
    const auto id = static_cast<DWORD>(record.arguments[2]);
    const auto* opened = find(id);
    return opened ? opened->name : std::to_string(id);
}

void bookkeeping::take(thread_state& thread)
{
    const auto& record = thread.slot->record;
    const bool was_blocked = thread.is_blocked();
    thread.here = read(thread);
    if (record.when == phase::after) {
        if (thread.here.is_completed_call())
            objects_.apply(thread.process->id, record, process_name(*thread.process, record));
        if (thread.here.objects.empty() && record.created[0])
            thread.here.objects = {objects_.meant_by(thread.process->id, record.created[0])};
        thread.process->has_crashed |= record.call == function::crash;
        thread.is_being_injected = false;
    }
    const bool tried_again = was_blocked && thread.is_blocked();
    if (record.when != phase::before && !tried_again)
        note(thread.here);
}

// It is made now.
void bookkeeping::note_access(const thread_state& thread)
{
    auto access = thread.here;
    access.step = steps();
    note(std::move(access));
}

void bookkeeping::note(event happened)
{
    const bool is_start = happened.call == function::process_start ||
                          happened.call == function::thread_start ||
                          happened.call == function::ctrl_c;
    if (is_holding_back_ && (is_start || happened.what != happening::point)) {
        held_back_.push_back(std::move(happened));
        return;
    }
    auto& process = *happened.process;
    if (happened.what == happening::process_ended) {
        if (happened.end == ending::exited && is_doomed(process.id))
            happened.end = ending::ended_with_job;
        process.end = happened.end;
    }
    happened.preempts = std::exchange(next_preempts_, false);
    process.history.push_back(happened);
    history_.push_back(std::move(happened));
}

void bookkeeping::note_held_back()
{
    is_holding_back_ = false;
    for (auto& other : std::exchange(held_back_, {}))
        note(std::move(other));
}

void bookkeeping::note_end(process_state& process, ending by)
{
    ::GetExitCodeProcess(process.process.get(), &process.exit_code);
    process.has_ended = true;
    process.end = by;
    for (auto* thread : process.threads)
        thread->has_ended = true;
    event end;
    end.step = steps();
    end.process = &process;
    end.call = function::process_exit;
    end.when = phase::before; // not a call that was completed
    end.what = happening::process_ended;
    end.end = by;
    end.result = process.exit_code;
    note(std::move(end));
}

void bookkeeping::note_thread_end(const thread_state& thread)
{
    event end;
    end.step = steps();
    end.process = thread.process;
    end.thread = thread.letter;
    end.call = function::thread_exit;
    end.what = happening::thread_ended;
    note(std::move(end));
}

} // namespace interleave
