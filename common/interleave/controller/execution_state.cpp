#include "controller/execution_state.h"

#include "interleave/execution.h"
#include "shared/calls.h"
#include "shared/protocol.h"
#include "winipc/error.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cwchar>
#include <filesystem>
#include <iomanip>
#include <ios>
#include <iterator>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
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

template <std::size_t N>
void copy(wchar_t (&target)[N], const std::wstring& source)
{
    if (source.size() + 1 > N)
        throw std::length_error("interleave: a name is too long for the board");
    std::ranges::copy(source, target);
}

std::wstring next_name()
{
    static std::atomic<int> counter = 0;
    return std::to_wstring(::GetCurrentProcessId()) + L"-" + std::to_wstring(++counter);
}

constexpr const char* is_of_another_build =
    " was built with another version of the instrument than this test, and has refused to run: "
    "build both again";

std::string hex(std::uint64_t value)
{
    std::ostringstream text;
    text << "0x" << std::hex << std::uppercase << value;
    return text.str();
}

// ", writer.cpp:41", or nothing where no line is known.
std::string comma_and_line(const event& happened)
{
    const auto line = source_line(happened.process->path, happened.frames);
    return line.empty() ? "" : ", " + line;
}

std::string crash_text(const event& crash)
{
    const auto exception = uncaught_exception(crash);
    if (exception.empty())
        return "crashed with exception " + hex(crash.arguments.at(0)) + comma_and_line(crash);
    const auto what = narrow(crash.text);
    return "ended by " + exception + comma_and_line(crash) + (what.empty() ? "" : ": " + what);
}

} // namespace

std::string uncaught_exception(const event& crash)
{
    if (crash.arguments.at(0) != protocol::uncaught_exception)
        return {};
    return crash.arguments.at(1) ? "an uncaught C++ exception" : "std::terminate";
}

std::string exit_code_text(DWORD code)
{
    return code < 0x8000'0000 ? std::to_string(code) : hex(code);
}

DWORD thread_state::wait_limit() const
{
    return static_cast<DWORD>(here.arguments.at(facts(here.call).limit));
}

thread_state& process_state::first_thread() const
{
    const auto live = std::ranges::find(threads, false, &thread_state::has_ended);
    return live == threads.end() ? *threads.front() : **live;
}

const event* process_state::completed(std::size_t index) const
{
    for (const auto& event : history)
        if (event.is_completed_call() && index-- == 0)
            return &event;
    throw std::out_of_range("interleave: there is no such call");
}

execution_state::execution_state() : name_(next_name())
{
    folder_ = std::filesystem::temp_directory_path() / (L"winipc-interleave-" + name_);
    std::filesystem::create_directories(folder_);

    job_ = unique_handle{::CreateJobObjectW(nullptr, nullptr)};
    if (!job_)
        throw_last_error("CreateJobObjectW");
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    check(::SetInformationJobObject(job_.get(), JobObjectExtendedLimitInformation, &limits,
                                    sizeof limits),
          "SetInformationJobObject");

    const auto board_name = L"Local\\winipc-interleave-" + name_;
    section_ = unique_handle{::CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0,
                                                  sizeof(protocol::board), board_name.c_str())};
    if (!section_)
        throw_last_error("CreateFileMappingW");
    view_ = winipc::mapped_view(section_.get(), FILE_MAP_WRITE);
    board_ = view_.as<protocol::board>();
    board_->version = protocol::version;
    board_->size = sizeof(protocol::board);
    board_->table = table_hash;
    copy(board_->report_event, board_name + L"-report");
    copy(board_->go_event_prefix, board_name + L"-go-");
    copy(board_->object_suffix, L".il-" + name_);
    copy(board_->output_folder, folder_.native());
    report_ = unique_handle{::CreateEventW(nullptr, FALSE, FALSE, board_->report_event)};
    if (!report_)
        throw_last_error("CreateEventW");
}

execution_state::~execution_state()
{
    ::TerminateJobObject(job_.get(), 1);
    for (const auto& process : processes_)
        ::WaitForSingleObject(process->process.get(), 5000);
    // remove_all of GCC 12 would try for ever where a file is still in use; a left-over file in the
    // temporary folder harms nobody.
    std::error_code ignored;
    for (const auto& file : std::filesystem::directory_iterator(folder_, ignored))
        std::filesystem::remove(file, ignored);
    std::filesystem::remove(folder_, ignored);
}

