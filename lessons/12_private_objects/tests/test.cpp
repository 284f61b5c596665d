#include "interleave/execution.h"
#include "interleave/explore.h"
#include "interleave/matchers.h"
#include "testing/access.h"
#include "testing/free_program.h"
#include "testing/programs.h"
#include "testing/slow_tests.h"
#include "winipc/error.h"
#include "winipc/inheritance.h"
#include "winipc/mapped_view.h"
#include "winipc/text.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <winternl.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <regex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace interleave;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;
using winipc::unique_handle;
using winipc::testing::event_access;
using winipc::testing::free_program;
using winipc::testing::program;
using winipc::testing::programs_folder;
using winipc::testing::section_access;

namespace {

// What the programs end with.
constexpr int all_went_well = 0;
constexpr int something_failed = 1;
constexpr int peer_has_died = 2;
constexpr int peer_is_silent = 3;

const std::string two_lines = "first\nsecond\n";

template <class Function>
Function* function_of(const wchar_t* module, const char* name)
{
    const auto address = ::GetProcAddress(::GetModuleHandleW(module), name);
    if (!address)
        winipc::throw_last_error(name);
    return reinterpret_cast<Function*>(reinterpret_cast<void*>(address));
}

bool are_same_object(HANDLE one, HANDLE other)
{
    static auto* const compare =
        function_of<BOOL WINAPI(HANDLE, HANDLE)>(L"kernelbase.dll", "CompareObjectHandles");
    return compare(one, other) != 0;
}

// The rights that come with a handle.
ACCESS_MASK rights_of(HANDLE handle)
{
    static auto* const query =
        function_of<decltype(::NtQueryObject)>(L"ntdll.dll", "NtQueryObject");
    PUBLIC_OBJECT_BASIC_INFORMATION information{};
    const auto status =
        query(handle, ObjectBasicInformation, &information, sizeof information, nullptr);
    if (status != 0)
        throw std::runtime_error("NtQueryObject fails with " + std::to_string(status));
    return information.GrantedAccess;
}

unique_handle opened(const controlled_process& process, DWORD access)
{
    unique_handle handle{::OpenProcess(access, FALSE, process.id())};
    if (!handle)
        winipc::throw_last_error("OpenProcess");
    return handle;
}

// The numbers of all the handles that a process, opened to duplicate from it, has to this object.
std::vector<std::uintptr_t> handles_to(const unique_handle& process, HANDLE object)
{
    constexpr std::uintptr_t most = 4096;
    std::vector<std::uintptr_t> found;
    for (std::uintptr_t number = 4; number < most; number += 4) {
        HANDLE copy = nullptr;
        if (!::DuplicateHandle(process.get(), reinterpret_cast<HANDLE>(number),
                               ::GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS))
            continue;
        const unique_handle handle{copy};
        if (are_same_object(copy, object))
            found.push_back(number);
    }
    return found;
}

std::vector<std::uintptr_t> handles_to(const controlled_process& process, HANDLE object)
{
    return handles_to(opened(process, PROCESS_DUP_HANDLE), object);
}

// A program that has this process for its parent, and is ended before its first instruction. What
// the process could hand on, it has inherited.
class heir
{
public:
    explicit heir(const controlled_process& process)
    {
        const auto parent = opened(process, PROCESS_CREATE_PROCESS);
        const std::vector<HANDLE> parents{parent.get()};
        winipc::process_attributes attributes(1);
        attributes.add(PROC_THREAD_ATTRIBUTE_PARENT_PROCESS, parents);
        STARTUPINFOEXW startup{};
        startup.StartupInfo.cb = sizeof startup;
        startup.lpAttributeList = attributes.get();
        PROCESS_INFORMATION started{};
        winipc::check(::CreateProcessW(program("child").c_str(), nullptr, nullptr, nullptr, TRUE,
                                       CREATE_SUSPENDED | EXTENDED_STARTUPINFO_PRESENT, nullptr,
                                       nullptr, &startup.StartupInfo, &started),
                      "CreateProcessW");
        process_.reset(started.hProcess);
        ::CloseHandle(started.hThread);
    }
    heir(const heir&) = delete;
    heir& operator=(const heir&) = delete;
    ~heir() { ::TerminateProcess(process_.get(), 0); }

