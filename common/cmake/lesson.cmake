# One lesson, in one call, from its folder:
#
#   lesson(04_events PROGRAMS writer reader)
#   lesson(02_handles_and_errors PROGRAMS mapping HEADERS unique_handle.h CHECK moves_test)
#   lesson(08_lost_signal PROGRAMS parent child HEADERS message.h schedule.h SCHEDULE schedule
#     NEEDS solution07)
#
# For every program there is <program>.cpp beside the call (the learner's) and a file of the same
# name in solutions/<folder>; HEADERS are further files of both. SCHEDULE is a source that belongs
# to the tests and not to the programs: where there is one, the solution has a test program of its
# own, solution_test08.
#
# The tests stand in the folder tests, in test.cpp or in the files of TESTS, sources and headers, told to
# a learner in this order. They are compiled once for both sides, and not again when a learner edits a
# header. HEADER_TESTS channel_test: tests/channel_test.cpp calls what stands in the HEADERS, as
# #include <channel.h>, in brackets since it is found on the side that is judged; it holds functions that
# the tests call, and again the solution has a test program of its own. CHECK moves_test:
# tests/moves_test.cpp is a program of the tests that uses what stands in the HEADERS, included in
# brackets as well; there is one for each side, in the folder of its programs, and the tests run it as
# they run them. NEEDS: targets that the tests run besides.
#
# EXPLORE: the first program reads lines, the second one prints them, and `learn explore` can look for an
# order in which that fails. Two further files of tests are named nowhere, and may be missing:
# timelines.cpp (see docs/CMakeLists.txt) and wrong_answers.txt (see author/wrong_answers.sh).
#
# It defines, for lesson 4:
#
#   lesson04, solution04             build the learner's programs, build the solution
#   lesson04_writer, ...             one program (in bin/lesson04/writer.exe)
#   test04                           the test program: the same one judges both
#   ground04                         what the lesson needs and a learner does not edit
#   lesson04-check                   build the learner's programs and test them, as `learn 4` does
#   lesson04-run                     run the first program
#   lesson04-diff                    the learner's files against the solution's
#
# and the CTest tests lesson04.* and solution04.*, labelled lesson or solution, and 04; besides, the
# author's checks of this lesson, labelled author. A test that takes minutes has DEEP_ in its name: it
# is labelled deep as well, and run against the solution alone.
macro(lesson)
  _winipc_lesson(${ARGV})
  if(CMAKE_SCRIPT_MODE_FILE) # which cannot carry out what a learner may have added behind the call
    return()
  endif()
endmacro()

