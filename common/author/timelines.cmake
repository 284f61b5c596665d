# No source looks for a sentence in a timeline: what has happened is in execution::record(). The instrument's
# own tests of the timeline's words may.
#
#   cmake -DROOT=<the project> -P timelines.cmake
cmake_minimum_required(VERSION 3.25)

include(${CMAKE_CURRENT_LIST_DIR}/faults.cmake)

file(GLOB_RECURSE sources RELATIVE ${ROOT} ${ROOT}/common/*.cpp ${ROOT}/docs/*.cpp ${ROOT}/lessons/*.cpp)
list(FILTER sources EXCLUDE REGEX "^common/interleave/tests/|(^|/)build/")
foreach(source IN LISTS sources)
  file(STRINGS ${ROOT}/${source} lines
    REGEX "timeline\\(\\)(\\.(find|substr|starts_with|ends_with|contains)\\(|, *(::testing::)?[A-Z])")
  foreach(line IN LISTS lines)
    string(STRIP "${line}" line)
    fault("${source} reads a timeline: ${line}")
  endforeach()
endforeach()
end_of_check()