controlled_process& execution_state::start(const std::filesystem::path& program,
                                           const start_options& options)
{
    const auto number = std::to_wstring(processes_.size());
    const auto output = folder_ / (L"root" + number + L".out");
    const auto error_output = folder_ / (L"root" + number + L".err");
    // Until the probe wakes up and gives it files of its own.
    auto started =
        start_suspended(program, options, L"Local\\winipc-interleave-" + name_,
                        folder_ / (L"root" + number + L".in"), output, error_output, job_.get());
    auto& process = add_process(program, started.id, std::move(started.process));
    ::ResumeThread(started.thread.get());
    wait_until(&process, "reports that it has started",
               [&] { return process.has_ended || !process.threads.empty(); });
    if (process.threads.empty() && process.exit_code == protocol::exit_code_of_refusal)
        fail_schedule(process.name + is_of_another_build);
    if (process.threads.empty())
        fail_schedule(process.name + " ended with exit code " + hex(process.exit_code) +
                      " before it reported to the controller. Is it linked with "
                      "interleave::probe? Does it start at all?");
    return *process.facade;
}

process_state& execution_state::add_process(const std::filesystem::path& path, DWORD id,
                                            unique_handle handle)
{
    auto process = std::make_unique<process_state>();
    process->name = narrow(path.stem().native());
    process->path = path;
    process->id = id;
    process->process = std::move(handle);
    process->output = folder_ / (std::to_wstring(id) + L".out");
    process->error_output = folder_ / (std::to_wstring(id) + L".err");
    process->memory = memory_;
    process->facade = std::make_unique<controlled_process>(*this, *process);
    processes_.push_back(std::move(process));
    return *processes_.back();
}

// Waits for what one step, or one start, must bring about. While a controlled thread runs nothing
// else does, so whoever reports meanwhile is that thread or one it has created.
template <class Done>
void execution_state::wait_until(process_state* running, const std::string& what, Done done)
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
            note_meanwhile(); // for the timeline
        if (spins)
            fail_schedule(running->name +
                          " is spinning: it computes without making any call that "
                          "could wait, and never " +
                          what);
        if (blocks)
            fail_schedule(running->name + " never " + what +
                          ": uncontrolled blocking. It waits in a call that the instrument does "
                          "not control, or it was built without interleave::probe");
    }
}

// Waits for a report, or the end of a process or of the running thread; false: none came for long.
bool execution_state::wait_for_news()
{
    std::vector<HANDLE> handles{report_.get()};
    std::vector<process_state*> ending;
    for (const auto& process : processes_)
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
        note_end(*ending[result - 1]);
    else if (watch_thread)
        last_->has_ended = true;
    return true;
}

void execution_state::register_new_threads()
{
    for (auto& slot : board_->slots) {
        const auto state = slot.state.load(std::memory_order_acquire);
        if (state == slot_state::free)
            break;
        const bool is_new = std::ranges::none_of(
            threads_, [&](const thread_state& thread) { return thread.slot == &slot; });
        if (is_new && state == slot_state::stopped)
            register_thread(slot);
    }
}

bool execution_state::has_started(DWORD process_id, DWORD thread_id) const
{
    return std::ranges::any_of(threads_, [&](const thread_state& thread) {
        return thread.process->id == process_id && thread.id == thread_id;
    });
}

process_state* execution_state::find(DWORD process_id) const
{
    for (const auto& process : processes_)
        if (process->id == process_id && !process->has_ended)
            return process.get();
    return nullptr;
}

process_state* execution_state::find(std::string_view name, int nth) const
{
    for (const auto& process : processes_)
        if (process->name == name && --nth == 0)
            return process.get();
    return nullptr;
}

