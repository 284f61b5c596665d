#include "testing/files.h"

#include "winipc/error.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>

namespace winipc::testing {
namespace {

// A name that nobody else uses at the same time.
std::filesystem::path unique_path()
{
    static int counter = 0;
    return std::filesystem::temp_directory_path() /
           (L"winipc-test-" + std::to_wstring(::GetCurrentProcessId()) + L"-" +
            std::to_wstring(++counter));
}

} // namespace

temporary_file::temporary_file(std::string_view content) : path_(unique_path())
{
    std::ofstream(path_, std::ios::binary) << content;
}

temporary_file::~temporary_file()
{
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
}

std::string temporary_file::content() const
{
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

temporary_folder::temporary_folder(std::wstring_view name) : path_(unique_path() / name)
{
    std::filesystem::create_directories(path_);
}

temporary_folder::~temporary_folder()
{
    // remove_all of GCC 12 would try for ever where a file is still in use.
    std::error_code ignored;
    for (const auto& file : std::filesystem::directory_iterator(path_, ignored))
        std::filesystem::remove(file, ignored);
    std::filesystem::remove(path_, ignored);
    std::filesystem::remove(path_.parent_path(), ignored);
}

bool can_be_opened_alone(const std::filesystem::path& path)
{
    const unique_file file{::CreateFileW(path.c_str(), GENERIC_READ, 0, nullptr, OPEN_EXISTING,
                                         FILE_ATTRIBUTE_NORMAL, nullptr)};
    if (!file && ::GetLastError() != ERROR_SHARING_VIOLATION)
        throw_last_error("CreateFileW");
    return static_cast<bool>(file);
}

} // namespace winipc::testing
