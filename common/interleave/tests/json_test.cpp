// A record as a file: it holds everything, and the page docs/record.md describes all that it holds.
#include "explorer_program.h"
#include "interleave/execution.h"
#include "interleave/json.h"
#include "interleave/record.h"
#include "page.h"
#include "testing/files.h"
#include "testing/programs.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <ios>
#include <iterator>
#include <nlohmann/json.hpp>
#include <nlohmann/json_fwd.hpp>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

using namespace interleave;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAreArray;
using winipc::testing::program;
using winipc::testing::temporary_folder;
using json = nlohmann::ordered_json;

namespace {

// Every member has a value that is not its default.
point_record full_point()
{
    return {"CreateProcessW",
            phase::after,
            "parent.cpp",
            41,
            3,
            {{reference::object, 0}, {reference::not_open, 0}},
            effect::starts_process,
            {{"program", 0xFFFF'FFFF'FFFF'FFFF}, {"flags", 0}},
            1,
            183,
            outcome::object_signalled,
            1,
            0xFFFF'FFFF,
            "PC",
            access_record{true, 8},
            exception_record{exception_kind::uncaught, 0xE06D'7363},
            "child \u4F60\u597D",
            "\"child\" --loud"};
}

execution_record full_record()
{
    execution_record record;
    record.processes = {{"parent", "C:\\parent.exe", "\"C:\\parent.exe\"", 0, ending::crashed, 3,
                         "out\n", "err\n"}};
    record.threads = {{'P', 0, true, full_point()}};
    record.objects = {{"event", "winipc-ready", 1, "ready"}};
    record.steps = {
        {7, happening::process_ended, 0, 'P', full_point(), ending::killed_by_test, true, true}};
    record.choices = {{'P', choice_kind::kill, 9}};
    return record;
}

std::vector<std::string> names_in(const json& object)
{
    std::vector<std::string> names;
    for (const auto& [name, value] : object.items())
        names.push_back(name);
    return names;
}

std::string page()
{
    return read_page(RECORD_PAGE);
}

// The members in the table of a section, by its label. One row may name two.
std::vector<std::string> documented(const std::string& label)
{
    const auto section = between(page() + "\n## ", "{#" + label + "}", "\n## ");
    std::vector<std::string> names;
    for (const auto& row : words(section, std::regex(R"(\n\| (`[^|]*`) \|)")))
        for (const auto& name : words(row, std::regex("`(\\w+)`")))
            names.push_back(name);
    return names;
}

// All the words that a member can have, one for each enumerator.
template <class Enum>
std::set<std::string> words_for(Enum step_record::* member, const char* name)
{
    std::set<std::string> all;
    for (int value = 0; value < 128; ++value) {
        auto record = full_record();
        record.steps[0].*member = static_cast<Enum>(value);
        if (const auto step = json::parse(to_json(record))["steps"][0]; step.contains(name))
            all.insert(step[name].get<std::string>());
    }
    all.erase("");
    return all;
}

template <class Change>
std::set<std::string> words_for(Change change, const json::json_pointer& where)
{
    std::set<std::string> all;
    for (int value = 0; value < 128; ++value) {
        auto record = full_record();
        change(record, value);
        const auto found = json::parse(to_json(record)).at(where);
        if (found.is_string())
            all.insert(found.get<std::string>());
    }
    all.erase("");
    return all;
}

std::set<std::string> documented_words(const std::string& kind)
{
    const auto row = between(page(), "\n| *" + kind + "* |", " |\n");
    const auto found =
        words(std::regex_replace(row, std::regex(R"(\([^)]*\))"), ""), std::regex("`([^`]+)`"));
    return {found.begin(), found.end()};
}

std::string refusal_of(const std::string& text)
{
    try {
        (void)from_json(text);
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "no refusal";
}

DWORD explore(std::wstring_view options)
{
    return explore_by_program(program("left"), options);
}

std::string content(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

TEST(Json, HoldsAllOfARecord)
{
    const auto record = full_record();

    EXPECT_TRUE(from_json(to_json(record)) == record) << to_json(record);
    EXPECT_TRUE(from_json(to_json({})) == execution_record{});
}

TEST(Json, HoldsAllOfRealExecutions)
{
    const std::pair<const char*, const wchar_t*> scenes[] = {
        {"scene", L"wait_for_two"},   {"scene", L"throw_uncaught"}, {"scene", L"child"},
        {"scene", L"double_close"},   {"scene", L"timed_wait"},     {"family", L"hand_over"},
        {"family", L"job_is_closed"}, {"family", L"open_parent"},   {"memory", L"copy_a"},
        {"memory", L"sleep_often"}};
    for (const auto& [name, scene] : scenes) {
        execution run;
        run.memory_points();
        run.start(program(name), arguments({scene}));
        run.run_until_stuck();
        const auto record = run.record();

        const auto again = from_json(to_json(record));

        EXPECT_TRUE(again == record) << name << to_json(record);
        EXPECT_EQ(format_timeline(again), run.timeline());
        EXPECT_EQ(format_schedule(again), run.schedule());
    }
}

TEST(Json, ThePageDescribesEachMember)
{
    const auto file = json::parse(to_json(full_record()));
    const auto& point = file["steps"][0]["point"];

    EXPECT_THAT(documented("record_file"), UnorderedElementsAreArray(names_in(file)));
    EXPECT_THAT(documented("record_process"),
                UnorderedElementsAreArray(names_in(file["processes"][0])));
    EXPECT_THAT(documented("record_thread"),
                UnorderedElementsAreArray(names_in(file["threads"][0])));
    EXPECT_THAT(documented("record_object"),
                UnorderedElementsAreArray(names_in(file["objects"][0])));
    EXPECT_THAT(documented("record_step"), UnorderedElementsAreArray(names_in(file["steps"][0])));
    EXPECT_THAT(documented("record_point"), UnorderedElementsAreArray(names_in(point)));
    EXPECT_THAT(documented("record_choice"),
                UnorderedElementsAreArray(names_in(file["choices"][0])));
    for (const auto* part : {"access", "exception"})
        for (const auto& name : names_in(point[part]))
            EXPECT_THAT(between(page(), std::string("| `") + part + "` |", "\n"),
                        HasSubstr("`" + name + "`"));
}

TEST(Json, ThePageListsEachWord)
{
    using pointer = json::json_pointer;
    const auto of_point = [](auto member) {
        return [=](execution_record& record, int value) {
            auto& place = record.steps[0].point.*member;
            place = static_cast<std::remove_reference_t<decltype(place)>>(value);
        };
    };

    EXPECT_EQ(documented_words("phase"),
              words_for(of_point(&point_record::when), pointer("/steps/0/point/phase")));
    EXPECT_EQ(documented_words("outcome"),
              words_for(of_point(&point_record::came_of_it), pointer("/steps/0/point/outcome")));
    EXPECT_EQ(documented_words("effect"),
              words_for(of_point(&point_record::does), pointer("/steps/0/point/effect")));
    EXPECT_EQ(documented_words("what"), words_for(&step_record::what, "what"));
    EXPECT_EQ(documented_words("ending"), words_for(&step_record::end, "ending"));
    EXPECT_EQ(documented_words("object"), words_for(
                                              [](execution_record& record, int value) {
                                                  record.steps[0].point.objects[0].what =
                                                      static_cast<reference>(value);
                                              },
                                              pointer("/steps/0/point/objects/0")));
    EXPECT_EQ(documented_words("exception"), words_for(
                                                 [](execution_record& record, int value) {
                                                     record.steps[0].point.exception->kind =
                                                         static_cast<exception_kind>(value);
                                                 },
                                                 pointer("/steps/0/point/exception/kind")));
    EXPECT_EQ(documented_words("choice"),
              words_for([](execution_record& record,
                           int value) { record.choices[0].kind = static_cast<choice_kind>(value); },
                        pointer("/choices/0/kind")));
}

TEST(Json, RefusesWhatIsNoRecord)
{
    const auto good = to_json(full_record());
    const auto with = [&](const std::string& part, const std::string& other) {
        auto text = good;
        return text.replace(text.find(part), part.size(), other);
    };

    EXPECT_THAT(refusal_of(""), StartsWith("no record of an execution: "));
    EXPECT_THAT(refusal_of("{}"), StartsWith("no record of an execution: "));
    EXPECT_EQ(refusal_of(with("\"version\": 1", "\"version\": 2")),
              "no record of an execution: it is of another version");
    EXPECT_EQ(refusal_of(with("\"after\"", "\"behind\"")),
              "no record of an execution: 'behind' is no word of it");
    EXPECT_EQ(refusal_of(with("\"process\": 0", "\"process\": 1")),
              "no record of an execution: an index is out of range");
    EXPECT_EQ(refusal_of(good), "no refusal");
}

TEST(Json, AnOutputThatIsNotUtf8IsWrittenAllTheSame)
{
    auto record = full_record();
    record.processes[0].output = "\xFF!";

    EXPECT_EQ(from_json(to_json(record)).processes[0].output, "\uFFFD!");
}

TEST(ExplorersJson, IsTheExecutionThatIsReplayed)
{
    const temporary_folder folder(L"record of a run");
    const auto path = folder.path() / "run.json";

    EXPECT_EQ(explore(L"--replay v1:L2 --json \"" + path.native() + L'"'), 0U);

    const auto record = from_json(content(path));
    EXPECT_THAT(format_schedule(record), StartsWith("v1:L2."));
    EXPECT_EQ(record.processes.at(0).name, "left");
}

TEST(ExplorersJson, IsTheFailureThatIsFound)
{
    const temporary_folder folder(L"record of a run");
    const auto path = folder.path() / "failure.json";

    // Who is killed at once prints nothing, but lines are wanted.
    EXPECT_EQ(explore(L"--lines 1 --preemptions 0 --json \"" + path.native() + L'"'), 1U);

    EXPECT_THAT(format_timeline(from_json(content(path))), HasSubstr("left: "));
}

TEST(ExplorersJson, IsNotThereWhenNothingHasFailed)
{
    const temporary_folder folder(L"record of a run");
    const auto path = folder.path() / "failure.json";
    std::ofstream(path) << "of yesterday";

    EXPECT_EQ(explore(L"--preemptions 0 --json \"" + path.native() + L'"'), 0U);

    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(ExplorersJson, AFileThatCannotBeWrittenIsSaidAtOnce)
{
    const temporary_folder folder(L"record of a run");

    EXPECT_EQ(explore(L"--json \"" + (folder.path() / "nowhere" / "x.json").native() + L'"'), 2U);
}
