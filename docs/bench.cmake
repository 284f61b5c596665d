# Runs the benchmark, quickly, where it has left no figures yet:
#                                cmake "-DPROGRAM=[launcher;]program" -DTO=folder -P bench.cmake

if(EXISTS ${TO}/bench.md AND EXISTS ${TO}/bench.svg)
  return()
endif()
message(NOTICE "Running the benchmark, quickly, for its page")
file(MAKE_DIRECTORY ${TO})
execute_process(COMMAND ${PROGRAM} --quick --to ${TO}
  OUTPUT_FILE ${TO}/quick.txt ERROR_FILE ${TO}/quick.err TIMEOUT 300 RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  file(READ ${TO}/quick.err said)
  message(FATAL_ERROR " docs: the benchmark has failed (${result}): ${said}")
endif()
