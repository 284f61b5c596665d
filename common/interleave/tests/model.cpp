#include "interleave/model.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace interleave::model {

namespace {

using operation_type = operation::type;

struct process
{
    enum class place
    {
        not_there,
        start,
        before,
        after,
        exit,
        ended
    };
    place stands = place::not_there;
    std::size_t at = 0; // the operation before or after which it stands
    bool has_timed_out = false;
    bool has_waited = false; // in vain, since it stands here
    std::string output;

    [[nodiscard]] bool is_alive() const
    {
        return stands != place::not_there && stands != place::ended;
    }
};

using place = process::place;

struct state
{
    std::vector<object> objects;
    std::vector<std::optional<std::size_t>> owners; // of mutexes
    std::vector<process> processes;
    memory shared{};
    std::optional<std::size_t> current;
    int sleeps = 0; // by the current process, nobody else having run since
    int preemptions = 0;
    bool has_killed = false;
};

struct move
{
    std::size_t process;
    bool times_out;
    int cost;
};

class enumerator
{
public:
    enumerator(const program& of, const rules& within,
               const std::function<bool(const ending&)>& is_bad)
        : program_(of), rules_(within), is_bad_(is_bad)
    {
    }

    enumeration run()
    {
        state first;
        first.objects = program_.objects;
        first.owners.resize(first.objects.size());
        first.processes.resize(program_.processes.size());
        for (std::size_t i = 0; i < program_.running_at_first; ++i)
            first.processes[i].stands = place::start;
        go_on(first);
        return found_;
    }

private:
    void go_on(const state& here)
    {
        if (here.preemptions > rules_.preemptions)
            return;
        if (may_kill(here)) {
            auto next = here;
            next.has_killed = true;
            end(next, *rules_.killed);
            note_waits(next);
            go_on(next);
        }
        const auto moves = possible(here);
        if (moves.empty())
            note_ending(here);
        for (const auto& made : moves) {
            auto next = here;
            next.preemptions += made.cost;
            step(next, made);
            note_waits(next);
            go_on(next);
        }
    }

    [[nodiscard]] bool may_kill(const state& here) const
    {
        return rules_.killed && !here.has_killed && here.processes[*rules_.killed].is_alive();
    }

    [[nodiscard]] const operation& operation_of(const state& here, std::size_t process) const
    {
        return program_.processes[process][here.processes[process].at];
    }

    [[nodiscard]] bool stands_before_wait(const state& here, std::size_t process) const
    {
        if (here.processes[process].stands != place::before)
            return false;
        const auto is = operation_of(here, process).is;
        return is == operation_type::wait || is == operation_type::wait_for_end;
    }

    [[nodiscard]] bool is_satisfied(const state& here, const operation& wait) const
    {
        return wait.is == operation_type::wait_for_end
                   ? here.processes[wait.target].stands == place::ended
                   : here.objects[wait.target].count > 0;
    }

    [[nodiscard]] bool can_go_on(const state& here, std::size_t process) const
    {
        return here.processes[process].is_alive() &&
               (!stands_before_wait(here, process) ||
                is_satisfied(here, operation_of(here, process)));
    }

    [[nodiscard]] bool can_time_out(const state& here, std::size_t process) const
    {
        return stands_before_wait(here, process) && operation_of(here, process).is_finite &&
               (here.processes[process].has_waited || !can_go_on(here, process));
    }

    [[nodiscard]] bool stands_after_sleep(const state& here, std::size_t process) const
    {
        return here.processes[process].stands == place::after &&
               (operation_of(here, process).is == operation_type::sleep ||
                (operation_of(here, process).is == operation_type::wait &&
                 here.processes[process].has_timed_out));
    }

    // Whether others may go on while this process could.
    [[nodiscard]] bool stands_where_others_may(const state& here, std::size_t process) const
    {
        const auto& one = here.processes[process];
        if (one.stands != place::before && one.stands != place::after)
            return true;
        const auto is = operation_of(here, process).is;
        return is != operation_type::close &&
               !(is == operation_type::start && one.stands == place::before);
    }

    [[nodiscard]] std::vector<move> possible(const state& here) const
    {
        const bool could_stay = here.current && can_go_on(here, *here.current);
        const bool has_slept = could_stay && stands_after_sleep(here, *here.current);
        const bool must_stay = could_stay && !stands_where_others_may(here, *here.current);
        const int cost = could_stay && !has_slept ? 1 : 0;

        std::vector<move> moves;
        for (std::size_t i = 0; i < here.processes.size(); ++i)
            if (can_go_on(here, i) && i != here.current && !must_stay)
                moves.push_back({i, false, cost});
        const bool must_go = has_slept && here.sleeps >= 2 && !moves.empty();
        if (could_stay && !must_go)
            moves.push_back({*here.current, false, 0});
        if ((moves.empty() || rules_.time_out_at_any_moment) && !must_stay)
            for (std::size_t i = 0; i < here.processes.size(); ++i)
                if (can_time_out(here, i))
                    moves.push_back({i, true, i == here.current ? 0 : cost});
        return moves;
    }

