# All pages, for a browser.
lock()
configure(again) # Doxygen may have been installed since
prepare_wine()
say("Building the pages (the first time, some minutes)")
execute_process(COMMAND ${CMAKE_COMMAND} --build --preset ${preset} --target docs
  WORKING_DIRECTORY ${root} RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  fail("the pages have not been built: see the first error above")
endif()
say("\nThe pages: ${build}/docs/html/index.html")
find_next()
if(next)
  read_lesson(${next})
  find_page()
  say("Lesson ${short}:  ${page}")
endif()
