# winipc::options: how every program of the project is compiled. Linked, never set globally.
#
#   target_link_libraries(my_program PRIVATE winipc::options)

option(WINIPC_WERROR "Treat compiler warnings as errors" OFF)
option(WINIPC_UNITY "Compile the instrument's sources some at a time, which takes less time" ON)

add_library(winipc_options INTERFACE)
add_library(winipc::options ALIAS winipc_options)

target_compile_features(winipc_options INTERFACE cxx_std_20)
target_compile_definitions(winipc_options INTERFACE
  UNICODE _UNICODE NOMINMAX WIN32_LEAN_AND_MEAN _WIN32_WINNT=0x0A00)

if(MSVC)
  target_compile_options(winipc_options INTERFACE
    /W4 /permissive- /utf-8 /EHsc $<$<BOOL:${WINIPC_WERROR}>:/WX>
    /wd4459) # a local name that something global has too: where it hides a variable, GCC says so
  target_compile_definitions(winipc_options INTERFACE _CRT_SECURE_NO_WARNINGS)
  # Line numbers for the instrument in every configuration. Linked as a whole: incremental linking puts
  # a jump between a function and its name, and gaps into the import table. Nothing is folded: of two
  # functions with the same code each keeps its lines.
  set(CMAKE_MSVC_DEBUG_INFORMATION_FORMAT Embedded)
  target_link_options(winipc_options INTERFACE /DEBUG /INCREMENTAL:NO /OPT:NOICF)
else()
  target_compile_options(winipc_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion $<$<BOOL:${WINIPC_WERROR}>:-Werror>
    $<$<CXX_COMPILER_ID:Clang>:-Wunreachable-code-loop-increment> # MSVC's C4702
    -g -gdwarf-4) # DbgHelp finds no lines in DWARF 5
  target_link_options(winipc_options INTERFACE -static)
  # Without S ar makes the list of symbols that ranlib then makes again: four seconds for ten megabytes.
  set(CMAKE_CXX_ARCHIVE_CREATE "<CMAKE_AR> qcS <TARGET> <LINK_FLAGS> <OBJECTS>")
endif()

# winipc::wmain: for programs whose main is the wide one.
add_library(winipc_wmain INTERFACE)
add_library(winipc::wmain ALIAS winipc_wmain)
target_link_options(winipc_wmain INTERFACE $<$<BOOL:${MINGW}>:-municode>)
