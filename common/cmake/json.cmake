# winipc_json: the headers of nlohmann/json, for the few sources that read or write JSON. Where Debian's
# package nlohmann-json3-dev is installed they are the system's, else 3.11.2, pinned and hashed.

set(winipc_json_folder ${CMAKE_BINARY_DIR}/json)
find_path(WINIPC_JSON_INCLUDE nlohmann/json.hpp PATHS /usr/include NO_CMAKE_FIND_ROOT_PATH
  DOC "The system's folder with nlohmann/json.hpp; empty: it is fetched")
if(WINIPC_JSON_INCLUDE)
  # The rest of that folder is not for a cross compiler.
  file(COPY ${WINIPC_JSON_INCLUDE}/nlohmann DESTINATION ${winipc_json_folder})
else()
  include(FetchContent)
  FetchContent_Declare(json
    URL https://github.com/nlohmann/json/releases/download/v3.11.2/json.tar.xz
    URL_HASH SHA256=8c4b26bf4b422252e13f332bc5e388ec0ab5c3443d24399acb675e68278d341f
    DOWNLOAD_EXTRACT_TIMESTAMP TRUE
    SOURCE_SUBDIR include) # which has no CMakeLists.txt: the headers are all that is wanted
  FetchContent_MakeAvailable(json)
  set(winipc_json_folder ${json_SOURCE_DIR}/include)
endif()

if(NOT TARGET winipc_json)
  add_library(winipc_json INTERFACE)
  target_include_directories(winipc_json SYSTEM INTERFACE ${winipc_json_folder})
endif()
