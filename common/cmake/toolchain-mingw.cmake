# Cross-compiles with the MinGW-w64 GCC (POSIX threads) and runs what was built under Wine.

set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc-posix) # GoogleTest asks for one
set(CMAKE_CXX_COMPILER x86_64-w64-mingw32-g++-posix)
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)

set(CMAKE_FIND_ROOT_PATH /usr/x86_64-w64-mingw32)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)

# Debian's g++ knows GNU's linker only, and passes -fuse-ld=lld on to it. A comma would end the path.
find_program(lld ld.lld NO_CACHE)
if(lld AND NOT CMAKE_CURRENT_LIST_DIR MATCHES ",")
  set(CMAKE_EXE_LINKER_FLAGS_INIT
    "-fno-use-linker-plugin -wrapper \"${CMAKE_CURRENT_LIST_DIR}/lld\"")
endif()

set(CMAKE_CROSSCOMPILING_EMULATOR ${CMAKE_CURRENT_LIST_DIR}/wine ${CMAKE_BINARY_DIR}/wine-prefix)
