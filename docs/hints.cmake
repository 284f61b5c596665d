# Folds the three hints of a lesson for its page: cmake -DFROM=hints.md -DTO=NN.md -P hints.cmake

file(READ ${FROM} text)
string(FIND "${text}" "## Hint 1" first)
if(first EQUAL -1)
  message(FATAL_ERROR " docs: ${FROM} has no heading \"## Hint 1\"")
endif()
string(SUBSTRING "${text}" ${first} -1 text)
include(${CMAKE_CURRENT_LIST_DIR}/code_spans.cmake)
keep_leading_colons(text)

# Doxygen 1.9.4 closes a <details> of its own at the first paragraph, so it does not see the tags.
string(REGEX REPLACE "(^|\n)## (Hint [0-9]+)[^\n]*\n"
  "\n\\\\htmlonly\n</details><details class=\"hint\"><summary>\\2</summary>\n\\\\endhtmlonly\n\n"
  text "${text}")
string(REGEX REPLACE "^(\n[^\n]*\n)</details>" "\\1" text "${text}") # nothing is open before the first
file(WRITE ${TO} "${text}\n\\htmlonly\n</details>\n\\endhtmlonly\n")
