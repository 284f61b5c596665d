# The learner's files against the solution's.
execute_process(COMMAND ${CMAKE_COMMAND} -DNUMBER=${number} -DROOT=${root}
  -P ${parts}/diff_to_solution.cmake RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  finish(1)
endif()
