// How long does a controlled execution take, and an access to memory, and an exploration? What has
// not been carried out as it should has no time: then the measurement fails, and prints nothing.
#include "interleave/execution.h"
#include "interleave/explore.h"
#include "interleave/matchers.h"
#include "testing/programs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ratio>
#include <stdexcept>
#include <vector>

using namespace interleave;
using winipc::testing::program;
using milliseconds = std::chrono::duration<double, std::milli>;

namespace {

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values.at(values.size() / 2);
}

} // namespace

TEST(Measure, AControlledExecution)
{
    std::vector<double> whole;
    std::vector<double> starts;
    std::vector<double> a_step;
    std::size_t steps = 0;
    for (int i = 0; i < 21; ++i) {
        const auto start = std::chrono::steady_clock::now();
        auto started = start;
        {
            execution run{program("left"), arguments({L"late_reset"})};
            run.start(program("right"), arguments({L"late_reset"}));
            started = std::chrono::steady_clock::now();
            starts.push_back(milliseconds(started - start).count());
            run.run_until_stuck();
            steps = run.steps();
            for (const auto* name : {"left", "right"})
                ASSERT_THAT(run.process(name), ended_with(0)) << run.timeline();
            const milliseconds stepping = std::chrono::steady_clock::now() - started;
            a_step.push_back(stepping.count() / static_cast<double>(steps));
        }
        const milliseconds all = std::chrono::steady_clock::now() - start;
        whole.push_back(all.count());
    }
    std::printf("two processes, %zu steps: %.1f ms (median of %zu)\n", steps, median(whole),
                whole.size());
    std::printf("of that, process start: %.1f ms\n", median(starts));
    std::printf("a step: %.3f ms, %.0f steps a second\n", median(a_step), 1000 / median(a_step));
}

TEST(Measure, AnAccessToMemory)
{
    const auto milliseconds_a_step = [](const wchar_t* scene) {
        execution run{program("memory"), arguments({scene})};
        auto& process = run.process("memory");
        process.run_to(after("MapViewOfFile"));
        run.memory_points();
        process.step();
        const auto before = run.steps();
        const auto start = std::chrono::steady_clock::now();
        process.run_to(interleave::before("UnmapViewOfFile"));
        const milliseconds all = std::chrono::steady_clock::now() - start;
        const auto made = run.steps() - before;
        if (made < 10)
            throw std::runtime_error("the program makes too few steps:\n" + run.timeline());
        return all.count() / static_cast<double>(made);
    };
    std::vector<double> a_call;
    std::vector<double> an_access;
    for (int i = 0; i < 11; ++i) {
        a_call.push_back(milliseconds_a_step(L"sleep_often"));
        an_access.push_back(milliseconds_a_step(L"touch_often"));
    }
    std::printf("a step to a call: %.1f us, to an access: %.1f us, beyond the call: %.1f us\n",
                1000 * median(a_call), 1000 * median(an_access),
                1000 * (median(an_access) - median(a_call)));
}

TEST(Measure, OneAndTwoExecutionsAtOnce)
{
    const auto executions_a_second = [](int at_once) {
        const auto start = std::chrono::steady_clock::now();
        const auto result = explore([](execution& run) {
                                run.start(program("left"), arguments({L"independent"}));
                                run.start(program("right"), arguments({L"independent"}));
                            })
                                .at_once(at_once)
                                .check([](const execution&) {});
        const std::chrono::duration<double> all = std::chrono::steady_clock::now() - start;
        if (!result.passed() || result.schedules() < 10)
            throw std::runtime_error("the exploration has failed:\n" + result.first_failure());
        return static_cast<double>(result.schedules()) / all.count();
    };
    std::vector<double> one;
    std::vector<double> two;
    for (int i = 0; i < 3; ++i) {
        one.push_back(executions_a_second(1));
        two.push_back(executions_a_second(2));
    }
    std::printf("executions a second: %.1f one by one, %.1f two at once: %.2f times\n", median(one),
                median(two), median(two) / median(one));
}
