# Everything that must be green.
lock()
configure()
build_ground(ground "the instrument, the tests and the solutions (the first time, some minutes)")
prepare_wine()
execute_process(COMMAND ${CMAKE_CTEST_COMMAND} --preset ${preset} WORKING_DIRECTORY ${root}
  RESULT_VARIABLE result)
clock("test")
if(NOT result EQUAL 0)
  fail("some tests have failed: see above")
endif()