    void step(state& next, const move& made) const
    {
        auto& one = next.processes[made.process];
        switch (one.stands) {
        case place::start:
            one.at = 0;
            run_to_next_call(next, made.process);
            break;
        case place::before:
            one.has_timed_out = made.times_out;
            if (!made.times_out)
                call(next, made.process);
            one.stands = place::after;
            break;
        case place::after:
            ++one.at;
            run_to_next_call(next, made.process);
            break;
        case place::exit:
            end(next, made.process);
            break;
        default:
            break;
        }
        one.has_waited = false;
        next.sleeps = (next.current == made.process ? next.sleeps : 0) +
                      (stands_after_sleep(next, made.process) ? 1 : 0);
        next.current = made.process;
    }

    void run_to_next_call(state& next, std::size_t process) const
    {
        auto& one = next.processes[process];
        const auto& operations = program_.processes[process];
        const surroundings around{next.shared, one.output, one.has_timed_out};
        for (; one.at < operations.size(); ++one.at) {
            const auto& here = operations[one.at];
            if (here.is == operation_type::compute) {
                here.compute(around);
            } else if (here.is != operation_type::go_back) {
                one.stands = place::before;
                return;
            } else if (here.condition(around)) {
                one.at = here.target - 1; // the loop goes to the next one
            }
        }
        one.stands = place::exit;
    }

    void call(state& next, std::size_t process) const
    {
        const auto& made = operation_of(next, process);
        switch (made.is) {
        case operation_type::set:
            next.objects[made.target].count = 1;
            break;
        case operation_type::reset:
            next.objects[made.target].count = 0;
            break;
        case operation_type::release: {
            auto& semaphore = next.objects[made.target];
            semaphore.count = std::min(semaphore.count + 1, semaphore.maximum);
            break;
        }
        case operation_type::release_mutex:
            next.objects[made.target].count = 1;
            next.owners[made.target].reset();
            break;
        case operation_type::wait: {
            auto& waited = next.objects[made.target];
            if (waited.is != object::type::manual_reset)
                --waited.count;
            if (waited.is == object::type::mutex)
                next.owners[made.target] = process;
            break;
        }
        case operation_type::start:
            next.processes[made.target].stands = place::start;
            break;
        default:
            break;
        }
    }

    static void end(state& next, std::size_t process)
    {
        next.processes[process].stands = place::ended;
        for (std::size_t i = 0; i < next.owners.size(); ++i)
            if (next.owners[i] == process) { // abandoned
                next.owners[i].reset();
                next.objects[i].count = 1;
            }
    }

    // Where a switch is free, whoever waits has been asked whether he could go on.
    void note_waits(state& next) const
    {
        if (next.current && can_go_on(next, *next.current) &&
            !stands_after_sleep(next, *next.current))
            return;
        for (std::size_t i = 0; i < next.processes.size(); ++i)
            if (stands_before_wait(next, i) && !can_go_on(next, i))
                next.processes[i].has_waited = true;
    }

    void note_ending(const state& here)
    {
        ++found_.schedules;
        ending last{{}, here.shared, std::ranges::any_of(here.processes, &process::is_alive)};
        for (const auto& one : here.processes)
            last.outputs.push_back(one.output);
        if (!last.is_deadlock && !is_bad_(last))
            return;
        auto& fewest = found_.fewest_preemptions_of_bad;
        fewest = std::min(fewest.value_or(here.preemptions), here.preemptions);
    }

    const program& program_;
    const rules& rules_;
    const std::function<bool(const ending&)>& is_bad_;
    enumeration found_;
};

operation on(operation_type is, std::size_t target)
{
    return {is, target};
}

} // namespace

object auto_reset()
{
    return {object::type::auto_reset, 0, 1};
}

object manual_reset()
{
    return {object::type::manual_reset, 0, 1};
}

object semaphore(int initial, int maximum)
{
    return {object::type::semaphore, initial, maximum};
}

object mutex()
{
    return {object::type::mutex, 1, 1};
}

operation set(std::size_t event)
{
    return on(operation_type::set, event);
}

operation reset(std::size_t event)
{
    return on(operation_type::reset, event);
}

operation release(std::size_t semaphore)
{
    return on(operation_type::release, semaphore);
}

operation release_mutex(std::size_t mutex)
{
    return on(operation_type::release_mutex, mutex);
}

operation wait(std::size_t object)
{
    return on(operation_type::wait, object);
}

operation wait_finite(std::size_t object)
{
    return {operation_type::wait, object, true};
}

operation wait_for_end(std::size_t process)
{
    return on(operation_type::wait_for_end, process);
}

operation sleep()
{
    return on(operation_type::sleep, 0);
}

operation start(std::size_t process)
{
    return on(operation_type::start, process);
}

operation close()
{
    return on(operation_type::close, 0);
}

operation compute(std::function<void(surroundings)> what)
{
    return {operation_type::compute, 0, false, std::move(what)};
}

operation write(std::size_t slot, int value)
{
    return compute([=](surroundings around) { around.shared[slot] = value; });
}

operation print(std::size_t slot)
{
    return compute(
        [=](surroundings around) { around.output += std::to_string(around.shared[slot]) + "\n"; });
}

operation go_back(std::size_t to, std::function<bool(surroundings)> condition)
{
    return {operation_type::go_back, to, false, {}, std::move(condition)};
}

enumeration enumerate(const program& program, const rules& rules,
                      const std::function<bool(const ending&)>& is_bad)
{
    return enumerator(program, rules, is_bad).run();
}

} // namespace interleave::model
