/// \file
/// What becomes of a test's result on its way to a learner.
#pragma once

#include "winipc/unique_handle.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>

namespace winipc::testing {

/// A test's name as a sentence: TheViewIsMapped becomes "The view is mapped".
std::string sentence(const std::string& test_name);

/// Writes a report of every test that has ended into a file of its name, and then sets an event.
/// Its first line is "ok" or "NO" and the milliseconds; what follows explains the first thing that
/// was not as expected.
class learner_output : public ::testing::EmptyTestEventListener
{
public:
    /// @param reports the folder
    learner_output(std::filesystem::path reports, unique_handle reported);

    void OnTestStart(const ::testing::TestInfo& test) override;
    void OnTestPartResult(const ::testing::TestPartResult& part) override;
    void OnTestEnd(const ::testing::TestInfo& test) override;

private:
    std::filesystem::path reports_;
    unique_handle reported_;
    std::chrono::steady_clock::time_point start_;
    std::string failure_;
    int failed_parts_ = 0;
};

} // namespace winipc::testing
