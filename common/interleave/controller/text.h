#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace interleave {

/// UTF-16 to UTF-8; what is not well-formed is replaced.
std::string narrow(std::wstring_view text);

/// What a file holds; \\r\\n as \\n when asked.
std::string read_file(const std::filesystem::path& path, bool as_text);

} // namespace interleave
