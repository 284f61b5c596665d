# A starter compiles and fails its tests, by what they expect and not by a crash or a hang:
#
#   cmake -DTEST=<emulator and test program> -DSIDE=lesson04 -DLOG=<file> -P starter.cmake
cmake_minimum_required(VERSION 3.25)

set(ENV{WINIPC_PROGRAMS} ${SIDE})
execute_process(COMMAND ${TEST} --gtest_filter=-*DEEP_* OUTPUT_FILE ${LOG} ERROR_FILE ${LOG}
  RESULT_VARIABLE result TIMEOUT 300)
if(NOT result EQUAL 1)
  message(FATAL_ERROR "the tests of ${SIDE} ended with ${result}, see ${LOG}")
endif()

file(READ ${LOG} output)
foreach(word IN ITEMS "0xC0" "an uncontrolled" "spinning" "never reported" "SEH exception")
  string(FIND "${output}" "${word}" at)
  if(NOT at EQUAL -1)
    message(FATAL_ERROR "a starter should fail by what is missing, not by '${word}': see ${LOG}")
  endif()
endforeach()

string(REGEX MATCHALL "\\[       OK \\] [^ ]*" passed "${output}")
string(REGEX MATCHALL "\\[ RUN      \\] [^\n]*" all "${output}")
list(LENGTH passed passed_count)
list(LENGTH all count)
math(EXPR failed "${count} - ${passed_count}")
message(NOTICE "${SIDE}: ${failed} of ${count} tests fail")
math(EXPR half "${count} / 2")
if(failed LESS half)
  message(FATAL_ERROR "too few: the tests do not see what is missing. They pass: ${passed}")
endif()
