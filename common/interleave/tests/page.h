#pragma once

#include "winipc/text.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// The text of a page of the documentation.
inline std::string read_page(const std::filesystem::path& path)
{
    std::ifstream file(path);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (text.empty())
        throw std::runtime_error("cannot read " + winipc::to_utf8(path.native()));
    return text;
}

/// What stands between two passages of it.
inline std::string between(const std::string& text, std::string_view begin, std::string_view end)
{
    const auto first = text.find(begin);
    const auto last = text.find(end, first);
    if (first == std::string::npos || last == std::string::npos)
        throw std::runtime_error("the page has no part from '" + std::string(begin) + "' to '" +
                                 std::string(end) + "'");
    return text.substr(first + begin.size(), last - first - begin.size());
}

/// What the first group of the expression matches, each time.
inline std::vector<std::string> words(const std::string& text, const std::regex& wanted)
{
    std::vector<std::string> found;
    for (std::sregex_iterator i(text.begin(), text.end(), wanted), end; i != end; ++i)
        found.push_back(i->str(1));
    return found;
}
