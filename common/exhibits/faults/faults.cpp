#include "faults.h"

#include "chat.h"
#include "interleave/execution.h"
#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace faults {
namespace {

using namespace interleave;
using winipc::unique_handle;

constexpr int most_lines = 20;

// A form of a fault, and what it did.
using observation = std::pair<std::string, findings>;

// Several forms of one fault in one cell. Those with the same findings are told together; where all
// have the same, there is no need to name them.
findings told_together(const std::vector<observation>& observations)
{
    std::vector<std::pair<findings, std::string>> groups;
    for (const auto& [form, found] : observations) {
        const auto same =
            std::ranges::find(groups, found, &std::pair<findings, std::string>::first);
        if (same == groups.end())
            groups.emplace_back(found, form);
        else
            same->second += ", " + form;
    }
    if (groups.size() == 1)
        return groups.front().first;
    findings cell;
    for (const auto& [found, forms] : groups) {
        cell.push_back(forms + ":");
        cell.insert(cell.end(), found.begin(), found.end());
    }
    return cell;
}

// How often each was found, as "36 of 40: child waits for ever", in the order of the first times.
class tally
{
public:
    explicit tally(std::size_t all) : all_(all) {}

    void add(const std::string& what)
    {
        const auto known = std::ranges::find(times_, what, &std::pair<std::string, int>::first);
        if (known == times_.end())
            times_.emplace_back(what, 1);
        else
            ++known->second;
    }

