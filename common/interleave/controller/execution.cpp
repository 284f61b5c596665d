#include "interleave/execution.h"

#include "controller/execution_state.h"
#include "shared/calls.h"
#include "shared/protocol.h"
#include "winipc/error.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace interleave {

namespace {

// A misspelt name would be looked for until the program has ended, and never be found.
void check_name(std::string_view call)
{
    const auto is_known = [](std::string_view name) {
        const auto found = function_named(name);
        return found && facts(*found).is_point();
    };
    if (is_known(call))
        return;
    const auto with_w = std::string(call) + "W";
    throw schedule_error("there is no point called " + std::string(call) +
                         (is_known(with_w) ? ": is it " + with_w + "?" : ""));
}

} // namespace

point point::nth(int n) const
{
    auto copy = *this;
    copy.count = n;
    return copy;
}

point before(std::string_view call, std::string_view object)
{
    check_name(call);
    return {std::string(call), false, std::string(object)};
}

point after(std::string_view call, std::string_view object)
{
    check_name(call);
    return {std::string(call), true, std::string(object)};
}

controlled_thread& controlled_thread::step()
{
    owner_->step(*state_);
    return *this;
}

controlled_thread& controlled_thread::run_to(const point& target)
{
    owner_->run_to(*state_, target);
    return *this;
}

controlled_thread& controlled_thread::run_until_blocked()
{
    owner_->run_until_blocked(*state_);
    return *this;
}

controlled_thread& controlled_thread::run_to_end()
{
    owner_->run_to_end(*state_);
    return *this;
}

controlled_thread& controlled_thread::time_out()
{
    owner_->time_out(*state_);
    return *this;
}

controlled_thread& controlled_thread::fail(DWORD code)
{
    owner_->fail(*state_, code);
    return *this;
}

bool controlled_thread::is_blocked() const
{
    return state_->is_blocked();
}

bool controlled_thread::has_ended() const
{
    return state_->has_ended;
}

std::string controlled_thread::position() const
{
    return owner_->position(*state_);
}

std::string controlled_thread::call() const
{
    return state_->has_ended ? "" : std::string(name_of(state_->here.call));
}

controlled_process::controlled_process(execution_state& owner, process_state& state)
    : owner_(owner), state_(state)
{
}

controlled_process& controlled_process::step()
{
    owner_.step(state_.first_thread());
    return *this;
}

controlled_process& controlled_process::run_to(const point& target)
{
    owner_.run_to(state_.first_thread(), target);
    return *this;
}

controlled_process& controlled_process::run_until_blocked()
{
    owner_.run_until_blocked(state_.first_thread());
    return *this;
}

controlled_process& controlled_process::run_to_end()
{
    owner_.run_to_end(state_.first_thread());
    return *this;
}

controlled_process& controlled_process::time_out()
{
    owner_.time_out(state_.first_thread());
    return *this;
}

controlled_process& controlled_process::fail(DWORD code)
{
    owner_.fail(state_.first_thread(), code);
    return *this;
}

void controlled_process::kill(DWORD exit_code)
{
    owner_.kill(state_, exit_code);
}

void controlled_process::ctrl_c()
{
    owner_.ctrl_c(state_);
}

winipc::unique_handle controlled_process::duplicate(std::string_view object) const
{
    const auto value = owner_.objects().find(state_.id, object);
    if (value == 0)
        owner_.fail_schedule(state_.name + " has no handle to " + std::string(object));
    const winipc::unique_handle process{::OpenProcess(PROCESS_DUP_HANDLE, FALSE, state_.id)};
    if (!process)
        winipc::throw_last_error("OpenProcess");
    HANDLE duplicate = nullptr;
    winipc::check(::DuplicateHandle(process.get(), reinterpret_cast<HANDLE>(value),
                                    ::GetCurrentProcess(), &duplicate, 0, FALSE,
                                    DUPLICATE_SAME_ACCESS),
                  "DuplicateHandle");
    return winipc::unique_handle{duplicate};
}

const std::string& controlled_process::name() const
{
    return state_.name;
}

DWORD controlled_process::id() const
{
    return state_.id;
}

bool controlled_process::is_blocked() const
{
    return !state_.has_ended && state_.first_thread().is_blocked();
}

bool controlled_process::has_ended() const
{
    return state_.has_ended;
}

DWORD controlled_process::exit_code() const
{
    if (!state_.has_ended)
        owner_.fail_schedule(state_.name + " has not ended: it is " + position());
    return state_.exit_code;
}

