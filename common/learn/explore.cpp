// Explores a program from the command line: one that reads lines and starts another that prints
// them.
//
//   explore <program> <receiver> [--lines N] [--memory] [--preemptions N | --random SEED RUNS]
//           [--kill PROCESS]... [--replay STRING] [--json FILE]
//
// The lines are one, two, three ...; what the receiver prints must be these, once and in order. It
// may be left waiting at the end. FILE gets the record of one execution: of the failure that was
// found, or of what is replayed. Exit code: 0 all passed, 1 a failure was found, 2 bad arguments.
#include "interleave/explore.h"

#include "interleave/execution.h"
#include "interleave/json.h"
#include "interleave/record.h"
#include "winipc/text.h"

#include <windows.h>

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <ios>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace {

using namespace interleave;

struct bad_argument : std::runtime_error
{
    using std::runtime_error::runtime_error;
};

struct settings
{
    std::filesystem::path program;
    std::string receiver;
    int lines = 2;
    int preemptions = 2;
    bool memory = false;
    std::optional<std::pair<int, int>> random; // seed, runs
    std::vector<std::string> killed;
    std::string replay;
    std::filesystem::path json;
};

// The file for a record. It is opened before anything runs, so that a long exploration is not
// wasted, and removed if nothing was written to it.
class record_file
{
public:
    explicit record_file(std::filesystem::path path) : path_(std::move(path))
    {
        if (path_.empty())
            return;
        file_.open(path_, std::ios::binary);
        if (!file_)
            throw bad_argument("cannot write " + winipc::to_utf8(path_.native()));
    }
    record_file(const record_file&) = delete;
    record_file& operator=(const record_file&) = delete;
    ~record_file()
    {
        file_.close();
        std::error_code ignored;
        if (!path_.empty() && !is_written_)
            std::filesystem::remove(path_, ignored);
    }

    void write(const execution_record& record)
    {
        if (path_.empty())
            return;
        file_ << to_json(record) << std::flush;
        if (!file_)
            throw std::runtime_error("cannot write " + winipc::to_utf8(path_.native()));
        is_written_ = true;
    }

private:
    std::filesystem::path path_;
    std::ofstream file_;
    bool is_written_ = false;
};

int number(const std::string& text, const std::string& option, int most)
{
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0 || value > most)
        throw bad_argument(option + " takes a number from 0 to " + std::to_string(most) +
                           ", and not '" + text + "'");
    return value;
}

// cmd passes single quotes on.
std::string without_quotes(const std::string& text)
{
    const bool quoted = text.size() >= 2 && text.front() == '\'' && text.back() == '\'';
    return quoted ? text.substr(1, text.size() - 2) : text;
}

settings read(const std::vector<std::string>& arguments)
{
    if (arguments.size() < 2)
        throw bad_argument("usage: explore <program> <receiver> [options]");
    settings wanted{winipc::to_utf16(arguments[0]), arguments[1], 2, 2, false, {}, {}, {}, {}};
    std::size_t next = 2;
    const auto value = [&](const std::string& option) {
        if (next == arguments.size())
            throw bad_argument(option + " needs a value");
        return arguments[next++];
    };
    while (next < arguments.size()) {
        const auto& option = arguments[next++];
        if (option == "--lines")
            wanted.lines = number(value(option), option, 10);
        else if (option == "--preemptions")
            wanted.preemptions = number(value(option), option, 1000);
        else if (option == "--memory")
            wanted.memory = true;
        else if (option == "--random") {
            const int seed = number(value(option), option, 1'000'000'000);
            wanted.random = {seed, number(value(option), option, 1'000'000'000)};
        } else if (option == "--kill")
            wanted.killed.push_back(value(option));
        else if (option == "--replay")
            wanted.replay = without_quotes(value(option));
        else if (option == "--json")
            wanted.json = winipc::to_utf16(value(option));
        else
            throw bad_argument(
                "there is no option '" + option +
                "': there are --preemptions N, --random SEED RUNS, --kill [PROCESS], "
                "--memory, --lines N, --replay STRING and --json FILE");
    }
    return wanted;
}

std::string lines(const settings& wanted)
{
    static constexpr std::string_view words[] = {"one", "two",   "three", "four", "five",
                                                 "six", "seven", "eight", "nine", "ten"};
    std::string text;
    for (int i = 0; i < wanted.lines; ++i)
        text.append(words[i]) += '\n';
    return text;
}

void start(const settings& wanted, execution& run)
{
    if (wanted.memory)
        run.memory_points();
    run.start(wanted.program, input(lines(wanted)));
}

// After a kill the lines may end early, but nothing else.
void check(const settings& wanted, bool is_killed, const execution& run)
{
    const auto sent = lines(wanted);
    const auto received =
        run.has_process(wanted.receiver) ? run.process(wanted.receiver).output() : "";
    if (is_killed ? !sent.starts_with(received) : received != sent)
        throw std::runtime_error("sent:\n" + sent + "what " + wanted.receiver + " has printed:\n" +
                                 received);
}

bool replay(const settings& wanted, record_file& file)
{
    execution run;
    start(wanted, run);
    run.replay(wanted.replay);
    const auto record = run.record();
    std::printf("%s\n", format_timeline(record).c_str());
    file.write(record);
    try {
        check(wanted, wanted.replay.find('!') != std::string::npos, run);
    } catch (const std::runtime_error& failure) {
        std::printf("%s", failure.what());
        return false;
    }
    return true;
}

bool explore(const settings& wanted, const std::string& killed, record_file& file)
{
    auto exploration = interleave::explore([&](execution& run) { start(wanted, run); });
    exploration.may_wait_forever(wanted.receiver).steps(20'000);
    std::string kind = "up to " + std::to_string(wanted.preemptions) +
                       (wanted.preemptions == 1 ? " preemption" : " preemptions");
    if (wanted.random) {
        kind = "a random choice, seed " + std::to_string(wanted.random->first);
        exploration.random(static_cast<std::uint32_t>(wanted.random->first), wanted.random->second);
    } else {
        exploration.preemptions(wanted.preemptions);
    }
    if (!killed.empty()) {
        kind += ", " + killed + " killed at every moment";
        exploration.kill(killed);
    }
    const auto result =
        exploration.check([&](const execution& run) { check(wanted, !killed.empty(), run); });
    if (result.passed())
        std::printf("all %zu schedules have passed: %s\n", result.schedules(), kind.c_str());
    else
        std::printf("%s", result.first_failure().c_str());
    if (result.failing_record())
        file.write(*result.failing_record());
    return result.passed();
}

bool explore_all(const settings& wanted, record_file& file)
{
    if (wanted.killed.empty())
        return explore(wanted, "", file);
    for (const auto& process : wanted.killed)
        if (!explore(wanted, process, file))
            return false;
    return true;
}

// What the library refuses is refused to who has called learn.
std::string in_learns_name(std::string_view message)
{
    constexpr std::string_view library = "interleave: ";
    if (message.starts_with(library))
        return "learn: " + std::string(message.substr(library.size()));
    return std::string(message);
}

} // namespace

int wmain(int count, wchar_t** arguments)
try {
    std::vector<std::string> list;
    for (int i = 1; i < count; ++i)
        list.push_back(winipc::to_utf8(arguments[i]));
    const auto wanted = read(list);
    record_file file(wanted.json);
    return (wanted.replay.empty() ? explore_all(wanted, file) : replay(wanted, file)) ? 0 : 1;
} catch (const bad_argument& error) {
    std::fprintf(stderr, "learn: %s\n", error.what());
    return 2;
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", in_learns_name(error.what()).c_str());
    return 1;
}
