# Doxygen drops a leading :: in a code span: `::Sleep` becomes Sleep. As HTML, with the colons
# escaped, it stays. For the pages this is Doxygen's filter, which prints what Doxygen is to read:
#
#   cmake -P code_spans.cmake page.md
#
# For the hints, hints.cmake includes it and calls keep_leading_colons(<variable>).

macro(keep_leading_colons variable)
  while(${variable} MATCHES "`(([^`\n]*[^A-Za-z0-9_>`\n])?::[^`\n]*)`")
    set(span "${CMAKE_MATCH_0}")
    set(code "${CMAKE_MATCH_1}")
    string(REPLACE "\\" "\\\\" code "${code}")
    string(REPLACE "&" "&amp;" code "${code}")
    string(REPLACE "<" "&lt;" code "${code}")
    string(REPLACE ">" "&gt;" code "${code}")
    string(REPLACE "::" "\\::" code "${code}")
    string(REPLACE "${span}" "<code>${code}</code>" ${variable} "${${variable}}")
  endwhile()
endmacro()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  file(READ ${CMAKE_ARGV3} text)
  keep_leading_colons(text)
  string(MD5 name ${CMAKE_ARGV3})
  file(WRITE code_spans/${name}.md "${text}")
  execute_process(COMMAND ${CMAKE_COMMAND} -E cat code_spans/${name}.md)
endif()