    [[nodiscard]] std::vector<std::uintptr_t> handles_to(HANDLE object) const
    {
        return ::handles_to(process_, object);
    }

private:
    unique_handle process_;
};

// Gives the process a handle that may be inherited, as if it had opened it itself.
std::uintptr_t plant(const controlled_process& process, HANDLE object, DWORD access)
{
    HANDLE planted = nullptr;
    winipc::check(::DuplicateHandle(::GetCurrentProcess(), object,
                                    opened(process, PROCESS_DUP_HANDLE).get(), &planted, access,
                                    TRUE, 0),
                  "DuplicateHandle");
    return reinterpret_cast<std::uintptr_t>(planted);
}

// The same under a number that the test has chosen: all the numbers before it are used up.
void plant_at(const controlled_process& process, std::uintptr_t number, HANDLE object, DWORD access)
{
    for (std::uintptr_t value = 0; value != number;) {
        value = plant(process, object, access);
        if (value > number)
            throw std::runtime_error("number " + std::to_string(number) + " is taken already");
    }
}

unique_handle new_event()
{
    return unique_handle{::CreateEventW(nullptr, FALSE, FALSE, nullptr)};
}

unique_handle new_section()
{
    return unique_handle{
        ::CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 4096, nullptr)};
}

// What stands at an address of the process.
template <class T>
std::vector<T> read_at(const controlled_process& process, std::uint64_t address, std::size_t count)
{
    std::vector<T> values(count);
    winipc::check(::ReadProcessMemory(opened(process, PROCESS_VM_READ).get(),
                                      reinterpret_cast<const void*>(address), values.data(),
                                      count * sizeof(T), nullptr),
                  "ReadProcessMemory");
    return values;
}

// What the parent has handed over by its attribute list: the numbers of the handles.
std::vector<HANDLE> listed_handles(const controlled_process& parent)
{
    for (const auto& call : parent.calls("UpdateProcThreadAttribute"))
        if (call.arguments[2] == PROC_THREAD_ATTRIBUTE_HANDLE_LIST)
            return read_at<HANDLE>(parent, call.arguments[3], call.arguments[4] / sizeof(HANDLE));
    return {};
}

// The child, at its start. The parent stands behind CreateProcessW.
controlled_process& started_child(const execution& run, int nth = 1)
{
    run.process("parent", nth).run_to(after("CreateProcessW"));
    return run.process("child", nth);
}

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

void expect_reported(const execution& run, const controlled_process& process,
                     const std::string& function, DWORD code)
{
    EXPECT_THAT(process, ended_with(something_failed))
        << function << " has failed with error " << code << "\n"
        << process.error_output() << run.timeline();
    EXPECT_THAT(process.error_output(),
                AllOf(HasSubstr(function), HasSubstr("(error " + std::to_string(code) + ")")))
        << run.timeline();
    EXPECT_THAT(process.open_handles(), IsEmpty()) << run.timeline();
    EXPECT_THAT(process.open_views(), IsEmpty()) << run.timeline();
}

// A child that the test has started with these arguments refuses them.
void expect_refused(const execution& run, const std::string& why)
{
    const auto& child = run.process("child");
    const auto errors = child.error_output();
    EXPECT_THAT(child, ended_with(something_failed)) << why << "\n" << errors << run.timeline();
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

std::string printed_by_child(const execution& run)
{
    return run.has_process("child") ? run.process("child").output() : "";
}

// Whoever is left ends by itself, or by its job, and what is printed is a beginning.
std::size_t orders_with_a_kill(const char* victim)
{
    const auto result = explore(program("parent"), input(two_lines))
                            .kill(victim)
                            .preemptions(0)
                            .check([](const execution& run) {
                                EXPECT_THAT(two_lines, StartsWith(printed_by_child(run)))
                                    << "what is printed must be the beginning of what was sent";
                                for (const auto* name : {"parent", "child"})
                                    if (run.has_process(name)) {
                                        EXPECT_TRUE(run.process(name).has_ended())
                                            << "the " << name << " is left";
                                    }
                            });
    EXPECT_TRUE(result.passed()) << result.first_failure();
    return result.schedules();
}

// Each call is a place for a kill, so the number belongs to the solution; yours may make others.
void expect_count(std::size_t found, std::size_t of_solution)
{
    if (programs_folder().filename().native().starts_with(L"solution"))
        EXPECT_EQ(found, of_solution);
    else
        EXPECT_GT(found, 40U);
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
        EXPECT_THAT(process, ended_with(all_went_well)) << process.error_output() << run.timeline();
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

    for (const auto* name : {"parent", "child"}) {
        EXPECT_THAT(run.process(name).open_handles(), IsEmpty()) << run.timeline();
        EXPECT_THAT(run.process(name).open_views(), IsEmpty()) << run.timeline();
    }
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
    EXPECT_THAT(run.process("parent"), ended_with(all_went_well))
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
        EXPECT_THAT(run.process("parent", nth), ended_with(all_went_well)) << run.timeline();
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
    EXPECT_THAT(child, ended_with(all_went_well))
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
        EXPECT_THAT(run.process("parent"), ended_with(peer_has_died)) << run.timeline();
    }
}

