#include "pair_models.h"

#include "interleave/model.h"

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

using namespace interleave::model;

namespace pair_models {

namespace {

// Events have these places in a model, whether they reset themselves or not.
constexpr std::size_t request = 0;
constexpr std::size_t reply = 1;

// Slots of the shared memory.
constexpr std::size_t slot = 0;
constexpr std::size_t other = 1;

using operations = std::vector<operation>;

program auto_reset_events(operations left, operations right)
{
    return {{auto_reset(), auto_reset()}, {std::move(left), std::move(right)}};
}

program manual_reset_events(operations left, operations right)
{
    return {{manual_reset(), manual_reset()}, {std::move(left), std::move(right)}};
}

operations repeat(int times, const std::function<operations(int)>& part)
{
    operations all;
    for (int i = 0; i < times; ++i)
        for (auto& one : part(i))
            all.push_back(std::move(one));
    return all;
}

} // namespace

program independent()
{
    return auto_reset_events({set(request)}, {set(reply)});
}

program independent_twice()
{
    return auto_reset_events({set(request), set(request)}, {set(reply), set(reply)});
}

program late_reset()
{
    return manual_reset_events({set(request), reset(reply), wait(reply)},
                               {wait(request), set(reply)});
}

program reset_before_reply()
{
    return manual_reset_events({reset(reply), set(request), wait(reply)},
                               {wait(request), set(reply)});
}

program set_sleep_reset()
{
    return manual_reset_events({set(request), sleep(), reset(request)}, {wait(request)});
}

program signal_before_write()
{
    return auto_reset_events({set(request), write(slot, 42)}, {wait(request), print(slot)});
}

program no_acknowledgement()
{
    return auto_reset_events({write(slot, 1), set(request), write(slot, 2), set(request)},
                             {wait(request), print(slot), wait(request), print(slot)});
}

program abandoned_mutex()
{
    constexpr std::size_t guard = 1;
    return {{auto_reset(), mutex()},
            {{wait(guard), write(slot, 1), set(request), write(other, 1), release_mutex(guard)},
             {wait(guard), print(slot), print(other), release_mutex(guard)}}};
}

program ping_pong()
{
    return auto_reset_events(
        repeat(3, [](int i) -> operations { return {write(slot, i), set(request), wait(reply)}; }),
        repeat(3, [](int) -> operations { return {wait(request), print(slot), set(reply)}; }));
}

program semaphore_ring()
{
    constexpr std::size_t free_places = 0;
    constexpr std::size_t filled_places = 1;
    const auto place = [](int i) { return static_cast<std::size_t>(i % 2); };
    return {{semaphore(2, 2), semaphore(0, 2)},
            {repeat(4,
                    [&](int i) -> operations {
                        return {wait(free_places), write(place(i), i), release(filled_places)};
                    }),
             repeat(4, [&](int i) -> operations {
                 return {wait(filled_places), print(place(i)), release(free_places)};
             })}};
}

program timed_retry(int messages)
{
    const auto send = [](int i) -> operations {
        const int number = i + 1;
        const auto first = static_cast<std::size_t>(i) * 4 + 1; // what is repeated
        return {write(slot, number), set(request), wait_finite(reply),
                go_back(first, [=](surroundings around) {
                    return around.has_timed_out || around.shared[other] < number;
                })};
    };
    const auto take = [](surroundings around) {
        if (around.shared[slot] > around.shared[other]) {
            around.shared[other] = around.shared[slot];
            around.output += std::to_string(around.shared[other]) + "\n";
        }
    };
    return auto_reset_events(repeat(messages, send), {wait(request), compute(take), set(reply),
                                                      go_back(0, [=](surroundings around) {
                                                          return around.shared[other] < messages;
                                                      })});
}

program five_in_turn()
{
    const auto take_turn = [](int turn) {
        return compute([=](surroundings around) {
            if (around.shared[slot] == turn)
                around.shared[slot] = turn + 1;
        });
    };
    return auto_reset_events({take_turn(0), set(request), take_turn(2), set(request), take_turn(4)},
                             {take_turn(1), set(reply), take_turn(3)});
}

program sleep_twice()
{
    return auto_reset_events({sleep(), sleep(), set(request)}, {set(reply)});
}

program sleep_set_sleep()
{
    return manual_reset_events({sleep(), set(request), sleep()}, {wait(request)});
}

program pulse()
{
    return manual_reset_events({set(request), reset(request), set(request)},
                               {wait_finite(request)});
}

program with_closing_calls(program pair)
{
    for (auto& process : pair.processes)
        for (int i = 0; i < 7; ++i)
            process.push_back(close());
    return pair;
}

} // namespace pair_models
