// Which handles the child gets, with which rights; and that two pairs do not meet.
#include "handles.h"
#include "interleave/execution.h"
#include "interleave/explore.h"
#include "interleave/matchers.h"
#include "testing/access.h"
#include "testing/expectations.h"
#include "testing/lines.h"
#include "testing/programs.h"
#include "testing/slow_tests.h"
#include "winipc/peer.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace private_objects {

using namespace interleave;
using namespace winipc::testing;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using winipc::unique_handle;

namespace {

bool is_of(std::string_view type, const std::string& object)
{
    return object.starts_with(type);
}

// The lines at which the parent has made duplicates of an object.
std::string duplicated_at(const execution& run, const std::string& object)
{
    std::string lines;
    const auto source = is_of("process", object) ? "itself" : object;
    for (const auto& call : run.process("parent").calls("DuplicateHandle"))
        if (call.object == source)
            lines += ", " + call.line;
    return lines;
}

std::string names_of(const std::string& object, ACCESS_MASK rights)
{
    return is_of("section", object) ? section_access(rights) : event_access(rights);
}

// Everybody makes a step in turn, as long as anybody can.
void take_turns(const std::vector<controlled_process*>& processes)
{
    for (bool can_go_on = true; can_go_on;) {
        can_go_on = false;
        for (auto* process : processes)
            if (!process->has_ended() && !process->is_blocked()) {
                process->step();
                can_go_on = true;
            }
    }
}

const winipc::testing::slow_tests slow{"TwoPairs.DoNotCrossInAnyOrder", "EveryOrder.",
                                       "FullSpeed."};

} // namespace

TEST(PrivateObjects, BothLinesArriveAndBothEnd)
{
    execution run{program("parent"), input(two_lines)};

    run.run_to_end();

    EXPECT_EQ(run.process("child").output(), two_lines)
        << run.process("parent").error_output() << run.process("child").error_output()
        << run.timeline();
    for (const auto* name : {"parent", "child"}) {
        const auto& process = run.process(name);
        EXPECT_THAT(process, ended_with(winipc::all_went_well))
            << process.error_output() << run.timeline();
    }
}

TEST(PrivateObjects, NoneHasAName)
{
    execution run{program("parent"), input(two_lines)};

    run.run_to_end();

    for (const auto* function : {"CreateFileMappingW", "CreateEventW", "CreateJobObjectW"}) {
        const auto calls = run.process("parent").calls(function);
        EXPECT_FALSE(calls.empty()) << "the parent does not call " << function;
        for (const auto& call : calls)
            EXPECT_EQ(call.text, L"") << call.object << " has a name, " << call.line
                                      << ": whoever knows it can open the object";
    }
}

TEST(PrivateObjects, TheChildOpensNothing)
{
    execution run{program("parent"), input(two_lines)};

    run.run_to_end();

    for (const auto* function :
         {"OpenFileMappingW", "OpenEventW", "OpenProcess", "CreateFileMappingW", "CreateEventW"})
        EXPECT_THAT(run.process("child").calls(function), IsEmpty())
            << "all that the child needs it has inherited\n"
            << run.timeline();
}

TEST(PrivateObjects, FourHandlesArriveAndNoMore)
{
    execution run{program("parent"), input(two_lines)};

    const auto handles = started_child(run).open_handles();

    EXPECT_THAT(handles, Each(Field(&open_handle::opened_by, "inherited")));
    EXPECT_THAT(handles, SizeIs(4)) << "the section, two events, and the parent\n"
                                    << run.timeline();
    for (const auto& wanted :
         {std::pair{"section", 1}, std::pair{"event", 2}, std::pair{"process parent", 1}})
        EXPECT_EQ(std::ranges::count_if(handles,
                                        [&](const open_handle& handle) {
                                            return is_of(wanted.first, handle.object);
                                        }),
                  wanted.second)
            << "at its start the child should have " << wanted.second
            << " handle(s) of this kind: " << wanted.first << ". It has:\n"
            << ::testing::PrintToString(handles);
}

