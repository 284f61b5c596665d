// Arguments that are no handles, and calls that fail.
#include "handles.h"
#include "interleave/execution.h"
#include "interleave/matchers.h"
#include "testing/expectations.h"
#include "testing/programs.h"
#include "winipc/mapped_view.h"
#include "winipc/peer.h"
#include "winipc/text.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace private_objects {

using namespace interleave;
using namespace winipc::testing;
using ::testing::HasSubstr;

namespace {

// A child that the test has started with these arguments refuses them.
void expect_refused(const execution& run, const std::string& why)
{
    const auto& child = run.process("child");
    const auto errors = child.error_output();
    EXPECT_THAT(child, ended_with(winipc::something_failed)) << why << "\n"
                                                             << errors << run.timeline();
    EXPECT_EQ(std::ranges::count(errors, '\n'), 1)
        << why << ": one line on stderr says what is wrong; there is:\n"
        << errors << run.timeline();
}

const std::vector<std::wstring> chosen_numbers{L"2000", L"2004", L"2008", L"2012"};

// A child whose parent is the test. All it has to read is the end of the talk.
controlled_process& start_child_of_the_test(execution& run,
                                            const std::vector<std::wstring>& numbers)
{
    const auto section = new_section();
    constexpr std::uint32_t end = 2;
    *winipc::mapped_view(section.get(), FILE_MAP_WRITE).as<std::uint32_t>() = end;
    const auto message_ready = new_event();
    ::SetEvent(message_ready.get());

    auto& child = run.start(program("child"), arguments(numbers));
    plant_at(child, 2000, section.get(), FILE_MAP_READ);
    plant_at(child, 2004, message_ready.get(), SYNCHRONIZE);
    plant_at(child, 2008, new_event().get(), EVENT_MODIFY_STATE);
    plant_at(child, 2012, ::GetCurrentProcess(), SYNCHRONIZE);
    return child;
}

} // namespace

TEST(BadArguments, AreRefused)
{
    using list = std::vector<std::wstring>;
    const std::vector<std::pair<std::string, list>> cases{
        {"no argument", {}},
        {"too few arguments", {L"2000", L"2004", L"2008"}},
        {"too many arguments", {L"2000", L"2004", L"2008", L"2012", L"2016"}},
        {"text", {L"section", L"ready", L"free", L"parent"}},
        {"nothing at all", {L"", L"", L"", L""}},
        {"a negative number", {L"-4", L"-4", L"-4", L"-4"}},
        {"0", {L"0", L"0", L"0", L"0"}},
        {"a number with something after it", {L"2000x", L"2004", L"2008", L"2012"}},
        {"a number of no handle", {L"4000", L"4004", L"4008", L"4012"}},
        {"a number that no handle has", {L"99999999999999999999", L"4", L"8", L"12"}}};
    for (const auto& [what, numbers] : cases) {
        execution run;
        run.start(program("child"), arguments(numbers)).run_to_end();

        expect_refused(run, what);
    }
}

TEST(BadArguments, EachOfTheFourIsLookedAt)
{
    for (std::size_t bad = 0; bad < chosen_numbers.size(); ++bad)
        for (const std::wstring& text : {std::wstring(L"text"), chosen_numbers[bad] + L"x"}) {
            auto numbers = chosen_numbers;
            numbers[bad] = text;
            execution run;

            start_child_of_the_test(run, numbers).run_to_end();

            expect_refused(run, "argument " + std::to_string(bad + 1) + " is no number, but " +
                                    winipc::to_utf8(text));
        }
}

TEST(BadArguments, ThreeGoodOnesOrFiveAreRefused)
{
    for (const std::size_t count : {3U, 5U}) {
        auto numbers = chosen_numbers;
        numbers.resize(count, L"2012");
        execution run;

        start_child_of_the_test(run, numbers).run_to_end();

        expect_refused(run, std::to_string(count) + " arguments, each a handle's number");
    }
}

TEST(BadArguments, FourGoodOnesAreTaken)
{
    execution run;

    start_child_of_the_test(run, chosen_numbers).run_to_end();

    const auto& child = run.process("child");
    EXPECT_THAT(child, ended_with(winipc::all_went_well))
        << "its arguments are: section, message-ready, slot-free, parent\n"
        << child.error_output() << run.timeline();
}

TEST(BadArguments, AHandleOfTheWrongKindIsRefused)
{
    const auto event = new_event();
    const auto section = new_section();
    const std::vector<std::pair<std::string, std::vector<HANDLE>>> cases{
        {"the section is an event", {event.get(), event.get(), event.get(), event.get()}},
        {"slot-free is a section", {section.get(), event.get(), section.get(), event.get()}},
        {"message-ready is a section", {section.get(), section.get(), event.get(), event.get()}},
        {"the parent is a section", {section.get(), event.get(), event.get(), section.get()}}};
    for (const auto& [what, objects] : cases) {
        execution run;
        auto& child = run.start(program("child"), arguments({L"2000", L"2004", L"2008", L"2012"}));
        for (std::uintptr_t i = 0; i < 4; ++i)
            plant_at(child, 2000 + 4 * i, objects[i],
                     objects[i] == section.get() ? FILE_MAP_READ : EVENT_ALL_ACCESS);

        child.run_to_end();

        expect_refused(run, what);
        EXPECT_THAT(child.error_output(), HasSubstr("(error ")) << what;
    }
}

TEST(Failures, OfTheParentAreReportedAndLeaveNothing)
{
    std::vector<point> places{before("CreateFileMappingW"), before("CreateProcessW"),
                              before("CreateEventW").nth(2), before("CreateEventW").nth(3)};
    for (const int nth : {1, 2, 3, 4})
        places.push_back(before("DuplicateHandle").nth(nth));
    for (const int nth : {1, 2})
        places.push_back(before("UpdateProcThreadAttribute").nth(nth));
    for (const auto& place : places) {
        execution run{program("parent"), input(two_lines)};
        auto& parent = run.process("parent");
        parent.run_to(place);

        parent.fail(ERROR_ACCESS_DENIED);
        parent.run_to_end();

        expect_reported(run, parent, place.call, ERROR_ACCESS_DENIED);
        expect_nothing_open(run, parent);
        EXPECT_FALSE(run.has_process("child")) << run.timeline();
    }
}

TEST(Failures, OfTheChildAreReportedAndLeaveNothing)
{
    for (const auto* call : {"MapViewOfFile", "SetEvent", "WaitForMultipleObjects"}) {
        execution run{program("parent"), input(two_lines)};
        auto& child = started_child(run);
        child.run_to(before(call));

        child.fail(ERROR_NOT_ENOUGH_MEMORY);
        run.run_to_end();

        expect_reported(run, child, call, ERROR_NOT_ENOUGH_MEMORY);
        expect_nothing_open(run, child);
        EXPECT_THAT(run.process("parent"), ended_with(winipc::peer_has_died)) << run.timeline();
    }
}

} // namespace private_objects
