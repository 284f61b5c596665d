#include "learner_output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string_view>

int main(int argc, char** argv)
{
    ::testing::InitGoogleMock(&argc, argv);

    const char* const output = std::getenv("WINIPC_OUTPUT");
    if (output && output == std::string_view("learner")) {
        auto& listeners = ::testing::UnitTest::GetInstance()->listeners();
        delete listeners.Release(listeners.default_result_printer());
        listeners.Append(new winipc::testing::learner_output); // GoogleTest deletes it
    }
    return RUN_ALL_TESTS();
}
