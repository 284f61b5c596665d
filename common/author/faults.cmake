# What a check has found: a line each, and at the end their number.

# A function: a macro would read the text once more, and stumble over a backslash in it.
function(fault text)
  message(NOTICE "${text}")
  set_property(GLOBAL APPEND PROPERTY faults "fault")
endfunction()

# Ends the script with an error where there were faults.
function(end_of_check)
  get_property(faults GLOBAL PROPERTY faults)
  list(LENGTH faults count)
  if(count GREATER 0)
    message(FATAL_ERROR "${count} faults")
  endif()
endfunction()
