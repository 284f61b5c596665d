# What Doxygen does not check. cmake -DREADME=README.md -DHTML=folder [-DTIMELINES=file;file...]
#                                    -P check.cmake

# The README shows timelines and cannot include them: they must be the real ones.
file(READ ${README} readme)
foreach(file IN LISTS TIMELINES)
  file(READ ${file} timeline)
  string(FIND "${readme}" "${timeline}" place)
  if(place EQUAL -1)
    message(FATAL_ERROR " docs: a timeline in ${README} is not what the programs give now: ${file}")
  endif()
endforeach()

# Doxygen links a function of a lesson's own to one of the same name in common/: such a link has no
# namespace in its text. Those that have one are right.
file(GLOB pages ${HTML}/lesson*.html)
foreach(page IN LISTS pages)
  file(READ ${page} text)
  string(REGEX REPLACE "<a class=\"code hl_function\" href=\"namespacewinipc[^\"]*\">([a-z0-9_]+)</a>"
    "\\1" mended "${text}")
  if(NOT mended STREQUAL text)
    file(WRITE ${page} "${mended}")
  endif()
endforeach()

# A link to a file leads to a file.
function(check_links page expression text)
  cmake_path(GET page PARENT_PATH folder)
  string(REGEX MATCHALL "${expression}" links "${text}")
  list(REMOVE_DUPLICATES links)
  foreach(link IN LISTS links)
    string(REGEX REPLACE "${expression}" "\\1" file "${link}")
    if(NOT EXISTS ${folder}/${file})
      message(FATAL_ERROR " docs: ${page}: a link to ${file}, which is not there")
    endif()
  endforeach()
endfunction()

string(REPLACE "](" "<link " readme "${readme}") # a lone bracket would upset CMake's lists
check_links(${README} "<link ([^):#]+)[^)]*\\)" "${readme}")
file(GLOB pages ${HTML}/*.html)
foreach(page IN LISTS pages)
  file(READ ${page} text)
  check_links(${page} "href=\"([^\":#?]+)(#[^\"]*)?\"" "${text}")
endforeach()