void execution_state::register_thread(protocol::slot& slot)
{
    auto* process = find(slot.process_id);
    if (!process) { // the child of a controlled process
        unique_handle handle{
            ::OpenProcess(SYNCHRONIZE | PROCESS_TERMINATE | PROCESS_QUERY_LIMITED_INFORMATION,
                          FALSE, slot.process_id)};
        if (!handle)
            throw_last_error("OpenProcess");
        process = &add_process(slot.record.text, slot.process_id, std::move(handle));
    }

    auto& thread = threads_.emplace_back();
    thread.process = process;
    thread.letter = free_letter(process->name);
    thread.id = slot.thread_id;
    thread.slot = &slot;
    const auto index = std::to_wstring(&slot - board_->slots);
    thread.go = unique_handle{
        ::OpenEventW(EVENT_MODIFY_STATE, FALSE, (board_->go_event_prefix + index).c_str())};
    if (!thread.go)
        throw_last_error("OpenEventW");
    thread.thread = unique_handle{
        ::OpenThread(SYNCHRONIZE | THREAD_QUERY_LIMITED_INFORMATION, FALSE, slot.thread_id)};
    process->threads.push_back(&thread);
    if (slot.record.call == function::process_start)
        check_import_count(*process, slot.record.arguments[0]);
    take(thread);
}

void execution_state::check_import_count(const process_state& process, std::uint64_t patched) const
{
    const auto expected = count_imports(process.path);
    if (patched != expected)
        fail_schedule(process.name + ": the probe has patched " + std::to_string(patched) +
                      " slots of the import table, but the program has " +
                      std::to_string(expected));
}

char execution_state::free_letter(const std::string& name)
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

thread_state* execution_state::find_thread(char letter)
{
    const auto found = std::ranges::find(threads_, letter, &thread_state::letter);
    return found == threads_.end() ? nullptr : &*found;
}

const process_state* execution_state::crashed_process() const
{
    const auto found =
        std::ranges::find_if(processes_, [](const auto& process) { return process->has_crashed; });
    return found == processes_.end() ? nullptr : found->get();
}

