#include "controller/bookkeeping.h"
#include "controller/participants.h"
#include "controller/source_lines.h"
#include "controller/text.h"
#include "controller/wording.h"
#include "interleave/execution.h"
#include "interleave/record.h"
#include "shared/calls.h"
#include "shared/protocol.h"

#include <windows.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

// What the bookkeeping can be asked: facts, copied out of it, and words made from them.

namespace interleave {
namespace {

outcome outcome_of_wait(const call_facts& call, DWORD result)
{
    if (result == WAIT_FAILED)
        return outcome::failed;
    if (result == WAIT_TIMEOUT)
        return outcome::timed_out;
    if (result >= WAIT_ABANDONED_0 && result < WAIT_ABANDONED_0 + MAXIMUM_WAIT_OBJECTS)
        return outcome::abandoned;
    return call.waits == waiting::for_several ? outcome::object_signalled : outcome::signalled;
}

outcome outcome_of(const event& happened)
{
    if (!happened.is_completed_call())
        return outcome::none;
    const auto& call = facts(happened.call);
    if (call.waits_for_object())
        return outcome_of_wait(call, static_cast<DWORD>(happened.result));
    if (sleeps(happened.call))
        return outcome::slept;
    if (call.has_failed(happened.result))
        return outcome::failed;
    return call.does == effect::creates_object && happened.last_error == ERROR_ALREADY_EXISTS
               ? outcome::exists_already
               : outcome::succeeded;
}

exception_record exception_of(const event& crash)
{
    const auto code = crash.arguments.at(0);
    if (code != protocol::uncaught_exception)
        return {exception_kind::of_the_system, code};
    return {crash.arguments.at(1) ? exception_kind::uncaught : exception_kind::terminate, code};
}

// Who holds which mutex, as the calls tell, in their order.
class mutex_holders
{
public:
    explicit mutex_holders(const std::vector<object_record>& objects) : objects_(objects) {}

    void follow(const step_record& step)
    {
        const auto& point = step.point;
        switch (point.came_of_it) {
        case outcome::signalled:
        case outcome::object_signalled:
        case outcome::abandoned:
            take_those_of_wait(step);
            break;
        case outcome::succeeded:
            if (point.call == name_of(function::ReleaseMutex))
                release(point.objects.front());
            else if (point.call == name_of(function::CreateMutexW) && point.arguments.at(1).value)
                take(point.objects.front(), step.thread);
            break;
        default:
            break;
        }
        if (step.what == happening::thread_ended)
            std::erase_if(held_, [&](const auto& one) { return one.second.by == step.thread; });
    }

    [[nodiscard]] std::string of(const point_record& point) const
    {
        std::string letters;
        if (point.when == phase::blocked)
            for (const auto& meant : point.objects)
                if (const auto found = held_.find(meant.object);
                    meant.what == reference::object && found != held_.end())
                    letters += found->second.by;
        return letters;
    }

    void forget_those_of(const std::string& threads)
    {
        std::erase_if(held_, [&](const auto& one) {
            return threads.find(one.second.by) != std::string::npos;
        });
    }

private:
    struct holder
    {
        char by;
        int times; // it must be released as often
    };

    void take(object_reference meant, char thread)
    {
        if (meant.what != reference::object || objects_[meant.object].type != "mutex")
            return;
        auto& place = held_[meant.object];
        place = {thread, place.by == thread ? place.times + 1 : 1};
    }

    void take_those_of_wait(const step_record& step)
    {
        const auto& point = step.point;
        const bool waits_for_all =
            point.call == name_of(function::WaitForMultipleObjects) && point.arguments.at(2).value;
        for (std::size_t i = 0; i < point.objects.size(); ++i)
            if (waits_for_all || i == point.index)
                take(point.objects[i], step.thread);
    }

    void release(object_reference meant)
    {
        const auto found = held_.find(meant.object);
        if (meant.what == reference::object && found != held_.end() && --found->second.times == 0)
            held_.erase(found);
    }