TEST(PrivateObjects, EachHandleHasTheOneRightThatIsNeeded)
{
    execution run{program("parent"), input(two_lines)};
    const auto& child = started_child(run);

    std::vector<std::string> of_events;
    for (const auto& [object, opened_by] : child.open_handles()) {
        const auto rights = rights_of(child.duplicate(object).get());
        const auto found = "the child's handle to " + object + " comes with " +
                           names_of(object, rights) + duplicated_at(run, object);
        if (is_of("section", object)) {
            EXPECT_EQ(rights, FILE_MAP_READ) << found << ", needed is FILE_MAP_READ";
        } else if (is_of("process", object)) {
            EXPECT_EQ(rights, SYNCHRONIZE) << found << ", needed is SYNCHRONIZE";
        } else {
            EXPECT_THAT(rights, AnyOf(SYNCHRONIZE, EVENT_MODIFY_STATE))
                << found << ", needed is one right: to wait for it, or to set it";
            of_events.push_back(event_access(rights));
        }
    }

    EXPECT_THAT(of_events, ::testing::UnorderedElementsAre("SYNCHRONIZE", "EVENT_MODIFY_STATE"))
        << "the child waits for the one event, and sets the other";
}

TEST(PrivateObjects, TheChildCouldNotDoMoreIfItWanted)
{
    execution run{program("parent"), input(two_lines)};
    const auto& child = started_child(run);
    run.process("parent").run_until_blocked();
    int refused = 0;

    for (const auto& [object, opened_by] : child.open_handles()) {
        const auto handle = child.duplicate(object); // with the child's rights
        const auto expect_refusal = [&, &what = object](bool succeeded, const char* attempt) {
            const DWORD code = ::GetLastError();
            EXPECT_FALSE(succeeded)
                << "the child can " << attempt << ": " << what << duplicated_at(run, what);
            EXPECT_EQ(succeeded ? ERROR_ACCESS_DENIED : code, ERROR_ACCESS_DENIED) << what;
            ++refused;
        };
        if (is_of("section", object))
            expect_refusal(::MapViewOfFile(handle.get(), FILE_MAP_WRITE, 0, 0, 0) != nullptr,
                           "write into the section");
        else if (is_of("process", object))
            expect_refusal(::TerminateProcess(handle.get(), 1) != 0, "end its parent");
        else if (rights_of(handle.get()) & SYNCHRONIZE)
            expect_refusal(::SetEvent(handle.get()) != 0, "set the event that it waits for");
        else
            expect_refusal(::WaitForSingleObject(handle.get(), 0) != WAIT_FAILED,
                           "wait for the event that it sets");
    }

    EXPECT_EQ(refused, 4) << "the child has not got its four handles\n" << run.timeline();
}

TEST(PrivateObjects, WhatElseIsInheritableDoesNotArrive)
{
    execution run{program("parent"), input(two_lines)};
    const auto stranger = new_event();
    const auto number = plant(run.process("parent"), stranger.get(), EVENT_ALL_ACCESS);

    const auto& child = started_child(run);

    ASSERT_THAT(handles_to(run.process("parent"), stranger.get()), SizeIs(1));
    EXPECT_THAT(handles_to(child, stranger.get()), IsEmpty())
        << "the parent happens to hold an inheritable handle (number " << number
        << ") to an event that is no business of the child. The child has it too: what is to be "
           "inherited must be listed, and CreateProcessW told of it by "
           "EXTENDED_STARTUPINFO_PRESENT\n"
        << run.timeline();
}

TEST(PrivateObjects, TheChildIsGivenOutputAndErrorOutputAndNoInput)
{
    execution run{program("parent"), input(two_lines)};

    started_child(run);

    const auto& parent = run.process("parent");
    const auto call = parent.calls("CreateProcessW").back();
    const auto startup = read_at<STARTUPINFOW>(parent, call.arguments[8], 1).front();
    const auto listed = listed_handles(parent);
    EXPECT_TRUE(startup.dwFlags & STARTF_USESTDHANDLES)
        << "without STARTF_USESTDHANDLES the child is given the parent's input as well, "
        << call.line;
    EXPECT_THAT(listed, Contains(startup.hStdOutput))
        << "hStdOutput is inherited only if it is listed, " << call.line;
    EXPECT_THAT(listed, Contains(startup.hStdError))
        << "hStdError is inherited only if it is listed, " << call.line;
    EXPECT_EQ(startup.hStdInput, nullptr)
        << "the lines are read by the parent alone, " << call.line;
    EXPECT_THAT(listed, SizeIs(6)) << "four handles and two streams";
}