// What lesson 11 has promised.

TEST(Shutdown, AParentThatDiesIsNoticed)
{
    execution run{program("parent"), input(two_lines)};
    auto& child = started_child(run);
    child.run_until_blocked();
    run.process("parent").run_to(after("SetEvent")); // the first line is on its way

    run.process("parent").kill();
    run.run_to_end();

    EXPECT_THAT(child, ended_with(peer_has_died)) << child.error_output() << run.timeline();
    EXPECT_EQ(child.output(), "first\n") << run.timeline();
}

TEST(Shutdown, AChildThatDiesIsNoticed)
{
    execution run{program("parent"), input(two_lines)};
    started_child(run).run_until_blocked();
    auto& parent = run.process("parent");
    parent.run_until_blocked();

    run.process("child").kill();
    run.run_to_end();

    EXPECT_THAT(parent, ended_with(peer_has_died)) << parent.error_output() << run.timeline();
    EXPECT_THAT(parent.open_handles(), IsEmpty()) << run.timeline();
}

TEST(Shutdown, AChildThatIsNotReadyIsEnded)
{
    execution run{program("parent"), input(two_lines)};
    const auto& child = started_child(run);
    auto& parent = run.process("parent");
    parent.run_until_blocked();

    parent.time_out();
    parent.run_to_end();

    EXPECT_THAT(parent, ended_with(peer_is_silent)) << parent.error_output() << run.timeline();
    EXPECT_TRUE(child.has_ended()) << "the job ends it\n" << run.timeline();
}

TEST(Shutdown, CtrlCDrains)
{
    execution run{program("parent"), input("first\nsecond\nthird\n")};
    auto& child = started_child(run);
    child.run_until_blocked();
    auto& parent = run.process("parent");
    parent.run_until_blocked(); // the first line is written

    parent.ctrl_c();
    parent.thread(parent.thread_count() - 1).run_to_end();
    run.run_to_end();

    EXPECT_EQ(child.output(), "first\n") << run.timeline();
    EXPECT_THAT(parent, ended_with(all_went_well)) << parent.error_output() << run.timeline();
    EXPECT_THAT(child, ended_with(all_went_well)) << child.error_output() << run.timeline();
    const auto start = parent.calls("CreateProcessW").back();
    EXPECT_TRUE(start.arguments[5] & CREATE_NEW_PROCESS_GROUP)
        << "the child shares the console and would be ended by Ctrl+C, " << start.line;
}

TEST(EveryOrder, DeliversBothLines)
{
    const auto result =
        explore(program("parent"), input(two_lines)).preemptions(1).check([](const execution& run) {
            EXPECT_EQ(printed_by_child(run), two_lines) << "each line once, and in order";
            EXPECT_THAT(run.process("parent"), ended_with(all_went_well));
            EXPECT_THAT(run.process("child"), ended_with(all_went_well));
        });

    EXPECT_TRUE(result.passed()) << result.first_failure();
    EXPECT_EQ(result.schedules(), 8U);
}

TEST(EveryOrder, AKilledParentLeavesNobodyBehind)
{
    expect_count(orders_with_a_kill("parent"), 103);
}

TEST(EveryOrder, AKilledChildLeavesNobodyBehind)
{
    expect_count(orders_with_a_kill("child"), 56);
}

TEST(FullSpeed, WhatTheChildPrintsArrives)
{
    {
        execution run{program("parent"), input(two_lines)};
        run.run_to_end();
        ASSERT_THAT(run.process("parent"), ended_with(all_went_well)) << run.timeline();
    } // who does not get so far would hang here
    std::string lines;
    for (int i = 1; i <= 1000; ++i)
        lines += "line " + std::to_string(i) + "\n";

    free_program parent(program("parent"), lines); // its output is the child's as well

    EXPECT_EQ(parent.exit_code(), 0U) << parent.error_output();
    EXPECT_EQ(std::regex_replace(parent.output(), std::regex("> "), ""), lines);
}

// What this lesson leaves open.

TEST(StillWrong, TheChildBelievesEveryByte)
{
    execution run{program("parent"), input(two_lines)};
    auto& child = started_child(run);
    child.run_until_blocked();
    auto& parent = run.process("parent");
    parent.run_to(before("SetEvent"));
    const auto section = parent.calls("CreateFileMappingW").front().object;
    const winipc::mapped_view view(parent.duplicate(section).get(), FILE_MAP_WRITE);

    view.as<std::uint32_t>()[1] = 5000; // characters, and the view has 4096 bytes
    parent.run_to(after("SetEvent"));
    child.run_to_end();

    EXPECT_TRUE(child.crash()) << "it reads beyond the end of its view\n" << run.timeline();
}
