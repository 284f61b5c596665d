// A lesson's tests, which go as the environment variable WINIPC_SCENE says.
#include "testing/slow_tests.h"

#include <windows.h>

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace {

const winipc::testing::slow_tests slow{"Scene.TheSlowOneComesLast"};

std::string scene()
{
    const char* const name = std::getenv("WINIPC_SCENE");
    return name ? name : "";
}

} // namespace

TEST(Scene, TheFirstOnePasses) {}

TEST(Scene, TheSlowOneComesLast) {}

TEST(Scene, TheSecondOneIsAsTheSceneSays)
{
    EXPECT_NE(scene(), "fails") << "as the scene says";
    if (scene() == "ends early")
        std::exit(0);
    if (scene() == "crashes")
        ::RaiseException(0xC0000005, EXCEPTION_NONCONTINUABLE, 0, nullptr);
}

TEST(Scene, TheThirdOnePasses) {}

TEST(Scene, DEEP_TheDeepOneIsNotForALearner)
{
    FAIL();
}
