#include "learner_output.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <iostream>
#include <string_view>

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

// What a program has printed without end is not shown without end.
std::string shortened(const std::string& message)
{
    constexpr std::size_t first = 8'000; // bytes
    constexpr std::size_t last = 2'000;
    if (message.size() <= first + last + 1'000)
        return message;
    const auto left_out = message.size() - first - last;
    return message.substr(0, first) + "\n... " + std::to_string(left_out) +
           " bytes left out ...\n" + message.substr(message.size() - last);
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

void learner_output::OnTestPartResult(const ::testing::TestPartResult& part)
{
    if (!part.failed() || ++failed_parts_ > 1)
        return;
    failure_ = indented(shortened(without_types(without_exception_words(part.message()))));
    if (part.file_name()) {
        const auto path = std::filesystem::path(part.file_name());
        const auto lesson = path.parent_path().filename() / path.filename();
        failure_ += "\n      (judged in " + lesson.generic_string() + ":" +
                    std::to_string(part.line_number()) + ")\n";
    }
}

void learner_output::OnTestEnd(const ::testing::TestInfo& test)
{
    if (test.result()->Skipped()) // after the first failure
        return;
    const bool passed = test.result()->Passed();
    std::cout << (passed ? "  ok  " : "  NO  ") << sentence(test.name()) << '\n';
    if (!passed)
        std::cout << '\n' << failure_ << '\n';
    if (!passed && failed_parts_ > 1)
        std::cout << "      (and " << failed_parts_ - 1 << " more in this test)\n\n";
    failed_parts_ = 0;
    std::cout << std::flush;
}

void learner_output::OnTestProgramEnd(const ::testing::UnitTest& tests)
{
    std::cout << tests.successful_test_count() << " of " << tests.test_to_run_count()
              << " tests have passed\n"
              << std::flush;
}

} // namespace winipc::testing
