# The solution of a lesson against the one before, for the lesson's page:
#   cmake "-DOLD=files" "-DNEW=files" "-DRENAMED=05/parent.cpp=writer.cpp;..." -DNUMBER=05
#         -DGIT=git -DTO=05.md -P changes.cmake
# It is folded, as it gives the solution away. Lines that only mark a \snippet are left out.

cmake_path(GET TO PARENT_PATH folder)
set(work ${CMAKE_CURRENT_BINARY_DIR}/${folder}/sources-${NUMBER})
file(REMOVE_RECURSE ${work})

# Copies a file without its marks; in `copy`: where it is now, as 05_create_process/parent.cpp.
function(copy_without_marks file)
  cmake_path(GET file FILENAME name)
  cmake_path(GET file PARENT_PATH parent)
  cmake_path(GET parent FILENAME lesson)
  file(READ ${file} text)
  string(REGEX REPLACE "\n[ \t]*//! \\[[^\n]*" "" text "\n${text}")
  string(REGEX REPLACE "^\n" "" text "${text}")
  file(WRITE ${work}/${lesson}/${name} "${text}")
  set(copy ${lesson}/${name} PARENT_SCOPE)
endfunction()

set(diff)
foreach(new IN LISTS NEW)
  cmake_path(GET new FILENAME name)
  set(old_name ${name})
  foreach(rename IN LISTS RENAMED)
    if(rename MATCHES "^${NUMBER}/${name}=(.*)")
      set(old_name ${CMAKE_MATCH_1})
    endif()
  endforeach()
  set(from /dev/null)
  foreach(old IN LISTS OLD)
    if(old MATCHES "/${old_name}$")
      copy_without_marks(${old})
      set(from ${copy})
    endif()
  endforeach()
  copy_without_marks(${new})
  execute_process(
    COMMAND ${GIT} -c core.autocrlf=false diff --no-index --no-color --no-prefix --no-ext-diff
            ${from} ${copy}
    WORKING_DIRECTORY ${work} OUTPUT_VARIABLE one RESULT_VARIABLE result)
  if(result GREATER 1)
    message(FATAL_ERROR " docs: git diff ${from} ${copy} failed")
  endif()
  string(REGEX REPLACE "^.*\n(--- )" "\\1" one "\n${one}")
  string(APPEND diff "${one}")
endforeach()

string(REPLACE "&" "&amp;" diff "\n${diff}")
string(REPLACE "<" "&lt;" diff "${diff}")
string(REPLACE ">" "&gt;" diff "${diff}")
set(line "\n<div class=\"line diff-")
string(REGEX REPLACE "\n((---|\\+\\+\\+) [^\n]*)" "${line}file\">\\1</div>" diff "${diff}")
string(REGEX REPLACE "\n(@@[^\n]*)" "${line}place\">\\1</div>" diff "${diff}")
string(REGEX REPLACE "\n(\\+[^\n]*)" "${line}added\">\\1</div>" diff "${diff}")
string(REGEX REPLACE "\n(-[^\n]*)" "${line}removed\">\\1</div>" diff "${diff}")
string(REGEX REPLACE "\n( [^\n]*)" "${line}same\">\\1</div>" diff "${diff}")
file(WRITE ${TO} "\
\\htmlonly
<details class=\"hint\"><summary>Show it: it is the solution</summary>
<div class=\"fragment diff\">${diff}</div>
</details>
\\endhtmlonly
")
