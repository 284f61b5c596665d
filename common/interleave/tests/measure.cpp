// How long does a controlled execution take? Prints medians: interleave_measure [repetitions]
#include "interleave/execution.h"
#include "testing/programs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
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
    std::vector<double> a_step;
    std::size_t steps = 0;
    for (int i = 0; i < 21; ++i) {
        const auto start = std::chrono::steady_clock::now();
        auto started = start;
        {
            execution run{program("left"), arguments({L"late_reset"})};
            run.start(program("right"), arguments({L"late_reset"}));
            started = std::chrono::steady_clock::now();
            run.run_until_stuck();
            steps = run.steps();
            const milliseconds stepping = std::chrono::steady_clock::now() - started;
            a_step.push_back(stepping.count() / static_cast<double>(steps));
        }
        const milliseconds all = std::chrono::steady_clock::now() - start;
        whole.push_back(all.count());
    }
    std::printf("two processes, %zu steps: %.1f ms (median of %zu)\n", steps, median(whole),
                whole.size());
    std::printf("a step: %.3f ms, %.0f steps a second\n", median(a_step), 1000 / median(a_step));
}
