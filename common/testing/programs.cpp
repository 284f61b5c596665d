#include "testing/programs.h"

#include "winipc/text.h"

#include <windows.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

namespace winipc::testing {
namespace {

std::filesystem::path own_folder()
{
    wchar_t path[MAX_PATH];
    const DWORD length = ::GetModuleFileNameW(nullptr, path, MAX_PATH);
    if (length == 0 || length == MAX_PATH)
        throw std::runtime_error("this test program lies in a folder with too long a name");
    return std::filesystem::path(path).parent_path();
}

std::filesystem::path existing(std::filesystem::path path)
{
    path += ".exe";
    if (!std::filesystem::exists(path))
        throw std::runtime_error(to_utf8(path.native()) + " is not there: build it first");
    return path;
}

} // namespace

std::filesystem::path programs_folder()
{
    const char* side = std::getenv("WINIPC_PROGRAMS");
    if (!side)
        throw std::runtime_error("set WINIPC_PROGRAMS to lesson<NN> or solution<NN>: "
                                 "it says whose programs are tested");
    return own_folder() / side;
}

bool solution_is_judged()
{
    return programs_folder().filename().native().starts_with(L"solution");
}

std::filesystem::path program(std::string_view name)
{
    return existing(programs_folder() / name);
}

std::filesystem::path tool(std::string_view name)
{
    return existing(own_folder() / "testing" / name);
}

std::filesystem::path solution(std::string_view lesson, std::string_view name)
{
    return existing(own_folder() / ("solution" + std::string(lesson)) / name);
}

} // namespace winipc::testing
