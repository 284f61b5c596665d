// Reading at first hand: read_message() is called by the test itself.
#include "raw_message.h"
#include "winipc/error.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

namespace hostile_peer {
namespace {

// A page between two that must not be touched.
class page_between_guards
{
public:
    page_between_guards()
        : memory_(::VirtualAlloc(nullptr, 3 * page, MEM_RESERVE | MEM_COMMIT, PAGE_NOACCESS))
    {
        DWORD before = 0;
        winipc::check(memory_ && ::VirtualProtect(get(), page, PAGE_READWRITE, &before),
                      "VirtualAlloc");
    }
    page_between_guards(const page_between_guards&) = delete;
    page_between_guards& operator=(const page_between_guards&) = delete;
    ~page_between_guards() { ::VirtualFree(memory_, 0, MEM_RELEASE); }

    [[nodiscard]] char* get() const { return static_cast<char*>(memory_) + page; }

private:
    static constexpr std::size_t page = sizeof(raw_message);
    void* memory_;
};

// Work on a thread of its own, which a forbidden access ends, and nothing else with it.
class guarded_thread
{
public:
    // Returns what went wrong: nothing, an access, or no progress.
    static std::string run(const page_between_guards& page,
                           const std::function<void(std::atomic<int>&)>& work)
    {
        guarded_thread self{page, work};
        void* const handler = ::AddVectoredExceptionHandler(1, end_the_thread);
        current = &self;
        const winipc::unique_handle thread{::CreateThread(nullptr, 0, start, &self, 0, &self.id_)};
        int before = -1;
        while (::WaitForSingleObject(thread.get(), guard) == WAIT_TIMEOUT && !self.is_stuck_) {
            self.is_stuck_ = self.progress_ == before;
            before = self.progress_;
            if (self.is_stuck_)
                ::TerminateThread(thread.get(), 1);
        }
        current = nullptr;
        ::RemoveVectoredExceptionHandler(handler);
        return self.is_stuck_ ? "does not come to an end" : self.fault_;
    }

private:
    static constexpr DWORD guard = 10'000; // milliseconds without progress: against a hang only

    guarded_thread(const page_between_guards& page,
                   const std::function<void(std::atomic<int>&)>& work)
        : page_(page), work_(work)
    {
    }

    static DWORD WINAPI start(void* self)
    {
        auto& thread = *static_cast<guarded_thread*>(self);
        thread.work_(thread.progress_);
        return 0;
    }

    static void leave() { ::ExitThread(1); }

    static LONG CALLBACK end_the_thread(EXCEPTION_POINTERS* exception)
    {
        const auto& record = *exception->ExceptionRecord;
        if (record.ExceptionCode != EXCEPTION_ACCESS_VIOLATION || !current ||
            ::GetCurrentThreadId() != current->id_)
            return EXCEPTION_CONTINUE_SEARCH;
        const auto address = record.ExceptionInformation[1];
        const auto page = reinterpret_cast<ULONG_PTR>(current->page_.get());
        const auto offset = static_cast<long long>(address - page);
        current->fault_ = offset >= 0 && offset <= 0x1'0000'0000
                              ? "touches byte " + std::to_string(offset) + " of a slot of 4096"
                              : "touches memory that is not the slot's";
        auto& context = *exception->ContextRecord;
        context.Rip = reinterpret_cast<DWORD64>(&leave);
        context.Rsp = (context.Rsp & ~DWORD64{15}) - 8; // as after a call
        return EXCEPTION_CONTINUE_EXECUTION;
    }

    static inline guarded_thread* current = nullptr;

    const page_between_guards& page_;
    const std::function<void(std::atomic<int>&)>& work_;
    DWORD id_ = 0;
    std::atomic<int> progress_ = 0;
    bool is_stuck_ = false;
    std::string fault_;
};

std::string reading(const raw_message& message, std::uint32_t number)
{
    const page_between_guards page;
    std::memcpy(page.get(), &message, sizeof message);
    std::string result;
    const auto fault =
        guarded_thread::run(page, [&](std::atomic<int>&) { result = outcome(page.get(), number); });
    return fault.empty() ? result : fault;
}

// The same field with several values, none of which is right.
void expect_refused(std::uint32_t raw_message::* field, const std::vector<std::uint32_t>& values)
{
    for (const auto value : values) {
        auto message = line_message(5, "hello");
        message.*field = value;
        EXPECT_EQ(reading(message, 5), refused)
            << "message 5 is the next one; the slot: " << describe(message);
    }
}

} // namespace

TEST(Reading, ALineIsReturned)
{
    for (const auto* text : {"hello", "", "hello  big world ", "\u4F60\u597D \U0001F600"})
        EXPECT_EQ(reading(line_message(1, text), 1), "the line '" + std::string(text) + "'");
}

TEST(Reading, TheEndIsNoLine)
{
    raw_message message;
    message.kind = end;
    message.number = 7;

    EXPECT_EQ(reading(message, 7), "the end");
}

TEST(Reading, WhatDoesNotBeginAsAMessageIsRefused)
{
    expect_refused(&raw_message::magic, {0, 1, 0x4350'4956, 0x5749'5043, all_bits});
}

TEST(Reading, AnotherVersionIsRefused)
{
    expect_refused(&raw_message::version, {0, 2, 0x100, all_bits});
}

TEST(Reading, AnUnknownKindIsRefused)
{
    expect_refused(&raw_message::kind, {0, 3, 0x101, all_bits});
}

TEST(Reading, AMessageOutOfTurnIsRefused)
{
    expect_refused(&raw_message::number, {0, 1, 4, 6, all_bits}); // 4 once more; 5 left out
}

TEST(Reading, ATextThatFillsTheSlotIsReturned)
{
    const std::string text(most, 'x');

    EXPECT_EQ(reading(line_message(1, text), 1), "the line '" + text + "'")
        << "4076 bytes of text fit";
}

TEST(Reading, ATextThatCannotBeInTheSlotIsRefused)
{
    expect_refused(&raw_message::size, {most + 1, 4096, 8152, 0x7FFF'FFFF, 0x8000'0000, all_bits});
}

TEST(Reading, BytesThatAreNoTextAreRefused)
{
    for (const auto* text : {"caf\xE9", "\x80", "\xE4\xBD", "\xC0\x80", "\xED\xA0\x80",
                             "\xF4\x90\x80\x80", "\xFF\xFE", "good, and then \xFF"})
        EXPECT_EQ(reading(line_message(1, text), 1), refused)
            << "what is not UTF-8 is nonsense, too: '" << ::testing::PrintToString(text) << "'";
}

TEST(Reading, OneHundredThousandContentsAreALineOrRefused)
{
    constexpr int count = 100'000;
    std::cout << "      seed " << seed() << '\n';
    random_contents contents(seed());
    const page_between_guards page;
    raw_message message;
    std::string wrong;
    int tried = 0;
    int lines = 0;

    const auto fault = guarded_thread::run(page, [&](std::atomic<int>& progress) {
        for (; tried < count && wrong.empty(); progress = ++tried) {
            const auto number = static_cast<std::uint32_t>(tried);
            message = contents.next(number);
            std::memcpy(page.get(), &message, sizeof message);
            const auto found = outcome(page.get(), number);
            lines += found.starts_with("the line");
            if (!is_right(found, message, number))
                wrong = found + "\nand not " + right_outcomes(message, number).front();
        }
    });

    ASSERT_EQ(fault + wrong, "") << "content " << tried << " of seed " << seed() << ": "
                                 << describe(message);
    EXPECT_GT(lines, count / 10) << "some of them are right: the others are nearly so";
}

} // namespace hostile_peer
