# Visual Studio's generator has several configurations in one build folder. So has Ninja Multi-Config, which
# runs here: are the programs where the front door and the tests look for them? Configured, not built.
#
#   cmake -DROOT=<the project> -DWORK=<folder> -P multi_config.cmake
cmake_minimum_required(VERSION 3.25)

include(${CMAKE_CURRENT_LIST_DIR}/faults.cmake)

execute_process(
  COMMAND ${CMAKE_COMMAND} -G "Ninja Multi-Config" -S ${ROOT} -B ${WORK}
    --toolchain ${ROOT}/common/cmake/toolchain-mingw.cmake
    -D FETCHCONTENT_SOURCE_DIR_GOOGLETEST=/usr/src/googletest
  OUTPUT_FILE ${WORK}.log ERROR_FILE ${WORK}.log RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "it cannot be configured: see ${WORK}.log")
endif()

# programs(<result> <configuration>): their paths from the build folder on.
function(programs result configuration)
  file(STRINGS ${WORK}/CMakeFiles/impl-${configuration}.ninja lines REGEX "^build bin/[^ :]*[.]exe")
  list(TRANSFORM lines REPLACE "^build ([^ :]*[.]exe).*" "\\1")
  list(REMOVE_DUPLICATES lines)
  set(${result} ${lines} PARENT_SCOPE)
endfunction()

programs(debug Debug)
foreach(wanted IN ITEMS
    bench.exe explore.exe faults.exe run.exe test01.exe solution_test08.exe test_interleave.exe
    interleave/left.exe lesson01/mapping.exe solution14/child.exe testing/on_console.exe)
  if(NOT bin/${wanted} IN_LIST debug)
    fault("Debug: there is no bin/${wanted}")
  endif()
endforeach()
foreach(program IN LISTS debug)
  if(program MATCHES "/Debug/")
    fault("Debug: nobody looks for ${program}")
  endif()
endforeach()

# Release writes where Debug does, but for the benchmark: figures come from Release alone.
programs(release Release)
list(TRANSFORM debug REPLACE "^bin/((test_)?bench(_peer)?[.]exe)$" "bin/release/\\1")
list(SORT debug)
list(SORT release)
if(NOT debug STREQUAL release)
  fault("Release: the programs are\n${release}\nand not\n${debug}")
endif()

# Tests that are there only if a program is: CTest looks for it when it runs.
foreach(lesson IN ITEMS 08 14)
  file(GLOB guards ${WORK}/lessons/${lesson}_*/only_if_built.cmake)
  file(READ "${guards}" text)
  string(FIND "${text}" "EXISTS \"${WORK}/bin/test${lesson}.exe\"" at)
  if(at EQUAL -1)
    fault("lesson ${lesson}'s tests wait for another program: ${text}")
  endif()
endforeach()

end_of_check()
