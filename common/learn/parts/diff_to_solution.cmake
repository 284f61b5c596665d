# The learner's files of a lesson against the solution's, without the marks of the page:
#
#   cmake -DNUMBER=04 -DROOT=<the project> -P diff_to_solution.cmake
cmake_minimum_required(VERSION 3.25)

find_program(git git NO_CACHE)
if(NOT git)
  message(FATAL_ERROR "diff: git is missing")
endif()
file(GLOB folder RELATIVE ${ROOT}/solutions ${ROOT}/solutions/${NUMBER}_*)
file(GLOB files RELATIVE ${ROOT}/solutions/${folder} ${ROOT}/solutions/${folder}/*)

set(copies ${ROOT}/.learn/diff)
file(REMOVE_RECURSE ${copies})
set(different OFF)
foreach(file IN LISTS files)
  foreach(side IN ITEMS lessons solutions)
    file(READ ${ROOT}/${side}/${folder}/${file} text)
    string(REGEX REPLACE "\n[ \t]*//! \\[[^\n]*" "" text "\n${text}")
    string(REGEX REPLACE "^\n" "" text "${text}")
    file(WRITE ${copies}/${side}/${folder}/${file} "${text}")
  endforeach()
  execute_process(
    COMMAND ${git} --no-pager -c core.autocrlf=false diff --no-index --no-prefix --no-ext-diff
            lessons/${folder}/${file} solutions/${folder}/${file}
    WORKING_DIRECTORY ${copies} RESULT_VARIABLE result)
  if(result EQUAL 1)
    set(different ON)
  elseif(NOT result EQUAL 0)
    message(FATAL_ERROR "diff: git cannot compare ${file} (${result})")
  endif()
endforeach()
if(NOT different)
  execute_process(COMMAND ${CMAKE_COMMAND} -E echo "Your files and the solution's are the same.")
endif()
