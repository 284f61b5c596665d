/// \file
/// What a learner sees of a test run: a sentence a test, and the first failure explained.
#pragma once

#include <gtest/gtest.h>

#include <string>

namespace winipc::testing {

/// A test's name as a sentence: TheViewIsMapped becomes "The view is mapped".
std::string sentence(const std::string& test_name);

/// Prints a line for every test that has passed and, of a test that has not, the first thing that
/// was not as expected. Written for --gtest_fail_fast.
class learner_output : public ::testing::EmptyTestEventListener
{
public:
    void OnTestPartResult(const ::testing::TestPartResult& part) override;
    void OnTestEnd(const ::testing::TestInfo& test) override;
    void OnTestProgramEnd(const ::testing::UnitTest& tests) override;

private:
    std::string failure_;
    int failed_parts_ = 0;
};

} // namespace winipc::testing
