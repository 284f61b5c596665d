# What the user is told, and how a command ends.

function(complain text)
  as_typed(text)
  message(NOTICE "learn: ${text}")
endfunction()

function(say text) # a macro would read the text's backslashes once more
  as_typed(text)
  string(LENGTH "${text}" length)
  if(length LESS 8000)
    execute_process(COMMAND ${CMAKE_COMMAND} -E echo "${text}")
  else() # too long for an argument, perhaps
    file(WRITE ${state}/said "${text}\n")
    execute_process(COMMAND ${CMAKE_COMMAND} -E cat ${state}/said)
  endif()
endfunction()

# finish and fail end the file that calls them, or whose macro does: a command's file is the last one that
# is included. So what calls fail is a macro and no function.
macro(finish code)
  file(WRITE ${EXIT_FILE} "${code}\n")
  set(finished ON)
  return()
endmacro()

macro(fail text)
  complain("${text}")
  finish(1)
endmacro()

# With WINIPC_TIMES in the environment: how long each part has taken.
macro(clock)
  string(TIMESTAMP clock_now "%s%f")
  if(DEFINED ENV{WINIPC_TIMES} AND NOT "${ARGN}" STREQUAL "")
    math(EXPR clock_milliseconds "(${clock_now} - ${clock_before}) / 1000")
    message(NOTICE "${ARGN}: ${clock_milliseconds} ms")
  endif()
  set(clock_before ${clock_now})
endmacro()
