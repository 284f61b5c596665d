#include "learner_output.h"

#include "winipc/unique_handle.h"

#include <windows.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <ios>
#include <ratio>
#include <string>
#include <string_view>
#include <utility>

namespace winipc::testing {
namespace {

bool is_upper(char c)
{
    return std::isupper(static_cast<unsigned char>(c)) != 0;
}

char lower(char c)
{
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

// Nor does the type of what GoogleMock has matched, where it is the instrument's.
std::string without_types(std::string message)
{
    constexpr std::string_view begin = " (of type interleave::";
    for (auto at = message.find(begin); at != message.npos; at = message.find(begin, at))
        message.erase(at, message.find(')', at) - at + 1);
    return message;
}

// GoogleTest's words around what() of an exception say nothing to a learner.
std::string without_exception_words(std::string message)
{
    constexpr std::string_view begin = "C++ exception with description \"";
    constexpr std::string_view end = "\" thrown in ";
    if (!message.starts_with(begin))
        return message;
    message.erase(0, begin.size());
    return message.erase(message.rfind(end));
}

std::string indented(const std::string& text)
{
    std::string result;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = std::min(text.find('\n', begin), text.size());
        const auto line = text.substr(begin, end - begin);
        if (line.starts_with("step  ") && !result.ends_with("\n\n"))
            result += '\n'; // before a timeline
        result += line.empty() ? "\n" : "      " + line + "\n";
        begin = end + 1;
    }
    return result;
}

// Of a source's path the file and the two folders it is in: 04_events/tests/test.cpp. The bytes are
// those of __FILE__, UTF-8 wherever the project lies; a path would be made of the system's code
// page.
std::string with_folders(std::string path)
{
    std::replace(path.begin(), path.end(), '\\', '/');
    auto begin = path.size();
    for (int parts = 0; parts < 3 && begin != 0; ++parts) {
        const auto slash = path.rfind('/', begin - 1);
        if (slash == path.npos)
            return path;
        begin = slash;
    }
    return path.substr(begin + 1);
}

} // namespace

std::string sentence(const std::string& test_name)
{
    std::string result;
    for (const char c : test_name) {
        if (is_upper(c) && !result.empty())
            result += ' ';
        result += result.empty() ? c : lower(c);
    }
    return result;
}

learner_output::learner_output(std::filesystem::path reports, unique_handle reported)
    : reports_(std::move(reports)), reported_(std::move(reported))
{
}

void learner_output::OnTestStart(const ::testing::TestInfo&)
{
    start_ = std::chrono::steady_clock::now();
    failure_.clear();
    failed_parts_ = 0;
}

void learner_output::OnTestPartResult(const ::testing::TestPartResult& part)
{
    if (!part.failed() || ++failed_parts_ > 1)
        return;
    failure_ = indented(without_types(without_exception_words(part.message())));
    if (part.file_name()) {
        failure_ += "\n      (judged in " + with_folders(part.file_name()) + ":" +
                    std::to_string(part.line_number()) + ")\n";
    }
}

void learner_output::OnTestEnd(const ::testing::TestInfo& test)
{
    if (test.result()->Skipped()) // after the first failure
        return;
    const std::chrono::duration<double, std::milli> time =
        std::chrono::steady_clock::now() - start_;
    const auto file =
        reports_ / std::string(test.test_suite_name()).append(".").append(test.name());
    const auto unfinished = std::filesystem::path(file).concat(L".unfinished");
    {
        std::ofstream out(unfinished, std::ios::binary);
        out << (test.result()->Passed() ? "ok " : "NO ") << std::lround(time.count()) << '\n'
            << failure_;
        if (failed_parts_ > 1)
            out << "\n      (and " << failed_parts_ - 1 << " more in this test)\n";
    }
    std::filesystem::rename(unfinished, file);
    ::SetEvent(reported_.get());
}

} // namespace winipc::testing