std::string controlled_process::position() const
{
    return owner_.position(state_);
}

std::string controlled_process::call() const
{
    return state_.has_ended ? "" : std::string(name_of(state_.first_thread().here.call));
}

DWORD controlled_process::last_error() const
{
    return state_.first_thread().here.last_error;
}

std::string controlled_process::output() const
{
    return read_file(state_.output, true);
}

std::string controlled_process::error_output() const
{
    return read_file(state_.error_output, true);
}

std::string controlled_process::output_bytes() const
{
    return read_file(state_.output, false);
}

std::vector<open_handle> controlled_process::open_handles() const
{
    std::vector<open_handle> handles;
    for (const auto& entry : owner_.objects().open_handles(state_.id)) {
        if (entry.opened_at == object_table::inherited) {
            handles.push_back({entry.object, "inherited"});
            continue;
        }
        const auto opened_by = owner_.describe(*state_.completed(entry.opened_at));
        handles.push_back({entry.object, opened_by.function + " " + opened_by.line});
    }
    return handles;
}

std::vector<call_record> controlled_process::open_views() const
{
    std::vector<call_record> views;
    for (const auto& entry : owner_.objects().open_views(state_.id))
        views.push_back(owner_.describe(*state_.completed(entry.opened_at)));
    return views;
}

std::vector<call_record> controlled_process::calls(std::string_view function) const
{
    if (!function.empty())
        check_name(function);
    std::vector<call_record> found;
    for (const auto& event : state_.history)
        if (event.is_completed_call() && (function.empty() || name_of(event.call) == function))
            found.push_back(owner_.describe(event));
    return found;
}

std::optional<call_record> controlled_process::crash() const
{
    const auto found = std::ranges::find(state_.history, function::crash, &event::call);
    if (found == state_.history.end())
        return std::nullopt;
    return owner_.describe(*found);
}

controlled_process& controlled_process::memory_points(std::string_view section, std::size_t begin,
                                                      std::size_t end)
{
    state_.memory = {true, std::string(section), begin, end};
    return *this;
}

controlled_process& controlled_process::no_memory_points()
{
    state_.memory = {};
    return *this;
}

std::size_t controlled_process::thread_count() const
{
    return state_.threads.size();
}

controlled_thread controlled_process::thread(std::size_t index)
{
    if (index >= state_.threads.size())
        owner_.fail_schedule(state_.name + " has no thread " + std::to_string(index) +
                             " (yet): it has " + std::to_string(state_.threads.size()));
    return {owner_, *state_.threads[index]};
}

execution::execution() : state_(std::make_unique<execution_state>()) {}

execution::~execution() = default;

controlled_process& execution::start_program(const std::filesystem::path& program,
                                             const start_options& options)
{
    return state_->start(program, options);
}

controlled_process& execution::process(std::string_view name, int nth) const
{
    if (auto* found = state_->find(name, nth))
        return *found->facade;
    state_->fail_schedule("there is no process " + std::string(name) +
                          (nth > 1 ? " #" + std::to_string(nth) : "") +
                          " (yet): nobody has started it" + state_->last_words());
}

bool execution::has_process(std::string_view name, int nth) const
{
    return state_->find(name, nth) != nullptr;
}

void execution::run_to_end()
{
    state_->run_until_stuck();
    if (state_->is_stuck())
        state_->fail_schedule("deadlock: nobody can go on");
}

void execution::run_until_stuck()
{
    state_->run_until_stuck();
}

bool execution::deadlocked() const
{
    return state_->is_stuck();
}

std::wstring execution::object_name(std::wstring_view name) const
{
    return state_->object_name(name);
}

void execution::alias(std::string_view object, std::string_view name)
{
    state_->alias(std::string(object), std::string(name));
}

void execution::memory_points(std::string_view section, std::size_t begin, std::size_t end)
{
    state_->memory_points({true, std::string(section), begin, end});
}

void execution::no_memory_points()
{
    state_->memory_points({});
}

std::string execution::timeline() const
{
    return state_->timeline();
}

std::string execution::schedule() const
{
    return state_->schedule();
}

void execution::replay(std::string_view schedule)
{
    state_->replay(schedule);
}

std::size_t execution::steps() const
{
    return state_->steps;
}

void execution::watchdog(std::chrono::milliseconds limit)
{
    state_->watchdog = limit;
}

void execution::processor_limit(std::chrono::milliseconds limit)
{
    state_->processor_limit = limit;
}

void execution::step_limit(std::size_t steps)
{
    state_->step_limit = steps;
}

} // namespace interleave
