#include "learner_run.h"

#include "learner_output.h"
#include "testing/files.h"
#include "testing/slow_tests.h"
#include "winipc/error.h"
#include "winipc/inheritance.h"
#include "winipc/job.h"
#include "winipc/text.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <filesystem>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <iostream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace winipc::testing {
namespace {

// Told to a worker by its environment.
constexpr const wchar_t* reports_variable = L"WINIPC_REPORTS"; // the folder
constexpr const wchar_t* event_variable = L"WINIPC_REPORTED";  // the event to set after each report

std::wstring variable(const wchar_t* name)
{
    const wchar_t* const value = ::_wgetenv(name);
    return value ? value : L"";
}

// Beginnings of names.
std::vector<std::string_view>& slow()
{
    static std::vector<std::string_view> names;
    return names;
}

bool is_slow(std::string_view test)
{
    return std::ranges::any_of(slow(), [&](auto beginning) { return test.starts_with(beginning); });
}

// All tests of this program, the slow ones after the others.
std::vector<std::string> all_tests()
{
    std::vector<std::string> names;
    std::vector<std::string> slow_names;
    const auto& program = *::testing::UnitTest::GetInstance();
    for (int i = 0; i < program.total_test_suite_count(); ++i) {
        const auto& suite = *program.GetTestSuite(i);
        for (int k = 0; k < suite.total_test_count(); ++k) {
            const std::string name = suite.GetTestInfo(k)->name();
            if (name.find("DEEP_") != name.npos)
                continue;
            const auto whole = suite.name() + ("." + name);
            (is_slow(whole) ? slow_names : names).push_back(whole);
        }
    }
    names.insert(names.end(), slow_names.begin(), slow_names.end());
    return names;
}

// This process's environment without what steers GoogleTest or the instrument, and with some more.
std::vector<wchar_t> environment_of_worker(const std::vector<std::wstring>& more)
{
    std::vector<wchar_t> block;
    const auto add = [&](std::wstring_view entry) {
        block.insert(block.end(), entry.begin(), entry.end());
        block.push_back(L'\0');
    };
    wchar_t* const all = ::GetEnvironmentStringsW();
    for (const wchar_t* entry = all; *entry; entry += std::wcslen(entry) + 1) {
        const std::wstring_view text = entry;
        if (!text.starts_with(L"GTEST_") && !text.starts_with(L"GMOCK_") &&
            !text.starts_with(L"WINIPC_SEED=") && !text.starts_with(L"WINIPC_INTERLEAVE="))
            add(text);
    }
    ::FreeEnvironmentStringsW(all);
    for (const auto& entry : more)
        add(entry);
    block.push_back(L'\0');
    return block;
}

std::string exit_code_text(DWORD code)
{
    std::ostringstream text;
    if (code >= 0x40000000) // the system's own: an exception's, for instance
        text << "0x" << std::hex << std::uppercase;
    text << code;
    return text.str();
}

std::wstring own_path()
{
    std::wstring path(32'768, L'\0');
    path.resize(::GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size())));
    return path;
}

// What a worker has written about a test, once it is there.
struct report
{
    bool passed;
    std::string text;
    long milliseconds;
};

std::optional<report> read_report(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    std::string word;
    report found{};
    if (!(in >> word >> found.milliseconds) || in.get() != '\n')
        return std::nullopt;
    found.passed = word == "ok";
    found.text.assign(std::istreambuf_iterator<char>(in), {});
    return found;
}

