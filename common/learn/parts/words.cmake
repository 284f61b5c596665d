# What the front door says on Windows in other words than on Linux. It wants `root`, the project.

# Commands as they are typed here: .\learn, which both shells of Windows take, and double quotes, which
# cmd removes. Not before it is shown: a macro would read the backslash of its argument once more.
function(as_typed variable)
  if(CMAKE_HOST_WIN32)
    string(REGEX REPLACE "(^|[^a-z])[.]/learn" "\\1.\\\\learn" text "${${variable}}")
    string(REPLACE "'STRING'" "\"STRING\"" text "${text}")
    set(${variable} "${text}" PARENT_SCOPE)
  endif()
endfunction()

# What a compiler says, with paths from this folder on, and without MSBuild's name of the project.
function(shorten variable)
  string(REPLACE "/" "\\" with_backslashes "${root}/")
  string(REPLACE "${root}/" "" text "${${variable}}")
  string(REPLACE "${with_backslashes}" "" text "${text}")
  string(REGEX REPLACE " \\[[^][\n]*vcxproj\\]" "" text "${text}")
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()