    [[nodiscard]] findings told() const
    {
        findings cell;
        for (const auto& [what, times] : times_)
            cell.push_back(std::to_string(times) + " of " + std::to_string(all_) + ": " + what);
        return cell;
    }

private:
    std::size_t all_;
    std::vector<std::pair<std::string, int>> times_;
};

findings together(findings first, const findings& second)
{
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

// Observes each of the cases, two at a time; what comes back is in their order.
template <class Observe>
auto observe_each(int cases, const Observe& observe)
{
    std::vector<decltype(observe(0))> all(static_cast<std::size_t>(cases));
    std::atomic<int> next = 0;
    const auto work = [&] {
        for (int i = next++; i < cases; i = next++)
            all[static_cast<std::size_t>(i)] = observe(i);
    };
    std::exception_ptr failure;
    std::thread other([&] {
        try {
            work();
        } catch (...) {
            failure = std::current_exception();
        }
    });
    try {
        work();
    } catch (...) {
        other.join();
        throw;
    }
    other.join();
    if (failure)
        std::rethrow_exception(failure);
    return all;
}

// The lines, sent in the order in which all goes well.
findings in_good_order(execution& run, const chat& version, const std::vector<std::string>& lines,
                       const std::string& input)
{
    conversation talk(run, version, input);
    talk.run_to_end();
    return together({arrival(lines, talk.printed())}, talk.endings());
}

findings in_good_order(const chat& version, const std::vector<std::string>& lines,
                       const std::string& input)
{
    execution run;
    return in_good_order(run, version, lines, input);
}

findings slow_child(const chat& version)
{
    const auto lines = numbered_lines(most_lines, "line ");
    execution run;
    conversation talk(run, version, join(lines, "\n"));
    talk.let_child_begin();
    bool goes_on = true;
    while (goes_on) {
        const bool parent_goes_on = talk.let_parent_ask(3);
        talk.let_parent_come_to_rest();
        goes_on = talk.let_child_print() || parent_goes_on;
    }
    talk.run_to_end();
    return together({arrival(lines, talk.printed())}, talk.endings());
}

findings late_child(const chat& version)
{
    const auto lines = numbered_lines(most_lines, "line ");
    const auto misses = [&](int lines_sent) {
        execution run;
        conversation talk(run, version, join(lines, "\n"));
        talk.let_parent_ask(lines_sent + 1);
        talk.run_to_end();
        return together({arrival(lines, talk.printed())}, talk.endings());
    };
    return told_together({{"after 8 lines", misses(8)}, {"after all", misses(most_lines + 1)}});
}

findings end_of_input(const chat& version)
{
    const auto lines = numbered_lines(3, "line ");
    const auto text = join(lines, "\n");
    return told_together({{"end of input", in_good_order(version, lines, text)},
                          {"Exit", in_good_order(version, lines, text + "Exit\n")}});
}

findings over_long_line(const chat& version)
{
    const auto send = [&](int characters) {
        const std::string line(static_cast<std::size_t>(characters), 'x');
        execution run;
        conversation talk(run, version, line + '\n');
        talk.run_to_end();
        return std::pair(talk.printed() == line + '\n', talk.endings());
    };
    int fits = 1;
    int is_too_long = 200'000;
    while (fits + 1 < is_too_long) {
        const int middle = fits + (is_too_long - fits) / 2;
        (send(middle).first ? fits : is_too_long) = middle;
    }
    return together({std::to_string(fits) + " characters arrive"},
                    told_together({{"one more", send(is_too_long).second},
                                   {"a million", send(1'000'000).second}}));
}

// How a run ends is no matter of the text.
findings text_alone(const chat& version, const std::vector<std::string>& lines)
{
    return {in_good_order(version, lines, join(lines, "\n")).front()};
}

findings text(const chat& version)
{
    return text_alone(version, {"\u4F60\u597D", "caf\u00E9 \U0001F600"});
}

findings blanks(const chat& version)
{
    return text_alone(version, {"hello big world", "  two before, two behind  ", ""});
}

// A kill, and what was seen afterwards.
struct after_a_kill
{
    bool has_happened = false; // false: at this point one of the two did not live
    bool has_ended = false;    // the run, before its turn came
    std::string ending;        // of the other one
    bool is_a_line_missing = false;
    bool is_a_line_wrong = false;
};

// One of the two is killed after so many steps of a run in which all goes well.
after_a_kill kill(const chat& version, const std::string& who, int steps)
{
    const std::string lines = "one\ntwo\n";
    execution run;
    conversation talk(run, version, lines);
    for (int i = 0; i < steps; ++i)
        if (!talk.step())
            return {.has_ended = true, .ending = {}};
    if (!talk.has_child() || talk.parent().has_ended() || talk.child().has_ended())
        return {};
    const bool is_parent = who == "parent";
    (is_parent ? talk.parent() : talk.child()).kill();
    talk.run_to_end();
    const auto printed = talk.printed();
    return {.has_happened = true,
            .ending = talk.ending(is_parent ? talk.child() : talk.parent()),
            .is_a_line_missing = printed != lines,
            .is_a_line_wrong =
                !lines.starts_with(printed) || !(printed.empty() || printed.ends_with('\n'))};
}

// All kills, one for each point of the run.
std::vector<after_a_kill> kill_everywhere(const chat& version, const std::string& who)
{
    std::vector<after_a_kill> kills;
    constexpr int at_once = 20;
    for (bool has_ended = false; !has_ended;) {
        const int done = static_cast<int>(kills.size());
        const auto further =
            observe_each(at_once, [&](int i) { return kill(version, who, done + i); });
        kills.insert(kills.end(), further.begin(), further.end());
        has_ended = further.back().has_ended;
    }
    std::erase_if(kills, [](const after_a_kill& one) { return !one.has_happened; });
    return kills;
}

findings killed(const chat& version, const std::string& who)
{
    const auto kills = kill_everywhere(version, who);
    tally endings(kills.size());
    for (const auto& one : kills) {
        endings.add(one.ending);
        if (one.is_a_line_missing && one.ending.ends_with("ends with 0"))
            endings.add("lines are lost, and nobody says so");
        if (one.is_a_line_wrong)
            endings.add("a line is not what was sent");
    }
    return endings.told();
}

// The names that the program of lesson 7 gives its objects.
std::vector<std::wstring> names_created_by(std::string_view function)
{
    execution run;
    conversation talk(run, chat_of("07"), "");
    talk.run_to_end();
    std::vector<std::wstring> names;
    for (const auto& call : talk.parent().calls(function))
        names.push_back(call.text);
    return names;
}

// Creates an object under each of the names, as this execution's programs know them.
using create = std::function<HANDLE(const wchar_t*)>;

findings squatted(const chat& version, std::string_view function, const create& squatter)
{
    std::vector<unique_handle> objects;
    execution run;
    for (const auto& name : names_created_by(function)) {
        objects.emplace_back(squatter(run.object_name(name).c_str()));
        if (!objects.back())
            winipc::throw_last_error("creating the squatter's object");
    }
    const auto lines = numbered_lines(3, "line ");
    return in_good_order(run, version, lines, join(lines, "\n"));
}

findings squatted_section(const chat& version)
{
    const auto of_size = [&](DWORD bytes) {
        return squatted(version, "CreateFileMappingW", [=](const wchar_t* name) {
            return ::CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, bytes,
                                        name);
        });
    };
    return told_together({{"16 bytes", of_size(16)}, {"1 MiB", of_size(1024 * 1024)}});
}

findings squatted_event(const chat& version)
{
    const auto of_kind = [&](BOOL manual_reset) {
        return squatted(version, "CreateEventW", [=](const wchar_t* name) {
            return ::CreateEventW(nullptr, manual_reset, TRUE, name);
        });
    };
    return told_together({{"manual-reset", of_kind(TRUE)}, {"auto-reset", of_kind(FALSE)}});
}

findings two_pairs(const chat& version)
{
    const auto a = numbered_lines(10, "A");
    const auto b = numbered_lines(10, "B");
    execution run;
    conversation first(run, version, join(a, "\n"));
    first.let_child_begin();
    conversation second(run, version, join(b, "\n"), 2);
    for (bool goes_on = true; goes_on;) {
        const bool first_goes_on = first.step();
        goes_on = second.step() || first_goes_on;
    }
    run.run_until_stuck();
    return told_together(
        {{"first pair", together({arrival(a, first.printed())}, first.endings())},
         {"second pair", together({arrival(b, second.printed())}, second.endings())}});
}

// What a stranger writes into the section. Even numbers: all bytes are random. Odd ones: up to
// eight bytes near the beginning are, and the rest is what the parent has written.
void scribble(winipc::mapped_view& view, std::size_t size, unsigned number)
{
    auto* const bytes = view.as<std::uint8_t>();
    std::mt19937 random(number); // the same numbers with every library
    const auto byte = [&] { return static_cast<std::uint8_t>(random()); };
    if (number % 2 == 0)
        std::generate(bytes, bytes + size, byte);
    else
        for (auto left = random() % 8 + 1; left != 0; --left)
            bytes[random() % 32] = byte();
}

unique_handle section_of(const controlled_process& parent)
{
    for (const auto& handle : parent.open_handles())
        if (handle.opened_by.starts_with("CreateFileMappingW"))
            return parent.duplicate(handle.object);
    throw std::logic_error("the parent has no section");
}

std::uint64_t section_size(const controlled_process& parent)
{
    return parent.calls("CreateFileMappingW").front().arguments.at(4); // dwMaximumSizeLow
}

std::string what_random_contents_do(const chat& version, int number)
{
    const std::string line = "hello\n";
    execution run;
    run.processor_limit(
        std::chrono::minutes(1)); // lesson 7's child may copy a gigabyte before it crashes
    run.watchdog(std::chrono::minutes(2));
    conversation talk(run, version, line);
    talk.let_child_begin();
    talk.let_child_wake();
    {
        const auto section = section_of(talk.parent());
        winipc::mapped_view view(section.get(), FILE_MAP_WRITE);
        scribble(view, section_size(talk.parent()), static_cast<unsigned>(number));
    }
    talk.run_to_end();
    const auto printed = talk.printed();
    if (printed.empty() || talk.child().crash())
        return talk.ending(talk.child());
    return printed == line ? "child prints what was sent" : "child prints something else";
}

findings random_contents(const chat& version)
{
    constexpr int most = 100;
    tally all(most);
    for (const auto& what :
         observe_each(most, [&](int number) { return what_random_contents_do(version, number); }))
        all.add(what);
    return all.told();
}

} // namespace

