// An execution as facts.
#include "interleave/execution.h"
#include "interleave/record.h"
#include "pair_run.h"
#include "recorded.h"
#include "testing/programs.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

using namespace interleave;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::SizeIs;
using winipc::testing::program;

namespace {

arguments scene(const wchar_t* name)
{
    return arguments({name});
}

object_reference object(std::size_t index)
{
    return {reference::object, index};
}

std::vector<point_record> points(const execution_record& record, const std::string& call)
{
    std::vector<point_record> found;
    for (const auto& step : record.steps)
        if (step.point.call == call)
            found.push_back(step.point);
    return found;
}

// Of a scene that runs until nobody can go on.
execution_record record_of(const char* name, const wchar_t* which)
{
    execution run{program(name), scene(which)};
    run.run_until_stuck();
    return run.record();
}

} // namespace

TEST(Record, TellsWhoWasThere)
{
    execution run{program("scene"), scene(L"child")};
    run.run_to_end();
    const auto record = run.record();

    ASSERT_THAT(record.processes, SizeIs(2));
    const auto& parent = record.processes[0];
    EXPECT_EQ(parent.name, "scene");
    EXPECT_THAT(parent.path, EndsWith("scene.exe"));
    EXPECT_THAT(parent.command_line, EndsWith("\"child\""));
    EXPECT_EQ(parent.started_by, std::nullopt);
    EXPECT_EQ(parent.output, "parent\n7\n");
    const auto& child = record.processes[1];
    EXPECT_THAT(child.command_line, EndsWith("exit_with_7"));
    EXPECT_EQ(child.started_by, 0U);
    EXPECT_EQ(child.end, ending::exited);
    EXPECT_EQ(child.exit_code, 7U);
    EXPECT_THAT(record.threads, ElementsAre(Field(&thread_record::process, 0U),
                                            Field(&thread_record::process, 1U)));
}

