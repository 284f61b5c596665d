# A second opinion on the same sources: clang 14 targeting MinGW, with the headers and libraries of
# the MinGW GCC. Used by the author's checks; learners use toolchain-mingw.cmake.

include(${CMAKE_CURRENT_LIST_DIR}/toolchain-mingw.cmake)

set(CMAKE_C_COMPILER clang)
set(CMAKE_C_COMPILER_TARGET x86_64-w64-mingw32)
set(CMAKE_CXX_COMPILER clang++)
set(CMAKE_CXX_COMPILER_TARGET x86_64-w64-mingw32)

execute_process(COMMAND x86_64-w64-mingw32-g++-posix -print-libgcc-file-name
  OUTPUT_VARIABLE libgcc OUTPUT_STRIP_TRAILING_WHITESPACE)
cmake_path(GET libgcc PARENT_PATH gcc)
set(CMAKE_CXX_FLAGS_INIT
  "-isystem ${gcc}/include/c++ -isystem ${gcc}/include/c++/x86_64-w64-mingw32")
# GCC's library defines some inline functions once more, which GNU's linker does not mind.
foreach(kind IN ITEMS EXE SHARED)
  set(CMAKE_${kind}_LINKER_FLAGS_INIT
    "-fuse-ld=lld -Wl,--allow-multiple-definition -L${gcc} -lpthread")
endforeach()