TEST(PrivateObjects, WhatTheChildHasInheritedIsInheritedNoFurther)
{
    execution run{program("parent"), input(two_lines)};
    auto& child = started_child(run);
    const auto handles = child.open_handles();
    ASSERT_THAT(handles, SizeIs(4)) << run.timeline();
    const heir first(child); // when the child has made no step yet

    child.run_until_blocked();

    const heir second(child);
    for (const auto& [object, opened_by] : handles) {
        const auto its_object = child.duplicate(object);
        const auto arrived = first.handles_to(its_object.get());
        const auto left = second.handles_to(its_object.get());
        for (const auto number : handles_to(child, its_object.get())) {
            EXPECT_THAT(arrived, Contains(number)) << object;
            EXPECT_THAT(left, Not(Contains(number)))
                << object << " (number " << number << "): a program that the child starts gets "
                << "this handle as well, unless its flag HANDLE_FLAG_INHERIT is cleared";
        }
    }
}

TEST(PrivateObjects, TheParentKeepsNoDuplicate)
{
    execution run{program("parent"), input(two_lines)};
    auto& child = started_child(run);
    auto& parent = run.process("parent");

    parent.run_until_blocked();

    const auto handles = parent.open_handles();
    for (const auto& [object, opened_by] : handles) {
        const auto same = [&, &what = object](const open_handle& h) { return h.object == what; };
        EXPECT_EQ(std::ranges::count_if(handles, same), 1)
            << object << ": what was made for the child is closed when the child has it; this one "
            << "is left: " << opened_by;
    }
    EXPECT_THAT(handles,
                Each(Field(&open_handle::object, ::testing::Ne(std::string("process parent")))))
        << "the parent needs no handle to itself";
    EXPECT_THAT(child.open_handles(), SizeIs(4)) << run.timeline();
}

TEST(PrivateObjects, EverythingIsClosedInTheEnd)
{
    execution run{program("parent"), input(two_lines)};

    run.run_to_end();

    for (const auto* name : {"parent", "child"})
        expect_nothing_open(run, run.process(name));
}

TEST(PrivateObjects, AStrangerUnderTheOldNamesDoesNotMatter)
{
    execution run;
    const auto name = [&](const wchar_t* old_name) { return run.object_name(old_name); };
    const unique_handle section{
        ::CreateEventW(nullptr, TRUE, TRUE, name(L"Local\\winipc-message").c_str())};
    const unique_handle message_ready{
        ::CreateEventW(nullptr, TRUE, TRUE, name(L"Local\\winipc-message-ready").c_str())};
    const unique_handle slot_free{
        ::CreateMutexW(nullptr, TRUE, name(L"Local\\winipc-slot-free").c_str())};
    run.start(program("parent"), input(two_lines));

    run.run_to_end();

    EXPECT_EQ(printed_by_child(run), two_lines) << "objects without names cannot be squatted\n"
                                                << run.timeline();
    EXPECT_THAT(run.process("parent"), ended_with(winipc::all_went_well))
        << run.process("parent").error_output() << run.timeline();
}

TEST(Job, HoldsTheChildFromItsFirstMoment)
{
    execution run{program("parent"), input(two_lines)};
    auto& child = started_child(run); // the parent has not made a step since

    run.process("parent").kill();

    EXPECT_TRUE(child.has_ended())
        << "the parent is gone before the child is ready, and the child lives on: it must be in "
           "the job when CreateProcessW returns\n"
        << run.timeline();
}

TEST(TwoPairs, DoNotCross)
{
    execution run;
    run.start(program("parent"), input("a1\na2\na3\n"));
    run.start(program("parent"), input("b1\nb2\nb3\n"));
    auto& first_child = started_child(run, 1);
    auto& second_child = started_child(run, 2);

    take_turns({&run.process("parent", 1), &second_child, &run.process("parent", 2), &first_child});
    run.run_to_end();

    EXPECT_EQ(first_child.output(), "a1\na2\na3\n") << run.timeline();
    EXPECT_EQ(second_child.output(), "b1\nb2\nb3\n") << run.timeline();
    for (const int nth : {1, 2})
        EXPECT_THAT(run.process("parent", nth), ended_with(winipc::all_went_well))
            << run.timeline();
}

TEST(TwoPairs, DoNotCrossInAnyOrder)
{
    const auto result = explore([](execution& run) {
                            run.start(program("parent"), input("a1\na2\n"));
                            run.start(program("parent"), input("b1\nb2\n"));
                            started_child(run, 1);
                            started_child(run, 2);
                        })
                            .random(12, 20)
                            .check([](const execution& run) {
                                EXPECT_EQ(run.process("child", 1).output(), "a1\na2\n");
                                EXPECT_EQ(run.process("child", 2).output(), "b1\nb2\n");
                            });

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_EQ(result.schedules(), 20U);
}

} // namespace private_objects