TEST(Record, TellsACallByItsObjectArgumentsAndLine)
{
    execution run{program("scene"), scene(L"wait_for_ever")};
    run.run_until_stuck();
    const auto record = run.record();

    ASSERT_EQ(record.objects, (std::vector<object_record>{{"event", "winipc-event", 0, ""}}));
    const auto creates = points(record, "CreateEventW");
    ASSERT_THAT(creates, SizeIs(1));
    EXPECT_EQ(creates[0].when, phase::after);
    EXPECT_EQ(creates[0].file, "scene.cpp");
    EXPECT_GT(creates[0].line, 0U);
    EXPECT_THAT(creates[0].objects, ElementsAre(object(0)));
    EXPECT_EQ(creates[0].does, effect::creates_object);
    EXPECT_EQ(creates[0].came_of_it, outcome::succeeded);
    EXPECT_THAT(creates[0].arguments, Contains(argument_record{"manual_reset", 0}));
    EXPECT_EQ(creates[0].text, "Local\\winipc-event");

    ASSERT_THAT(record.threads, SizeIs(1));
    const auto& stands = record.threads[0].stands;
    EXPECT_EQ(stands.call, "WaitForSingleObject");
    EXPECT_EQ(stands.when, phase::blocked);
    EXPECT_THAT(stands.objects, ElementsAre(object(0)));
    EXPECT_EQ(stands.limit, 0xFFFF'FFFFU);
}

TEST(Record, TellsWhoHoldsTheMutexOfABlockedWait)
{
    pair_run pair(L"abandoned_mutex");
    pair.left.run_to(before("SetEvent"));
    pair.right.run_until_blocked();

    const auto blocked = pair.run.record();
    EXPECT_EQ(blocked.threads[1].stands.held_by, "L") << pair.run.timeline();
    EXPECT_EQ(blocked.steps.back().point.held_by, "L");

    pair.left.run_to(after("ReleaseMutex"));
    EXPECT_EQ(pair.run.record().threads[1].stands.held_by, "") << "it has been given back";
    pair.left.kill();
    pair.right.run_to_end();
    EXPECT_EQ(pair.run.record().processes[1].end, ending::exited);
}

TEST(Record, AMutexThatWasAbandonedIsHeldByNobody)
{
    pair_run pair(L"abandoned_mutex");
    pair.left.run_to(before("SetEvent"));
    pair.right.run_until_blocked();
    pair.left.kill();

    EXPECT_EQ(pair.run.record().threads[1].stands.held_by, "") << pair.run.timeline();

    pair.right.run_to(after("WaitForSingleObject"));
    EXPECT_THAT(outcomes(pair.run, "WaitForSingleObject"), Contains(outcome::abandoned));
}

TEST(Record, TellsWhichObjectHasSatisfiedAWait)
{
    execution run{program("scene"), scene(L"wait_for_two")};
    auto& process = run.process("scene");
    process.run_until_blocked();
    ::SetEvent(winipc::unique_handle(process.duplicate("winipc-second")).get());
    process.step();

    const auto& stands = run.record().threads[0].stands;
    EXPECT_EQ(stands.came_of_it, outcome::object_signalled);
    EXPECT_EQ(stands.index, 1U);
    EXPECT_THAT(stands.objects, SizeIs(2));
}

TEST(Record, TellsHowAProcessHasEnded)
{
    execution killed{program("scene"), scene(L"wait_for_ever")};
    EXPECT_EQ(killed.process("scene").ending(), ending::running);
    killed.process("scene").kill(5);
    EXPECT_EQ(killed.process("scene").ending(), ending::killed_by_test);
    EXPECT_EQ(killed.record().steps.back().end, ending::killed_by_test);

    execution crashed{program("scene"), scene(L"crash")};
    crashed.process("scene").run_to_end();
    EXPECT_EQ(crashed.process("scene").ending(), ending::crashed);
    EXPECT_EQ(crashed.record().steps.back().end, ending::exited) << "the crash stands before it";

    execution exited{program("scene"), scene(L"sleep_for_an_hour")};
    exited.run_to_end();
    EXPECT_EQ(exited.process("scene").ending(), ending::exited);
}

TEST(Record, TellsWhatHasCrashed)
{
    const auto exceptions = [](const wchar_t* which) {
        const auto crashes = points(record_of("scene", which), "crash");
        return crashes.empty() ? std::nullopt : crashes[0].exception;
    };

    EXPECT_EQ(exceptions(L"crash"), (exception_record{exception_kind::of_the_system, 0xC000'0005}));
    EXPECT_EQ(exceptions(L"throw_number"),
              (exception_record{exception_kind::uncaught, 0xE06D'7363}));
    EXPECT_EQ(exceptions(L"terminate"), (exception_record{exception_kind::terminate, 0xE06D'7363}));
}

TEST(Record, TellsTheAccessesToMemory)
{
    execution run;
    run.memory_points("winipc-memory");
    run.start(program("memory"), scene(L"increment")).run_to(before("UnmapViewOfFile"));
    const auto record = run.record();

    std::vector<std::optional<access_record>> accesses;
    for (const auto& step : record.steps)
        if (step.point.access)
            accesses.push_back(step.point.access);
    EXPECT_THAT(accesses, ElementsAre(access_record{false, 0}, access_record{true, 0}))
        << run.timeline();
    EXPECT_EQ(record.objects.at(points(record, "write").at(0).objects.at(0).object).type,
              "section");
}

TEST(Record, TellsTheScheduleAndWhatTheTestHasDone)
{
    execution run{program("scene"), scene(L"timed_wait")};
    auto& process = run.process("scene");
    process.run_until_blocked().time_out();
    process.kill(9);
    const auto record = run.record();

    ASSERT_GE(record.choices.size(), 3U);
    const std::vector end(record.choices.end() - 2, record.choices.end());
    EXPECT_THAT(end, ElementsAre(choice_record{'S', choice_kind::time_out, 0},
                                 choice_record{'S', choice_kind::kill, 9}));
    EXPECT_EQ(record.choices.front(), (choice_record{'S', choice_kind::step, 0}));
    const auto injected = std::ranges::find(record.steps, true, &step_record::is_injected);
    ASSERT_NE(injected, record.steps.end());
    EXPECT_EQ(injected->point.came_of_it, outcome::timed_out);
}

TEST(Record, AnObjectIsTheSameUnderEveryHandle)
{
    execution run{program("scene"), scene(L"handles")};
    run.process("scene").run_to(before("Sleep"));
    const auto record = run.record();

    const auto duplicates = points(record, "DuplicateHandle");
    const auto creates = points(record, "CreateEventW");
    ASSERT_FALSE(duplicates.empty() || creates.empty());
    EXPECT_EQ(duplicates[0].objects, creates[0].objects);
    EXPECT_THAT(record.objects, IsSupersetOf({object_record{"event", "", 1, ""},
                                              object_record{"event", "winipc-second", 0, ""}}));
}

TEST(Record, NamesAnObjectThatTheTestHasNamed)
{
    execution run;
    run.alias("event #1", "ping");
    run.start(program("scene"), scene(L"handles")).run_to(before("Sleep"));

    EXPECT_THAT(run.record().objects, Contains(object_record{"event", "", 1, "ping"}));
}

// What a call means that no handle leads to.
TEST(Record, SaysWhatIsNoObject)
{
    const auto record = record_of("scene", L"double_close");

    const auto closes = points(record, "CloseHandle");
    ASSERT_THAT(closes, SizeIs(2));
    EXPECT_EQ(closes[0].objects.at(0).what, reference::object);
    EXPECT_EQ(closes[1].objects.at(0).what, reference::not_open);
}

TEST(Record, StaysWhenTheExecutionHasGone)
{
    std::string timeline;
    execution_record record;
    {
        execution run{program("family"), scene(L"hand_over")};
        run.run_to_end();
        timeline = run.timeline();
        record = run.record();
        EXPECT_EQ(format_schedule(record), run.schedule());
    }

    EXPECT_EQ(format_timeline(record), timeline);
    EXPECT_THAT(format_positions(record), EndsWith("family: ended with exit code 0\n"));
}
