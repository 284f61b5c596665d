# GoogleTest 1.12.1, pinned and hashed. The preset linux-wine builds the system's sources instead.

include(FetchContent)
include(GoogleTest)

FetchContent_Declare(googletest
  URL https://github.com/google/googletest/archive/refs/tags/release-1.12.1.tar.gz
  URL_HASH SHA256=81964fe578e9bd7c94dfdb09c8e4d6e6759e19967e397dbea48d1c10e45d0df2
  DOWNLOAD_EXTRACT_TIMESTAMP TRUE)
set(INSTALL_GTEST OFF)
set(gtest_force_shared_crt ON CACHE BOOL "The tests use the shared C runtime" FORCE)
FetchContent_MakeAvailable(googletest)
if(MSVC) # where it treats its own warnings as errors, those of a newer compiler too
  foreach(library IN ITEMS gtest gtest_main gmock gmock_main)
    target_compile_options(${library} PRIVATE /WX-)
  endforeach()
endif()

# The tests of a program: winipc_discover(<target> <prefix> <GoogleTest filter> <variable for the list>
#                                         <property> <value>...)
#
# They are listed when CTest runs: `ground` does not build what a learner edits. Under Wine an exit code
# of 0 is not enough: GoogleTest must say that the test has passed (see the decision about it).
function(winipc_discover target prefix filter list)
  set(passed)
  if(CMAKE_CROSSCOMPILING_EMULATOR)
    set(passed PASS_REGULAR_EXPRESSION "PASSED  . 1 test")
  endif()
  gtest_discover_tests(${target}
    TEST_PREFIX ${prefix}. TEST_FILTER ${filter} TEST_LIST ${list}
    DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    PROPERTIES ${passed} ${ARGN})
endfunction()
