# The README shows a timeline, and cannot include it: this checks that it is the real one.
#   cmake -DREADME=README.md -DTIMELINE=timeline.txt -P check_readme.cmake

file(READ ${README} readme)
file(READ ${TIMELINE} timeline)
string(FIND "${readme}" "${timeline}" place)
if(place EQUAL -1)
  message(FATAL_ERROR " docs: the timeline in ${README} is not what docs/example gives now: ${TIMELINE}")
endif()
