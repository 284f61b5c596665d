#include "figures.h"
#include "messages.h"
#include "report.h"
#include "measured_run.h"
#include "transport.h"
#include "winipc/text.h"

#include <windows.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <ostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

// The name of a test ends with it.
static std::ostream& operator<<(std::ostream& out, const transport& way)
{
    return out << way.name;
}

} // namespace bench

namespace {

using bench::message_check;
using bench::message_source;
using bench::run;
using bench::run_plan;
using bench::run_result;
using bench::transport;

using EachWay = testing::TestWithParam<transport>;
using EachWayOfMessages = testing::TestWithParam<transport>; // those that carry bytes

// Messages of each kind; a way that carries none has no second kind.
run_plan some(const transport& way, std::size_t size)
{
    const auto count = std::min(20U, way.at_most);
    return {.message_size = size, .round_trips = count, .stream = way.has_messages ? count : 0};
}

std::vector<transport> ways_of_messages()
{
    auto ways = bench::transports();
    std::erase_if(ways, [](const transport& way) { return !way.has_messages; });
    return ways;
}

INSTANTIATE_TEST_SUITE_P(Bench, EachWay, testing::ValuesIn(bench::transports()));
INSTANTIATE_TEST_SUITE_P(Bench, EachWayOfMessages, testing::ValuesIn(ways_of_messages()));

TEST_P(EachWay, DeliversMessagesOfEachSize)
{
    const auto& way = GetParam();
    for (const std::size_t size : bench::sizes) {
        if (size > way.capacity)
            continue;

        const auto plan = some(way, size);
        const auto result = run(way, plan);

        EXPECT_EQ(result.sent, plan.round_trips + plan.stream) << size << " bytes";
        if (way.may_lose) {
            EXPECT_GT(result.right, 0U) << size << " bytes";
            continue;
        }
        EXPECT_EQ(result.wrong, 0U) << size << " bytes";
        EXPECT_EQ(result.right, result.sent) << size << " bytes";
    }
}

// A run of which no message is lost: where that is a matter of luck, of several.
run_result complete_run(const transport& way, const run_plan& plan)
{
    run_result result;
    for (int tries = way.may_lose ? 10 : 1; tries > 0; --tries) {
        result = run(way, plan);
        if (result.right + result.wrong == result.sent)
            break;
    }
    return result;
}

TEST_P(EachWayOfMessages, FindADamagedMessage)
{
    const auto& way = GetParam();
    // The one in the middle: of the stream, of a timed round trip, of one that is not timed.
    const run_plan plans[] = {
        {.message_size = 64, .round_trips = 2, .stream = 3, .damaged_byte = 0},
        {.message_size = 64, .round_trips = 2, .stream = 3, .damaged_byte = 30},
        {.message_size = 64, .round_trips = 2, .stream = 3, .damaged_byte = 63},
        {.message_size = 64, .round_trips = 4, .stream = 1, .damaged_byte = 30},
        {.message_size = 64, .round_trips = 6, .stream = 1, .damaged_byte = 30},
    };
    for (const auto& plan : plans) {

        const auto result = complete_run(way, plan);

        EXPECT_EQ(result.wrong, 1U) << plan.round_trips << ", byte " << *plan.damaged_byte;
        EXPECT_EQ(result.right, result.sent - 1) << plan.round_trips;
    }
}

TEST(BoostQueue, LeavesNoFile)
{
    for (const auto& way : bench::boost_queue()) { // or none, where Boost was not found
        run(way, {.message_size = 64, .round_trips = 2, .stream = 2});

        const auto ours = L'-' + std::to_wstring(::GetCurrentProcessId()) + L'-';
        const auto folder = std::filesystem::temp_directory_path() / "winipc-bench";
        for (const auto& entry : std::filesystem::directory_iterator(folder))
            EXPECT_EQ(entry.path().native().find(ours), std::wstring::npos)
                << winipc::to_utf8(entry.path().native());
    }
}

TEST(Run, RefusesAnOddNumberOfRoundTrips)
{
    EXPECT_THROW(run(bench::event_ping_pong(), {.message_size = 64, .round_trips = 3, .stream = 0}),
                 std::invalid_argument);
}

TEST(MessageCheck, CountsWhatIsRight)
{
    message_source source(64);
    message_check check(64);

    for (std::uint32_t number = 1; number <= 10; ++number)
        check.take(source.message(number));

    EXPECT_EQ(check.right(), 10U);
    EXPECT_EQ(check.wrong(), 0U);
}

TEST(MessageCheck, GoesOnBehindALostMessage)
{
    message_source source(64);
    message_check check(64);

    for (const std::uint32_t number : {1U, 2U, 5U, 6U})
        check.take(source.message(number));

    EXPECT_EQ(check.right(), 4U);
    EXPECT_EQ(check.wrong(), 0U);
    EXPECT_EQ(check.next(), 7U);
}

TEST(MessageCheck, FindsARepetition)
{
    message_source source(64);
    message_check check(64);

    for (const std::uint32_t number : {1U, 2U, 2U, 3U})
        check.take(source.message(number));

    EXPECT_EQ(check.right(), 3U);
    EXPECT_EQ(check.wrong(), 1U);
}

TEST(MessageCheck, FindsATornMessage)
{
    // The sixth differs from the second by its number alone.
    for (const std::uint32_t later : {3U, 6U}) {
        message_source source(64);
        message_check check(64);

        const std::string second(source.message(2));
        check.take(source.message(1));
        check.take(second.substr(0, 32) + std::string(source.message(later)).substr(32));

        EXPECT_EQ(check.right(), 1U) << later;
        EXPECT_EQ(check.wrong(), 1U) << later;
    }
}

TEST(MessageCheck, FindsAMessageOfAnotherSize)
{
    message_source source(64);
    message_check check(64);

    check.take(source.message(1).substr(0, 63));
    check.take({});

    EXPECT_EQ(check.right(), 0U);
    EXPECT_EQ(check.wrong(), 2U);
}

TEST(Figure, IsTheMedianWithTheLeastAndTheMost)
{
    const auto odd = bench::figure_of({5, 1, 4});
    const auto even = bench::figure_of({4, 1, 3, 9});

    EXPECT_EQ(odd.median, 4);
    EXPECT_EQ(even.median, 3.5);
    EXPECT_EQ(even.least, 1);
    EXPECT_EQ(even.most, 9);
}

bench::report a_report()
{
    const auto row = [](const char* name, double round_trip, double rate) {
        const bench::figure trip{round_trip, round_trip / 2, round_trip * 2};
        const bench::figure bytes{rate, rate / 2, rate * 2};
        return bench::row{.name = name,
                          .capacity = 65'536,
                          .round_trip = {trip, trip, trip},
                          .rate = {bytes, bytes, bytes},
                          .sent = 100,
                          .right = 98,
                          .wrong = 1};
    };
    bench::report report{{"a fact"},
                         {row("event ping-pong", 100, 1), row("lesson 7, as it is", 50'000, 0.0012),
                          row("lesson 14", 125, 50), row("named pipe", 250, 20),
                          row("memcpy", 1, 20'000)}};
    report.rows[1].capacity = 2000;
    report.rows[1].round_trip[2].reset();
    report.rows[1].rate[2].reset();
    return report;
}

TEST(Report, FitsATerminalOf100Columns)
{
    std::istringstream text(bench::to_text(a_report()));

    for (std::string line; std::getline(text, line);)
        EXPECT_LE(line.size(), 100U) << line;
}

TEST(Report, ShowsEveryFigureAsARatioToo)
{
    const auto text = bench::to_markdown(a_report());

    EXPECT_NE(text.find("| lesson 14 | 125 | 62.5-250 | 1.25 |"), std::string::npos) << text;
    EXPECT_NE(text.find("| lesson 14 | 50.0 | 25.0-100 | 400 |"), std::string::npos) << text;
    EXPECT_NE(text.find("does not fit"), std::string::npos) << text;
}

TEST(Report, CountsLostAndWrongMessages)
{
    const auto text = bench::to_markdown(a_report());

    EXPECT_NE(text.find("| lesson 14 | 100 | 98 | 1 | 1 |"), std::string::npos) << text;
}

TEST(Report, SaysWhatWasExpectedOfLesson14)
{
    const auto verdicts = bench::verdicts(a_report());

    ASSERT_EQ(verdicts.size(), 3U);
    EXPECT_EQ(verdicts[0], "64 B: lesson 14 takes 1.25 times the event ping-pong (wanted: at most "
                           "1.3) and 0.50 times the named pipe (wanted: less than 1)");
}

} // namespace
