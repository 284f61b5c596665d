# Folds the three hints of a lesson for its page: cmake -DFROM=hints.md -DTO=NN.md -P hints.cmake

file(READ ${FROM} text)
string(FIND "${text}" "## Hint 1" first)
if(first EQUAL -1)
  message(FATAL_ERROR "docs: ${FROM} has no heading \"## Hint 1\"")
endif()
string(SUBSTRING "${text}" ${first} -1 text)

# Doxygen 1.9.4 closes its own <details> at the first paragraph, so the tags go round it.
set(open "\\htmlonly[block]\n<details class=\"hint\"><summary>")
set(close "\\htmlonly[block]\n</details>\n\\endhtmlonly\n")
string(REGEX REPLACE "(^|\n)## (Hint [0-9]+)[^\n]*\n"
  "\n${close}\n${open}\\2</summary>\n\\\\endhtmlonly\n\n" text "${text}")
string(FIND "${text}" "${open}" first)
string(SUBSTRING "${text}" ${first} -1 text)
file(WRITE ${TO} "${text}\n${close}")