// What a program has printed without end is not shown without end. All of it is in a file beside
// the verdict's.
std::string shortened(const std::string& text)
{
    constexpr std::size_t first = 8'000; // bytes
    constexpr std::size_t last = 2'000;
    if (text.size() <= first + last + 1'000)
        return text;
    std::string place;
    if (const auto verdict = variable(L"WINIPC_VERDICT"); !verdict.empty()) {
        const auto file = std::filesystem::path(verdict).replace_filename(L"failure.txt");
        std::ofstream(file, std::ios::binary) << text;
        place = ": all of it is in " +
                to_utf8((file.parent_path().filename() / file.filename()).native());
    }
    return text.substr(0, first) + "\n... " + std::to_string(text.size() - first - last) +
           " bytes left out" + place + "\n" + text.substr(text.size() - last);
}

// A worker at a time for each list of tests, one list after the other.
class lane
{
public:
    void add(const std::string& test, bool slow) { lists_[slow].push_back(test); }

    [[nodiscard]] bool has(const std::string& test) const
    {
        return std::ranges::any_of(
            lists_, [&](const auto& list) { return std::ranges::count(list, test); });
    }

    // Starts the next worker where the one before has ended well.
    // @return whether one is at work
    bool is_at_work(HANDLE job, const std::vector<wchar_t>& environment)
    {
        if (process_ && ::WaitForSingleObject(process_.get(), 0) == WAIT_TIMEOUT)
            return true;
        if (process_)
            check(::GetExitCodeProcess(process_.get(), &exit_code_), "GetExitCodeProcess");
        process_.reset();
        while (exit_code_ == 0 && next_ < std::size(lists_)) {
            const auto& list = lists_[next_++];
            if (!list.empty()) {
                start(list, job, environment);
                return true;
            }
        }
        return false;
    }

    [[nodiscard]] HANDLE process() const { return process_.get(); }
    [[nodiscard]] DWORD exit_code() const { return exit_code_; }

private:
    void start(const std::vector<std::string>& tests, HANDLE job, std::vector<wchar_t> environment)
    {
        const auto path = own_path();
        auto line = L'"' + path + L"\" --gtest_fail_fast --gtest_filter=";
        for (const auto& test : tests)
            line.append(test.begin(), test.end()).append(L":"); // names of tests are ASCII
        STARTUPINFOW startup{};
        startup.cb = sizeof startup;
        PROCESS_INFORMATION started{};
        check(::CreateProcessW(path.c_str(), line.data(), nullptr, nullptr, FALSE,
                               CREATE_SUSPENDED | CREATE_UNICODE_ENVIRONMENT, environment.data(),
                               nullptr, &startup, &started),
              "CreateProcessW");
        process_.reset(started.hProcess);
        const unique_handle thread{started.hThread};
        check(::AssignProcessToJobObject(job, process_.get()), "AssignProcessToJobObject");
        ::ResumeThread(thread.get());
    }

    std::vector<std::string> lists_[2]; // the quick ones, the slow ones
    std::size_t next_ = 0;
    unique_handle process_;
    DWORD exit_code_ = 0;
};

// What a learner reads of a test run, and what is counted of it.
class story
{
public:
    // @return whether the test has passed
    bool tell(const std::string& test, const report& result)
    {
        std::cout << (result.passed ? "  ok  " : "  NO  ")
                  << sentence(test.substr(test.find('.') + 1)) << '\n';
        if (!result.passed)
            std::cout << '\n' << shortened(result.text) << '\n';
        std::cout << std::flush;
        passed_ += result.passed;
        times_.emplace_back(result.milliseconds, test);
        return result.passed;
    }

    void end(std::size_t all)
    {
        const auto count = std::to_string(passed_) + " of " + std::to_string(all);
        std::cout << count << " tests have passed\n" << std::flush;
        if (const auto file = variable(L"WINIPC_VERDICT"); !file.empty())
            std::ofstream(std::filesystem::path(file)) << count << '\n';
        if (!variable(L"WINIPC_TIMES").empty())
            show_times();
    }

private:
    void show_times()
    {
        const std::chrono::duration<double> all = std::chrono::steady_clock::now() - start_;
        std::fprintf(stderr, "tests: %.0f ms, two at a time; the longest of them:\n",
                     1000 * all.count());
        std::ranges::sort(times_, std::greater<>());
        times_.resize(std::min<std::size_t>(times_.size(), 5));
        for (const auto& [milliseconds, test] : times_)
            std::fprintf(stderr, "%8ld ms  %s\n", milliseconds, test.c_str());
    }

    std::size_t passed_ = 0;
    std::vector<std::pair<long, std::string>> times_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

} // namespace

slow_tests::slow_tests(std::initializer_list<std::string_view> names)
{
    slow().insert(slow().end(), names);
}

int run_for_learner()
{
    const auto tests = all_tests();
    const auto id = std::to_wstring(::GetCurrentProcessId());
    const temporary_folder reports(L"winipc-tests-" + id);
    const auto event_name = L"Local\\winipc-tests-" + id;
    const unique_handle reported{::CreateEventW(nullptr, FALSE, FALSE, event_name.c_str())};
    if (!reported)
        throw_last_error("CreateEventW");
    const auto environment =
        environment_of_worker({std::wstring(reports_variable) + L'=' + reports.path().wstring(),
                               std::wstring(event_variable) + L'=' + event_name});
    const auto job = create_job();
    kill_on_close(job, true);
    lane lanes[2];
    for (std::size_t i = 0; i < tests.size(); ++i)
        lanes[i % std::size(lanes)].add(tests[i], is_slow(tests[i]));

    story learners;
    std::size_t told = 0;
    bool failed = tests.empty();
    while (told < tests.size() && !failed) {
        std::vector<HANDLE> events{reported.get()};
        for (auto& one : lanes)
            if (one.is_at_work(job.get(), environment))
                events.push_back(one.process());
        // Asked first whether it is at work: all it has reported is there when it is not.
        const auto& test = tests[told];
        const auto& its_lane =
            *std::ranges::find_if(lanes, [&](const auto& l) { return l.has(test); });
        if (const auto result = read_report(reports.path() / test)) {
            failed = !learners.tell(test, *result);
            ++told;
        } else if (!its_lane.process()) {
            failed = !learners.tell(
                test, {false,
                       "      This test has not come to its end: its program has ended meanwhile,\n"
                       "      with exit code " +
                           exit_code_text(its_lane.exit_code()) + ".\n",
                       0});
        } else {
            ::WaitForMultipleObjects(static_cast<DWORD>(events.size()), events.data(), FALSE,
                                     INFINITE);
        }
    }
    ::TerminateJobObject(job.get(), 1); // what is still at work holds the reports open
    for (const auto& one : lanes)
        if (one.process())
            ::WaitForSingleObject(one.process(), INFINITE);
    learners.end(tests.size());
    return failed ? 1 : 0;
}

bool is_worker()
{
    return !variable(reports_variable).empty();
}

int run_as_worker()
{
    ::SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX); // a crash opens no window
    unique_handle reported{
        ::OpenEventW(EVENT_MODIFY_STATE, FALSE, variable(event_variable).c_str())};
    if (!reported)
        throw_last_error("OpenEventW");
    auto& listeners = ::testing::UnitTest::GetInstance()->listeners();
    delete listeners.Release(listeners.default_result_printer());
    listeners.Append( // GoogleTest deletes it
        new learner_output(variable(reports_variable), std::move(reported)));
    return RUN_ALL_TESTS();
}

} // namespace winipc::testing
