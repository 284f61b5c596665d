# Lessons: which there are, the one that is meant, and what its files say.

include(${root}/common/cmake/lesson.cmake) # what the lessons' CMakeLists.txt call

# Sets the list `folders` of all lessons, in order.
macro(find_lessons) # a learner's folder may be gone: reset brings it back
  file(GLOB folders RELATIVE ${root}/solutions ${root}/solutions/[0-9][0-9]_*)
  list(LENGTH folders lesson_count)
endmacro()

# find_missing(<result> <folder>...): what to say of the first file that a lesson needs and has not.
function(find_missing result)
  foreach(lesson IN LISTS ARGN)
    file(GLOB own RELATIVE ${root}/solutions/${lesson} ${root}/solutions/${lesson}/*)
    set(file ${root}/lessons/${lesson}/CMakeLists.txt)
    if(EXISTS ${file} AND NOT IS_DIRECTORY ${file})
      read_lesson_call(${root}/lessons/${lesson})
      list(APPEND own ${lesson_test_files})
    endif()
    foreach(file IN ITEMS CMakeLists.txt lesson.md hints.md ${own})
      set(path lessons/${lesson}/${file})
      if(NOT EXISTS ${root}/${path} OR IS_DIRECTORY ${root}/${path})
        cmake_path(GET path PARENT_PATH place)
        while(NOT EXISTS ${root}/${place} AND NOT place STREQUAL "lessons") # all of a folder is gone
          set(path ${place})
          cmake_path(GET path PARENT_PATH place)
        endwhile()
        string(REGEX REPLACE "^0?([0-9]+)_.*" "\\1" short ${lesson})
        set(${result} "${path} is missing: ${learn} reset ${short} puts it back" PARENT_SCOPE)
        return()
      endif()
    endforeach()
  endforeach()
  set(${result} "" PARENT_SCOPE)
endfunction()

# Sets `folder`, `number` (04), `short` (4), `title` and `files` (the learner's).
macro(read_lesson name)
  set(folder ${name})
  string(SUBSTRING ${folder} 0 2 number)
  string(REGEX REPLACE "^0" "" short ${number})
  set(title "(its page is missing: ${learn} reset ${short} puts it back)")
  if(EXISTS ${root}/lessons/${folder}/lesson.md)
    file(STRINGS ${root}/lessons/${folder}/lesson.md title REGEX "^# " LIMIT_COUNT 1)
    string(REGEX REPLACE "^# Lesson [0-9]+: *| *{#.*$" "" title "${title}")
  endif()
  file(GLOB files RELATIVE ${root}/solutions/${folder} ${root}/solutions/${folder}/*)
endmacro()

# The lesson that the user has named: 4, 04 or 04_events.
macro(choose_lesson named)
  find_lessons()
  set(chosen)
  foreach(candidate IN LISTS folders)
    string(SUBSTRING ${candidate} 0 2 number)
    string(REGEX REPLACE "^0" "" short ${number})
    if("${named}" STREQUAL short OR "${named}" STREQUAL number OR "${named}" STREQUAL candidate)
      set(chosen ${candidate})
    endif()
  endforeach()
  if(NOT chosen)
    fail("there is no lesson '${named}': there are 1 to ${lesson_count}")
  endif()
  if(NOT verb STREQUAL "reset") # which puts them back
    find_missing(missing ${chosen})
    if(missing)
      fail("${missing}")
    endif()
  endif()
  read_lesson(${chosen})
endmacro()

# The text under a heading, indented, in `section`.
macro(read_section file heading)
  file(READ ${root}/lessons/${folder}/${file} section)
  string(FIND "${section}" "\n## ${heading}\n" begin)
  string(LENGTH "\n## ${heading}\n" length)
  if(begin EQUAL -1)
    string(FIND "${section}" "## ${heading}\n" begin) # on the first line
    math(EXPR length "${length} - 1")
  endif()
  if(begin EQUAL -1)
    fail("lessons/${folder}/${file} has no heading '${heading}'")
  endif()
  math(EXPR begin "${begin} + ${length}")
  string(SUBSTRING "${section}" ${begin} -1 section)
  string(FIND "${section}" "\n## " end)
  string(SUBSTRING "${section}" 0 ${end} section)
  string(REGEX REPLACE "^\n+|\n+$" "" section "${section}") # an indent is part of it
  string(REPLACE "\n" "\n  " section "  ${section}")
  string(REPLACE "\n  \n" "\n\n" section "${section}")
  string(REGEX REPLACE "  .include capture/[^\n]*" "  (Shown on the page.)" section "${section}")
endmacro()

# The built page of the lesson that was read, in `page`; empty where there is none.
macro(find_page)
  set(page ${build}/docs/html/lesson${number}.html)
  if(NOT EXISTS ${page})
    set(page)
  endif()
endmacro()

# The first lesson that is not solved, in `next`.
macro(find_next)
  find_lessons()
  set(next)
  foreach(name IN LISTS folders)
    string(SUBSTRING ${name} 0 2 number)
    if(NOT next AND NOT EXISTS ${state}/solved/${number})
      set(next ${name})
    endif()
  endforeach()
endmacro()
