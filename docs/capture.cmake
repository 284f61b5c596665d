# Writes to a file what a program prints: cmake "-DPROGRAM=[launcher;]program" -DTO=x.txt
#                                                -P capture.cmake
# The output goes to a file, not into a pipe: Wine's services would keep a pipe open.

cmake_path(GET TO PARENT_PATH folder)
file(MAKE_DIRECTORY ${folder})
file(WRITE ${TO}.empty "")
execute_process(COMMAND ${PROGRAM} INPUT_FILE ${TO}.empty
  OUTPUT_FILE ${TO}.raw ERROR_FILE ${TO}.err TIMEOUT 60 RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  list(POP_BACK PROGRAM program)
  file(READ ${TO}.err said)
  message(FATAL_ERROR " docs: ${program} failed (${result}): ${said}")
endif()
file(READ ${TO}.raw text)
string(REPLACE "\r\n" "\n" text "${text}")
file(WRITE ${TO} "${text}")
