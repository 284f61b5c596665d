# The commands of the front door: one row here and one file in commands/ for each. It wants `learn`, what
# the user types, and sets for a verb `takes_<verb>` and `file_<verb>`; besides, `command_files`,
# `shown_verbs` and `usage`, the text of help.

set(command_files)
set(shown_verbs)
set(usage)
set(column "                  ") # as wide as the longest form that has its text beside it

# command(<verb> <takes> <file> [<form> <text>]): <form> is what stands behind `learn` in the help, with
# the text beside it; without both, help is silent about it. A command takes
#
#   NOTHING   no argument
#   LESSON    a lesson
#   MORE      a lesson, and then what its file looks at
#   ANYTHING  what its file looks at
macro(command verb takes file)
  set(takes_${verb} ${takes})
  set(file_${verb} ${file})
  list(APPEND command_files ${file})
  if(${ARGC} EQUAL 5)
    list(APPEND shown_verbs "${verb}")
    set(form "${ARGV3}")
    if(NOT form STREQUAL "")
      string(PREPEND form " ")
    endif()
    string(LENGTH "${form}" form_length)
    string(LENGTH "${column}" column_length)
    if(form_length GREATER column_length)
      string(APPEND form "\n         ${column}")
    else()
      string(SUBSTRING "${column}" ${form_length} -1 space)
      string(APPEND form "${space}")
    endif()
    string(REPLACE "\n" "\n         ${column}" text "${ARGV4}")
    string(APPEND usage "  ${learn}${form}${text}\n")
  endif()
endmacro()

command("" NOTHING map.cmake "" "the course map, and what to do next")
command(page LESSON page.cmake "page 4" "read the page of lesson 4 here")
command(check LESSON check.cmake "4" "build lesson 4 and test your code")
command(judge LESSON check.cmake) # of the targets lessonNN-check
command(run MORE run.cmake "run 4 [solution] [program] [-- argument...]"
  "run your program, or the solution's")
command(explore MORE explore.cmake "explore 10 [solution] [options]" "\
look for an order in which the program fails: options are
--preemptions N, --random SEED RUNS, --kill [PROCESS],
--memory, --lines N, --replay 'STRING'")
command(hint LESSON hint.cmake "hint 4" "the next hint: there are three")
command(diff LESSON diff.cmake "diff 4" "your files against the solution's")
command(reset LESSON reset.cmake "reset 4" "the files you started from; yours are kept")
command(faults NOTHING faults.cmake "faults" "what goes wrong: lesson 7 and lesson 14, side by side")
command(docs NOTHING docs.cmake "docs" "build all pages, for a browser")
command(test NOTHING test.cmake "test" "everything that must be green")
command(bench ANYTHING bench.cmake "bench [quick]" "how fast each way to send messages is, side by side")
command(help NOTHING help.cmake "help" "this text")

string(STRIP "${usage}" usage)
string(PREPEND usage "  ")
list(REMOVE_DUPLICATES command_files)
