# The front door, behind learn and learn.cmd:
#
#   cmake -D EXIT_FILE=<file> -P common/learn/learn.cmake -- [arguments of learn]
#
# The exit code goes into EXIT_FILE, since CMake before 3.29 has no way to choose its own.
#
# A command is a row in commands.cmake and a file in commands/; what the files share is in parts/.
cmake_minimum_required(VERSION 3.25)

cmake_path(SET root NORMALIZE "${CMAKE_CURRENT_LIST_DIR}/../..")
string(REGEX REPLACE "/$" "" root "${root}")

# CMake, Ninja, the shells and Windows each give a meaning to some. First of all: no other file is found.
if("${root}" MATCHES "[]\"$;#|<>[`*?\\\n]")
  message(NOTICE "learn: the path of this folder holds a character that the tools do not take: "
    "${CMAKE_MATCH_0} (move it)")
  file(WRITE ${EXIT_FILE} "1\n")
  return()
endif()

set(state ${root}/.learn) # what is solved, hints given, logs, backups
set(learn ./learn)
if(CMAKE_HOST_WIN32)
  set(preset windows-msvc)
else()
  set(preset linux-wine)
endif()
set(build ${root}/build/${preset})
if(DEFINED ENV{WINIPC_BUILD}) # a target lessonNN-check, in a build folder of any name
  set(build $ENV{WINIPC_BUILD})
endif()
set(emulator)
if(NOT CMAKE_HOST_WIN32)
  set(emulator ${root}/common/cmake/wine ${build}/wine-prefix)
endif()

set(commands ${root}/common/learn/commands)
set(parts ${root}/common/learn/parts)
foreach(part IN ITEMS words say environment lessons build)
  include(${parts}/${part}.cmake)
endforeach()
include(${commands}.cmake)

set(arguments)
math(EXPR last "${CMAKE_ARGC} - 1")
set(own OFF)
set(first_passed) # the index of the first argument of the learner's program, behind a second --
foreach(index RANGE ${last})
  if(own AND CMAKE_ARGV${index} STREQUAL "--")
    math(EXPR first_passed "${index} + 1")
    break()
  elseif(own) # no argument of ours holds what CMake reads as more than a character
    string(REPLACE "\\" "/" argument "${CMAKE_ARGV${index}}")
    string(REGEX REPLACE "[;$@]" "?" argument "${argument}")
    list(APPEND arguments "${argument}")
  elseif(CMAKE_ARGV${index} STREQUAL "--")
    set(own ON)
  endif()
endforeach()

list(LENGTH arguments argument_count)
set(verb "")
set(rest ${arguments})
if(argument_count GREATER 0)
  list(POP_FRONT rest verb)
endif()
if(verb MATCHES "^[0-9]")
  set(verb check)
  set(rest ${arguments})
elseif(verb MATCHES "^(-h|--help)$")
  set(verb help)
endif()
list(LENGTH rest count)
if(first_passed AND NOT verb STREQUAL "run")
  fail("only '${learn} run' passes arguments to a program, behind --")
endif()
if(first_passed GREATER last)
  set(first_passed) # -- and nothing behind it
endif()

clock()
if(NOT DEFINED "takes_${verb}")
  fail("there is no command '${verb}': ${learn} help lists them")
endif()
set(takes ${takes_${verb}})
if(takes STREQUAL "NOTHING" AND count GREATER 0)
  fail("'${verb}' takes no argument: ${learn} help shows how each command is used")
elseif(takes MATCHES "^(LESSON|MORE)$")
  if(count EQUAL 0)
    fail("which lesson? For instance: ${learn} ${verb} 1")
  elseif(count GREATER 1 AND takes STREQUAL "LESSON")
    fail("one lesson at a time: ${learn} help shows how each command is used")
  endif()
endif()
set(file ${file_${verb}})
if(NOT EXISTS ${commands}/${file})
  fail("common/learn/commands/${file} is missing: git checkout common puts it back")
endif()
if(takes MATCHES "^(LESSON|MORE)$")
  list(POP_FRONT rest named)
  choose_lesson("${named}")
endif()

set(finished OFF)
include(${commands}/${file})
if(NOT finished)
  finish(0)
endif()