event execution_state::read(const thread_state& thread) const
{
    const auto& record = thread.slot->record;
    event happened;
    happened.step = steps;
    happened.process = thread.process;
    happened.call = record.call;
    happened.when = record.when;
    happened.object = objects_.object_of(thread.process->id, record);
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
std::string execution_state::process_name(const process_state& caller,
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

// Takes over what a stopped thread reports.
void execution_state::take(thread_state& thread)
{
    const auto& record = thread.slot->record;
    const bool was_blocked = thread.is_blocked();
    thread.here = read(thread);
    if (record.when == phase::after) {
        if (thread.here.is_completed_call())
            objects_.apply(thread.process->id, record, process_name(*thread.process, record));
        if (thread.here.object.empty())
            if (record.created[0])
                thread.here.object = objects_.name(thread.process->id, record.created[0]);
        thread.process->has_crashed |= record.call == function::crash;
        thread.is_being_injected = false;
    }
    const bool tried_again = was_blocked && thread.is_blocked();
    if (record.when != phase::before && !tried_again)
        note(thread.here);
}

// What a call brings about, as a start or another's end, comes after the call, whichever has been
// reported first.
void execution_state::note(event happened)
{
    const bool is_start = happened.call == function::process_start ||
                          happened.call == function::thread_start ||
                          happened.call == function::ctrl_c;
    if (is_making_a_step_ && (is_start || happened.is_end)) {
        meanwhile_.push_back(std::move(happened));
        return;
    }
    happened.is_ended_by_job = happened.is_end && !happened.is_killed &&
                               std::ranges::any_of(objects_.jobs(), [&](const auto& job) {
                                   return ends_its_processes(job.first, job.second) &&
                                          job.second.has(happened.process->id);
                               });
    happened.preempts = std::exchange(next_preempts_, false);
    happened.process->history.push_back(happened);
    history_.push_back(std::move(happened));
}

void execution_state::note_meanwhile()
{
    is_making_a_step_ = false;
    for (auto& other : std::exchange(meanwhile_, {}))
        note(std::move(other));
}

void execution_state::note_end(process_state& process, bool killed)
{
    ::GetExitCodeProcess(process.process.get(), &process.exit_code);
    process.has_ended = true;
    for (auto* thread : process.threads)
        thread->has_ended = true;
    event end;
    end.step = steps;
    end.process = &process;
    end.call = function::process_exit;
    end.when = phase::before; // not a call that was completed
    end.is_end = true;
    end.is_killed = killed;
    end.result = process.exit_code;
    note(std::move(end));
}

void execution_state::note_thread_end(const thread_state& thread)
{
    event end;
    end.step = steps;
    end.process = thread.process;
    end.call = function::thread_exit;
    end.is_end = true;
    note(std::move(end));
}

void execution_state::let_others_try(const thread_state& except)
{
    for (auto& other : threads_)
        if (&other != &except)
            other.may_proceed = true;
}

void execution_state::step(thread_state& thread, protocol::reply reply)
{
    auto& process = *thread.process;
    if (thread.has_ended)
        fail_schedule(process.name + " cannot go on: it has " + position(process));
    const bool has_just_slept =
        last_ && sleeps(last_->here.call) && last_->here.when == phase::after;
    if (last_ && last_ != &thread && last_->is_enabled() && !has_just_slept)
        next_preempts_ = true;
    last_ = &thread;
    const char kind = reply.what == action::fail ? 'f' : reply.what == action::time_out ? 't' : ' ';
    choices_.push_back({thread.letter, kind, reply.code});
    thread.is_being_injected = kind != ' ';
    ++steps;

    if (is_memory_access(thread.here.call)) { // it is made now
        auto access = thread.here;
        access.step = steps;
        note(std::move(access));
    }
    thread.slot->reply = reply;
    pass_watches_on(thread);
    thread.slot->state.store(slot_state::running, std::memory_order_release);
    ::SetEvent(thread.go.get());
    is_making_a_step_ = true;
    wait_until(&process, "reaches its next call", [&] {
        return thread.has_ended ||
               thread.slot->state.load(std::memory_order_acquire) == slot_state::stopped;
    });
    is_making_a_step_ = false;
    if (thread.has_ended && !process.has_ended) {
        if (process.threads.size() == 1 || thread.here.call == function::process_exit)
            wait_until(&process, "ends", [&] { return process.has_ended; });
        else
            note_thread_end(thread);
    }
    if (process.has_ended)
        wait_for_jobs();

    if (!thread.has_ended)
        take(thread);
    note_meanwhile();
    if (!thread.has_ended)
        wait_for_consequences(thread);
    thread.may_proceed = !thread.is_blocked();
    if (!thread.is_blocked())
        let_others_try(thread);
}

void execution_state::memory_points(const memory_choice& wanted)
{
    memory_ = wanted;
    for (const auto& process : processes_)
        process->memory = wanted;
}

// Tells the probe which views to watch, whenever that has changed.
void execution_state::pass_watches_on(const thread_state& thread)
{
    auto& process = *thread.process;
    const auto& memory = process.memory;
    std::vector<protocol::watch> wanted;
    if (memory.on)
        for (const auto& [address, object] : objects_.views(process.id))
            if ((memory.object.empty() || memory.object == object) &&
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
void execution_state::wait_for_consequences(thread_state& thread)
{
    auto& process = *thread.process;
    const auto& record = thread.slot->record;
    const auto& call = facts(record.call);
    if (record.when != phase::after || call.has_failed(record.result))
        return;
    switch (call.does) {
    case effect::starts_process:
    case effect::starts_thread: {
        const bool is_process = call.does == effect::starts_process;
        thread_ids created{is_process ? record.ids[0] : process.id, record.ids[1], {}};
        if (is_process && record.arguments[4])
            created.inherited = objects_.inherit(process.id, record.ids[0], record);
        if (record.arguments[is_process ? 5 : 4] & CREATE_SUSPENDED)
            suspended_[{process.id, record.created[is_process ? 1 : 0]}] = created;
        else
            wait_for_start(process, created);
        break;
    }
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
        const auto* victim = find(objects_.process_id(process.id, record.arguments[0]));
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

// Until the new thread has announced itself, or its process is gone. A new process is told what it
// has inherited: its waits on that are controlled.
void execution_state::wait_for_start(process_state& creator, const thread_ids& created)
{
    unique_handle process;
    if (!find(created.process))
        process = unique_handle{
            ::OpenProcess(SYNCHRONIZE | PROCESS_QUERY_LIMITED_INFORMATION, FALSE, created.process)};
    wait_until(&creator, "sees what it has created start", [&] {
        return has_started(created.process, created.thread) ||
               (process && is_signalled(process.get()));
    });
    DWORD exit_code = 0;
    if (process && ::GetExitCodeProcess(process.get(), &exit_code) &&
        exit_code == protocol::exit_code_of_refusal)
        fail_schedule("a program that " + creator.name + " has started" + is_of_another_build);
    for (const auto& thread : threads_)
        if (thread.process->id == created.process && thread.id == created.thread) {
            const auto count =
                std::min(created.inherited.size(), std::size(thread.slot->inherited));
            std::copy_n(created.inherited.begin(), count, thread.slot->inherited);
            thread.slot->inherited_count = static_cast<std::uint32_t>(count);
        }
}

// A job that has been terminated, or of which the last handle is closed where its limits say so.
bool execution_state::ends_its_processes(const std::string& name,
                                         const object_table::job& job) const
{
    const bool is_held = std::ranges::any_of(processes_, [&](const auto& process) {
        return !process->has_ended && objects_.find(process->id, name) != 0;
    });
    return job.is_terminated || (job.kill_on_close && !is_held);
}

void execution_state::wait_for_jobs()
{
    for (const auto& [name, job] : objects_.jobs())
        if (ends_its_processes(name, job))
            for (const auto id : job.members)
                if (auto* const member = find(id))
                    wait_until(member, "ends with its job", [&] { return member->has_ended; });
}

void execution_state::ctrl_c(process_state& process)
{
    if (process.has_ended)
        fail_schedule(process.name + " gets no Ctrl+C: it has " + position(process));
    auto& thread = process.first_thread();
    choices_.push_back({thread.letter, '^', 0});
    ++steps;
    const auto before = process.threads.size();
    thread.slot->reply = {action::ctrl_c, 0};
    thread.slot->state.store(slot_state::running, std::memory_order_release);
    ::SetEvent(thread.go.get());
    wait_until(&process, "starts the thread of its Ctrl+C handler", [&] {
        return process.threads.size() > before &&
               thread.slot->state.load(std::memory_order_acquire) == slot_state::stopped;
    });
    let_others_try(thread);
}

void execution_state::kill(process_state& process, DWORD exit_code)
{
    if (process.has_ended)
        fail_schedule(process.name + " cannot be killed: it has " + position(process));
    choices_.push_back({process.first_thread().letter, '!', exit_code});
    ++steps;
    ::TerminateProcess(process.process.get(), exit_code);
    ::WaitForSingleObject(process.process.get(), INFINITE);
    note_end(process, true);
    let_others_try(process.first_thread());
    wait_for_jobs();
}

std::wstring execution_state::object_name(std::wstring_view name) const
{
    return std::wstring(name) + board_->object_suffix;
}

call_record execution_state::describe(const event& event) const
{
    auto line = source_line(event.process->path, event.frames);
    if (line.empty()) // it goes into sentences
        line = "an unknown line";
    return {std::string(name_of(event.call)),
            event.object,
            event.arguments,
            event.result,
            event.last_error,
            event.text,
            event.more_text,
            std::move(line)};
}

std::string execution_state::position(const thread_state& thread) const
{
    if (thread.has_ended)
        return thread.process->has_ended ? position(*thread.process) : "ended";
    const auto& here = thread.here;
    if (here.call == function::crash)
        return crash_text(here);
    std::string text = here.when == phase::before  ? "before "
                       : here.when == phase::after ? "after "
                                                   : "blocked in ";
    text += name_of(here.call);
    if (!here.object.empty())
        text += " " + here.object;
    return text + comma_and_line(here);
}

std::string execution_state::position(const process_state& process) const
{
    if (!process.has_ended)
        return position(process.first_thread());
    if (process.has_crashed)
        return crash_text(*std::ranges::find(process.history, function::crash, &event::call));
    return "ended with exit code " + exit_code_text(process.exit_code);
}

std::string execution_state::where_all_stand() const
{
    std::string text;
    for (const auto& process : processes_) {
        if (process->has_ended)
            text += process->name + ": " + position(*process) + "\n";
        else
            for (const auto* thread : process->threads)
                if (!thread->has_ended)
                    text += process->name + ": " + position(*thread) + "\n";
    }
    return text;
}

// What those who have ended wrote on stderr.
std::string execution_state::last_words() const
{
    std::string text;
    for (const auto& process : processes_) {
        const auto errors = process->has_ended ? read_file(process->error_output, true) : "";
        if (!errors.empty())
            text.append("\n" + process->name + " has " + position(*process) +
                        ", and wrote on stderr: ")
                .append(errors);
    }
    return text;
}

std::string execution_state::timeline() const
{
    return format_timeline(*this, history_, processes_);
}

void execution_state::fail_schedule(const std::string& message) const
{
    throw schedule_error(message + "\n\n" + timeline());
}

} // namespace interleave
