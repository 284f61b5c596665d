#include "interleave/message_boxes.h"
#include "learner_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string_view>

int main(int argc, char** argv)
try {
    interleave::no_message_boxes();
    ::testing::InitGoogleMock(&argc, argv);

    if (winipc::testing::is_worker())
        return winipc::testing::run_as_worker();
    const char* const output = std::getenv("WINIPC_OUTPUT");
    if (output && output == std::string_view("learner"))
        return winipc::testing::run_for_learner();
    return RUN_ALL_TESTS();
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 2;
}
