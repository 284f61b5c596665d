#include "controller/text.h"

#include <windows.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <string>
#include <string_view>

namespace interleave {

std::string read_file(const std::filesystem::path& path, bool as_text)
{
    std::ifstream file(path, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(file), {}};
    if (as_text)
        for (std::size_t i = 0; (i = bytes.find("\r\n", i)) != std::string::npos;)
            bytes.erase(i, 1);
    return bytes;
}

std::string narrow(std::wstring_view text)
{
    if (text.empty())
        return {};
    const auto length = static_cast<int>(text.size());
    const int size =
        ::WideCharToMultiByte(CP_UTF8, 0, text.data(), length, nullptr, 0, nullptr, nullptr);
    std::string result(static_cast<std::size_t>(size), '\0');
    ::WideCharToMultiByte(CP_UTF8, 0, text.data(), length, result.data(), size, nullptr, nullptr);
    return result;
}

} // namespace interleave