    const std::vector<object_record>& objects_;
    std::map<std::size_t, holder> held_;
};

std::string letters_of(const process_state& process)
{
    std::string letters;
    for (const auto* thread : process.threads)
        letters += thread->letter;
    return letters;
}

} // namespace

const event* process_state::crash() const
{
    const auto found = std::ranges::find(history, function::crash, &event::call);
    return found == history.end() ? nullptr : &*found;
}

namespace {

void add_line(point_record& point, const event& happened)
{
    const auto source = find_source(happened.process->path, happened.frames);
    point.file = source.file;
    point.line = source.line;
}

point_record without_line(const event& happened)
{
    const auto& call = facts(happened.call);
    point_record point;
    point.call = call.name;
    point.when = happened.when;
    point.stack_depth = static_cast<std::uint32_t>(happened.frames.size());
    point.objects = happened.objects;
    point.does = call.does;
    for (std::size_t i = 0; i < happened.arguments.size(); ++i)
        point.arguments.push_back({std::string(call.arguments.at(i)), happened.arguments[i]});
    point.result = happened.result;
    point.last_error = happened.last_error;
    point.came_of_it = outcome_of(happened);
    if (point.came_of_it == outcome::object_signalled)
        point.index = static_cast<std::size_t>(happened.result);
    if (point.came_of_it == outcome::abandoned)
        point.index = static_cast<std::size_t>(happened.result - WAIT_ABANDONED_0);
    if (call.waits != waiting::no)
        point.limit = happened.arguments.at(call.limit);
    if (is_memory_access(happened.call))
        point.access = {happened.call == function::memory_write, happened.offset()};
    if (happened.call == function::crash)
        point.exception = exception_of(happened);
    point.text = narrow(happened.text);
    point.more_text = narrow(happened.more_text);
    return point;
}

} // namespace

point_record bookkeeping::describe(const event& happened) const
{
    auto point = without_line(happened);
    add_line(point, happened);
    return point;
}

execution_record bookkeeping::outline() const
{
    execution_record all;
    all.objects = objects_.all();
    all.choices = choices_;
    for (const auto& process : processes_) {
        auto& told = all.processes.emplace_back();
        told.name = process->name;
        told.path = narrow(process->path.native());
        told.command_line = narrow(process->command_line);
        if (process->started_by)
            told.started_by = process->started_by->index;
        told.end = process->ending();
        told.exit_code = process->exit_code;
    }

    mutex_holders holders(all.objects);
    for (const auto& happened : history_) {
        auto& step = all.steps.emplace_back();
        step.step = happened.step;
        step.what = happened.what;
        step.process = happened.process->index;
        step.thread = happened.thread;
        step.point = without_line(happened);
        step.point.held_by = holders.of(step.point);
        step.end = happened.end;
        step.is_injected = happened.is_injected;
        step.preempts = happened.preempts;
        holders.follow(step);
        if (step.what == happening::process_ended)
            holders.forget_those_of(letters_of(*happened.process));
    }
    for (const auto& thread : threads_) {
        auto& told = all.threads.emplace_back();
        told.letter = thread.letter;
        told.process = thread.process->index;
        told.has_ended = thread.has_ended;
        told.stands = without_line(thread.here);
        told.stands.held_by = holders.of(told.stands);
    }
    return all;
}

execution_record bookkeeping::record() const
{
    auto all = outline();
    for (std::size_t i = 0; i < processes_.size(); ++i) {
        all.processes[i].output = read_file(processes_[i]->output, true);
        all.processes[i].error_output = read_file(processes_[i]->error_output, true);
    }
    for (std::size_t i = 0; i < history_.size(); ++i)
        add_line(all.steps[i].point, history_[i]);
    for (std::size_t i = 0; i < threads_.size(); ++i)
        add_line(all.threads[i].stands, threads_[i].here);
    return all;
}

std::string bookkeeping::position(const thread_state& thread) const
{
    if (thread.has_ended)
        return thread.process->has_ended ? position(*thread.process) : "ended";
    return position_words(objects_.all(), describe(thread.here));
}

std::string bookkeeping::position(const process_state& process) const
{
    if (!process.has_ended)
        return position(process.first_thread());
    const auto* crash = process.crash();
    if (!crash)
        return end_words(process.exit_code, nullptr);
    const auto point = describe(*crash);
    return end_words(process.exit_code, &point);
}

std::string bookkeeping::last_words() const
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

void bookkeeping::fail(const std::string& message) const
{
    throw schedule_error(message + "\n\n" + format_timeline(record()));
}

} // namespace interleave