const std::vector<fault>& all_faults()
{
    static const std::vector<fault> all{
        {"slow child", "three lines of the parent for one of the child, unless it waits", "09",
         slow_child},
        {"late child", "its first step comes when the parent has sent 8 lines, or all", "08",
         late_child},
        {"end of input", "after three lines: it ends, or Exit is typed", "11", end_of_input},
        {"over-long line", "one character more than arrives, and a million", "06", over_long_line},
        {"\u4F60\u597D", "two lines beyond ASCII", "06", text},
        {"blanks", "in a line, around it, and an empty line", "06", blanks},
        {"killed child", "at each point at which both live, two lines", "11",
         [](const chat& version) { return killed(version, "child"); }},
        {"killed parent", "at each point at which both live, two lines", "11",
         [](const chat& version) { return killed(version, "parent"); }},
        {"squatted section", "the name is taken before the start: 16 bytes, or 1 MiB", "12",
         squatted_section},
        {"squatted event", "the name is taken, the event is set: manual-reset, or auto-reset", "12",
         squatted_event},
        {"two pairs at once", "ten lines each, step by step", "12", two_pairs},
        {"random section contents",
         "all bytes, or up to 8 of the message, before the child reads it", "13", random_contents},
    };
    return all;
}

const fault& fault_called(std::string_view name)
{
    const auto& all = all_faults();
    const auto found = std::ranges::find(all, name, &fault::name);
    if (found == all.end())
        throw std::out_of_range("no such fault");
    return *found;
}

} // namespace faults