function(_winipc_lesson folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "EXPLORE" "SCHEDULE;HEADER_TESTS;CHECK"
    "PROGRAMS;HEADERS;TESTS;NEEDS")
  if(NOT arg_PROGRAMS OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR
      "usage: lesson(<NN_topic> PROGRAMS <name>... [HEADERS <file>...] [SCHEDULE <name>] "
      "[TESTS <file>...] [HEADER_TESTS <name>] [CHECK <name>] [NEEDS <target>...] [EXPLORE])")
  endif()
  if(NOT arg_TESTS)
    set(arg_TESTS test.cpp)
  endif()
  list(TRANSFORM arg_TESTS PREPEND tests/)
  list(TRANSFORM arg_HEADER_TESTS REPLACE "(.+)" "tests/\\1.cpp")
  list(TRANSFORM arg_CHECK REPLACE "(.+)" "tests/\\1.cpp" OUTPUT_VARIABLE check_source)
  if(CMAKE_SCRIPT_MODE_FILE) # by read_lesson_call
    set(lesson_folder ${folder} PARENT_SCOPE)
    set(lesson_test_files ${arg_TESTS} ${arg_HEADER_TESTS} ${check_source} PARENT_SCOPE)
    foreach(argument IN LISTS _winipc_lesson_arguments)
      set(lesson_${argument} "${arg_${argument}}" PARENT_SCOPE)
    endforeach()
    return()
  endif()

  cmake_path(GET CMAKE_CURRENT_SOURCE_DIR FILENAME here)
  if(NOT folder STREQUAL here)
    message(FATAL_ERROR " lessons/${here}/CMakeLists.txt calls lesson(${folder} ...)")
  endif()

  string(SUBSTRING ${folder} 0 2 number)
  set(solutions ${PROJECT_SOURCE_DIR}/solutions/${folder})
  set(bin ${PROJECT_BINARY_DIR}/bin)

  _winipc_programs(lesson${number} ${CMAKE_CURRENT_SOURCE_DIR})
  _winipc_programs(solution${number} ${solutions})

  # The tests are compiled once; what a learner edits is compiled for each side. Together, since that
  # takes less time, and keeps them in order: MinGW would begin with the last file.
  add_library(test${number}_common OBJECT ${arg_TESTS})
  _winipc_test_settings(test${number}_common)
  set_target_properties(test${number}_common PROPERTIES
    UNITY_BUILD ${WINIPC_UNITY} UNITY_BUILD_BATCH_SIZE 0)
  set(lesson_test test${number})
  set(solution_test test${number})
  if(arg_SCHEDULE)
    set(solution_test solution_test${number})
    _winipc_test(${lesson_test} ${CMAKE_CURRENT_SOURCE_DIR}/${arg_SCHEDULE}.cpp)
    _winipc_test(${solution_test} ${solutions}/${arg_SCHEDULE}.cpp)
  elseif(arg_HEADER_TESTS)
    set(solution_test solution_test${number})
    foreach(test IN ITEMS ${lesson_test} ${solution_test})
      _winipc_test(${test} ${arg_HEADER_TESTS})
    endforeach()
    target_include_directories(${lesson_test} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
    target_include_directories(${solution_test} PRIVATE ${solutions})
  else()
    _winipc_test(test${number})
  endif()
  _winipc_discover(lesson ${lesson_test} "" -*DEEP_* 120)
  if(NOT lesson_test STREQUAL solution_test)
    _winipc_only_if_built(${bin}/${lesson_test}.exe)
  endif()
  _winipc_discover(solution ${solution_test} "" -*DEEP_* 120)
  _winipc_discover(solution ${solution_test} deep *DEEP_* 900)

  add_custom_target(ground${number})
  add_dependencies(ground${number} winipc_testing test${number}_common interleave_probe ${arg_NEEDS})
  if(lesson_test STREQUAL solution_test) # else a learner's file is in it
    add_dependencies(ground${number} ${lesson_test})
  endif()
  if(arg_NEEDS)
    add_dependencies(${lesson_test} ${arg_NEEDS})
    add_dependencies(${solution_test} ${arg_NEEDS})
  endif()
  add_dependencies(ground ground${number} ${solution_test} solution${number})

  add_custom_target(lesson${number}-check
    COMMAND ${CMAKE_COMMAND} -E env WINIPC_BUILD=${PROJECT_BINARY_DIR}
            ${PROJECT_SOURCE_DIR}/$<IF:$<BOOL:${CMAKE_HOST_WIN32}>,learn.cmd,learn> judge ${number}
    DEPENDS lesson${number} test${number} USES_TERMINAL VERBATIM)
  list(GET arg_PROGRAMS 0 first)
  add_custom_target(lesson${number}-run
    COMMAND ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:winipc_run>
            lesson${number}/${first}
    DEPENDS lesson${number} winipc_run USES_TERMINAL VERBATIM)
  add_custom_target(lesson${number}-diff
    COMMAND ${CMAKE_COMMAND} -DNUMBER=${number} -DROOT=${PROJECT_SOURCE_DIR}
            -P ${PROJECT_SOURCE_DIR}/common/learn/parts/diff_to_solution.cmake
    USES_TERMINAL VERBATIM)
  set_target_properties(lesson${number}-check lesson${number}-run lesson${number}-diff PROPERTIES
    FOLDER "lesson ${number}")

  # The author's checks.
  set(author ${PROJECT_SOURCE_DIR}/common/author)
  add_test(NAME author.starter${number}
    COMMAND ${CMAKE_COMMAND} "-DTEST=${CMAKE_CROSSCOMPILING_EMULATOR};$<TARGET_FILE:test${number}>"
            -DSIDE=lesson${number} -DLOG=${CMAKE_CURRENT_BINARY_DIR}/starter.txt
            -P ${author}/starter.cmake)
  add_test(NAME author.distance${number}
    COMMAND ${CMAKE_COMMAND} -DROOT=${PROJECT_SOURCE_DIR} -DNUMBER=${number}
            -DWORK=${CMAKE_CURRENT_BINARY_DIR}/distance -P ${author}/distance.cmake)
  set_tests_properties(author.starter${number} author.distance${number} PROPERTIES
    LABELS author TIMEOUT 400)
endfunction()

# read_lesson_call(<folder>): what the call in this folder says, for scripts such as the front door. Sets
# lesson_folder, its first argument, lesson_test_files, the paths of TESTS, HEADER_TESTS and CHECK from the
# folder on, and lesson_PROGRAMS, lesson_NEEDS and so on; to nothing, where there is no call.
set(_winipc_lesson_arguments PROGRAMS HEADERS SCHEDULE NEEDS EXPLORE)
macro(read_lesson_call folder)
  set(lesson_folder "")
  set(lesson_test_files "")
  foreach(argument IN LISTS _winipc_lesson_arguments)
    set(lesson_${argument} "")
  endforeach()
  include(${folder}/CMakeLists.txt)
endmacro()

# check_lesson_names(<result> <folder>...): what is wrong with these names of all lessons, in order; nothing,
# where they are NN_topic with the numbers 01, 02, ... and no gap.
function(check_lesson_names result)
  set(${result} "" PARENT_SCOPE)
  set(number 0)
  foreach(folder IN LISTS ARGN)
    math(EXPR number "${number} + 1")
    string(REGEX REPLACE "^(.)$" "0\\1" digits ${number})
    if(NOT folder MATCHES "^${digits}_[a-z0-9_]+$")
      set(${result} "lessons/${folder} should be called ${digits}_<topic>: lessons have the numbers \
01, 02, ... without a gap" PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()

# Tests of one side: _winipc_discover(<lesson or solution> <target> <further label or "">
#                                     <GoogleTest filter> <seconds>)
function(_winipc_discover side target label filter timeout)
  set(list ${side}${number}_${label}_tests)
  winipc_discover(${target} ${side}${number} ${filter} ${list}
    TIMEOUT ${timeout} ENVIRONMENT WINIPC_PROGRAMS=${side}${number})
  # gtest_discover_tests cannot pass a list of labels.
  set(labels ${label} ${side} ${number})
  set(file ${CMAKE_CURRENT_BINARY_DIR}/${side}_${label}_labels.cmake)
  file(WRITE ${file} "\
foreach(test IN LISTS ${list})
  set_tests_properties(\${test} PROPERTIES LABELS \"${labels}\")
endforeach()
")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${file})
endfunction()

# A test program: _winipc_test(<target> <source>...)
function(_winipc_test target)
  add_executable(${target} ${ARGN})
  target_link_libraries(${target} PRIVATE test${number}_common)
  _winipc_test_settings(${target})
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY $<1:${bin}>)
endfunction()

# What a test program and its parts are built with.
function(_winipc_test_settings target)
  target_link_libraries(${target} PRIVATE winipc::testing)
  target_compile_definitions(${target} PRIVATE WINIPC_LESSON="${number}")
  set_target_properties(${target} PROPERTIES FOLDER "lesson ${number}")
endfunction()

# The tests that were discovered first in this folder are there only if their program is. CTest would
# count it as a failure, and `ground` does not build what a learner edits.
function(_winipc_only_if_built program)
  get_property(files DIRECTORY PROPERTY TEST_INCLUDE_FILES)
  list(POP_FRONT files discovered)
  set(guarded ${CMAKE_CURRENT_BINARY_DIR}/only_if_built.cmake)
  file(WRITE ${guarded} "if(EXISTS \"${program}\")\n  include(\"${discovered}\")\nendif()\n")
  set_property(DIRECTORY PROPERTY TEST_INCLUDE_FILES ${guarded} ${files})
endfunction()

# The programs of one side: _winipc_programs(<lesson04 or solution04> <folder of the sources>)
function(_winipc_programs side sources)
  set(targets)
  foreach(program IN LISTS arg_PROGRAMS)
    set(target ${side}_${program})
    add_executable(${target} ${sources}/${program}.cpp)
    foreach(header IN LISTS arg_HEADERS)
      target_sources(${target} PRIVATE ${sources}/${header})
    endforeach()
    target_link_libraries(${target} PRIVATE winipc::winipc winipc::wmain interleave::probe)
    set_target_properties(${target} PROPERTIES
      OUTPUT_NAME ${program} RUNTIME_OUTPUT_DIRECTORY $<1:${bin}/${side}>
      FOLDER "lesson ${number}")
    list(APPEND targets ${target})
  endforeach()
  if(arg_CHECK)
    set(target ${arg_CHECK}_${side})
    add_executable(${target} ${CMAKE_CURRENT_SOURCE_DIR}/${check_source})
    target_include_directories(${target} PRIVATE ${sources})
    target_link_libraries(${target} PRIVATE winipc::winipc winipc::wmain interleave::probe)
    set_target_properties(${target} PROPERTIES
      OUTPUT_NAME ${arg_CHECK} RUNTIME_OUTPUT_DIRECTORY $<1:${bin}/${side}>
      FOLDER "lesson ${number}")
    list(APPEND targets ${target})
  endif()
  add_custom_target(${side} DEPENDS ${targets})
  set_target_properties(${side} PROPERTIES FOLDER "lesson ${number}")
endfunction()
