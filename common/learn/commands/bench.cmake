# bench [quick]: the tables, here and for the pages
set(options)
if("${rest}" STREQUAL "quick")
  set(options --quick)
elseif(NOT "${rest}" STREQUAL "")
  fail("'bench' takes no argument but quick: ${learn} help shows how each command is used")
endif()
lock()
configure(again) # Boost may have been installed since
say("Building the benchmark")
set(bench ${build}/bin/bench.exe)
if(CMAKE_HOST_WIN32) # there Debug is not built for speed
  set(configuration --config Release)
  set(bench ${build}/bin/release/bench.exe)
endif()
build(bench)
prepare_wine()
execute_process(
  COMMAND ${CMAKE_COMMAND} -E make_directory ${build}/bench
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${emulator} ${bench} --to ${build}/bench ${options}
  RESULT_VARIABLE result TIMEOUT 1200)
clock("bench")
if(result MATCHES "timeout")
  fail("the benchmark has not ended within 20 minutes: it has been stopped")
elseif(NOT result EQUAL 0)
  fail("the benchmark has failed: see above")
endif()
say("\nWith a plot on the page of the benchmark: ${learn} docs")
