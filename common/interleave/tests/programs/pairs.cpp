#include "pairs.h"

#include "winipc/error.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <cstdio>
#include <random>
#include <string>
#include <system_error>

using winipc::throw_last_error;
using winipc::unique_handle;

namespace {

unique_handle checked(HANDLE handle, const char* what)
{
    if (!handle)
        throw_last_error(what);
    return unique_handle{handle};
}

void wait(const unique_handle& handle)
{
    if (::WaitForSingleObject(handle.get(), INFINITE) == WAIT_FAILED)
        throw_last_error("WaitForSingleObject");
}

bool wait_for(const unique_handle& handle, DWORD milliseconds)
{
    return ::WaitForSingleObject(handle.get(), milliseconds) == WAIT_OBJECT_0;
}

void set(const unique_handle& event)
{
    winipc::check(::SetEvent(event.get()), "SetEvent");
}

void reset(const unique_handle& event)
{
    winipc::check(::ResetEvent(event.get()), "ResetEvent");
}

void release(const unique_handle& semaphore)
{
    winipc::check(::ReleaseSemaphore(semaphore.get(), 1, nullptr), "ReleaseSemaphore");
}

// Two that have nothing to do with each other.
namespace independent {
void left(pair_objects& pair)
{
    set(pair.request);
}
void right(pair_objects& pair)
{
    set(pair.reply);
}
} // namespace independent

namespace independent_twice {
void left(pair_objects& pair)
{
    set(pair.request);
    set(pair.request);
}
void right(pair_objects& pair)
{
    set(pair.reply);
    set(pair.reply);
}
} // namespace independent_twice

namespace nothing {
void left(pair_objects&) {}
void right(pair_objects&) {}
} // namespace nothing

// BUG: the reply may be there already when it is reset.
namespace late_reset {
void left(pair_objects& pair)
{
    set(pair.request);
    reset(pair.reply);
    wait(pair.reply);
}
void right(pair_objects& pair)
{
    wait(pair.request);
    set(pair.reply);
}
} // namespace late_reset

namespace reset_before_reply {
void left(pair_objects& pair)
{
    reset(pair.reply);
    set(pair.request);
    wait(pair.reply);
}
} // namespace reset_before_reply

// BUG: who waits too late misses the signal.
namespace set_sleep_reset {
void left(pair_objects& pair)
{
    set(pair.request);
    ::Sleep(50);
    reset(pair.request);
}
void right(pair_objects& pair)
{
    wait(pair.request);
}
} // namespace set_sleep_reset

// BUG: the signal says that the slot is written, and it is not.
namespace signal_before_write {
void left(pair_objects& pair)
{
    set(pair.request);
    pair.memory->slot = 42;
}
void right(pair_objects& pair)
{
    wait(pair.request);
    std::printf("%d\n", pair.memory->slot);
}
} // namespace signal_before_write

// BUG: the second message overwrites the first, and two signals become one.
namespace no_acknowledgement {
void left(pair_objects& pair)
{
    for (int message = 1; message <= 2; ++message) {
        pair.memory->slot = message;
        set(pair.request);
    }
}
void right(pair_objects& pair)
{
    for (int i = 0; i < 2; ++i) {
        wait(pair.request);
        std::printf("%d\n", pair.memory->slot);
    }
}
} // namespace no_acknowledgement

// BUG: an abandoned mutex says that its owner died in the middle.
namespace abandoned_mutex {
void left(pair_objects& pair)
{
    wait(pair.mutex);
    pair.memory->slot = 1;
    set(pair.request);
    pair.memory->other = 1;
    ::ReleaseMutex(pair.mutex.get());
}
void right(pair_objects& pair)
{
    wait(pair.mutex);
    std::printf("%d %d\n", pair.memory->slot, pair.memory->other);
    ::ReleaseMutex(pair.mutex.get());
}
} // namespace abandoned_mutex

// BUG: whoever never answers is asked for ever.
namespace timed_spin {
void left(pair_objects&) {}
void right(pair_objects& pair)
{
    while (!wait_for(pair.request, 100))
        ;
}
} // namespace timed_spin

// BUG: five hands in a row, each of which waits for its turn by hope alone.
namespace five_in_turn {
void take_turn(shared_memory& memory, int turn)
{
    if (memory.slot == turn)
        memory.slot = turn + 1;
}
void left(pair_objects& pair)
{
    take_turn(*pair.memory, 0);
    set(pair.request);
    take_turn(*pair.memory, 2);
    set(pair.request);
    take_turn(*pair.memory, 4);
    std::printf("%s\n", pair.memory->slot == 5 ? "all five" : "not all");
}
void right(pair_objects& pair)
{
    take_turn(*pair.memory, 1);
    set(pair.reply);
    take_turn(*pair.memory, 3);
}
} // namespace five_in_turn

// BUG: deliberately not a function of the schedule.
namespace random_call {
void left(pair_objects& pair)
{
    if (std::random_device{}() % 2 == 0)
        set(pair.request);
    else
        reset(pair.request);
}
} // namespace random_call

namespace sleep_twice {
void left(pair_objects& pair)
{
    ::Sleep(10);
    ::Sleep(10);
    set(pair.request);
}
} // namespace sleep_twice

namespace sleep_set_sleep {
void left(pair_objects& pair)
{
    ::Sleep(10);
    set(pair.request);
    ::Sleep(10);
}
} // namespace sleep_set_sleep

// A signal that is there, is gone, and is there again, while somebody waits for a while.
namespace pulse {
void left(pair_objects& pair)
{
    set(pair.request);
    reset(pair.request);
    set(pair.request);
}
void right(pair_objects& pair)
{
    wait_for(pair.request, 100);
}
} // namespace pulse

namespace ping_pong {
void left(pair_objects& pair)
{
    for (int i = 0; i < 3; ++i) {
        pair.memory->slot = i;
        set(pair.request);
        wait(pair.reply);
    }
}
void right(pair_objects& pair)
{
    for (int i = 0; i < 3; ++i) {
        wait(pair.request);
        std::printf("%d\n", pair.memory->slot);
        set(pair.reply);
    }
}
} // namespace ping_pong

namespace semaphore_ring {
void left(pair_objects& pair)
{
    for (int i = 0; i < 4; ++i) {
        wait(pair.free_places);
        pair.memory->ring[i % 2] = i;
        release(pair.filled_places);
    }
}
void right(pair_objects& pair)
{
    for (int i = 0; i < 4; ++i) {
        wait(pair.filled_places);
        std::printf("%d\n", pair.memory->ring[i % 2]);
        release(pair.free_places);
    }
}
} // namespace semaphore_ring

// Every message is sent until it is acknowledged; its number tells a repetition from a new one.
template <int messages>
struct timed_retry
{
    static void left(pair_objects& pair)
    {
        for (int number = 1; number <= messages; ++number) {
            pair.memory->slot = number;
            do
                set(pair.request);
            while (!wait_for(pair.reply, 100) || pair.memory->other < number);
        }
    }
    static void right(pair_objects& pair)
    {
        while (pair.memory->other < messages) {
            wait(pair.request);
            if (pair.memory->slot > pair.memory->other) {
                pair.memory->other = pair.memory->slot;
                std::printf("%d\n", pair.memory->other);
            }
            set(pair.reply);
        }
    }
};

constexpr protocol_pair pairs[] = {
    {"independent", false, independent::left, independent::right},
    {"nothing", false, nothing::left, nothing::right},
    {"independent_twice", false, independent_twice::left, independent_twice::right},
    {"late_reset", true, late_reset::left, late_reset::right},
    {"reset_before_reply", true, reset_before_reply::left, late_reset::right},
    {"set_sleep_reset", true, set_sleep_reset::left, set_sleep_reset::right},
    {"signal_before_write", false, signal_before_write::left, signal_before_write::right},
    {"no_acknowledgement", false, no_acknowledgement::left, no_acknowledgement::right},
    {"abandoned_mutex", false, abandoned_mutex::left, abandoned_mutex::right},
    {"timed_spin", false, timed_spin::left, timed_spin::right},
    {"ping_pong", false, ping_pong::left, ping_pong::right},
    {"semaphore_ring", false, semaphore_ring::left, semaphore_ring::right},
    {"timed_retry", false, timed_retry<2>::left, timed_retry<2>::right},
    {"timed_retry_once", false, timed_retry<1>::left, timed_retry<1>::right},
    {"five_in_turn", false, five_in_turn::left, five_in_turn::right},
    {"random_call", false, random_call::left, independent::right},
    {"sleep_twice", false, sleep_twice::left, independent::right},
    {"sleep_twice_then_set", false, sleep_twice::left, set_sleep_reset::right},
    {"sleep_set_sleep", false, sleep_set_sleep::left, set_sleep_reset::right},
    {"pulse", true, pulse::left, pulse::right},
};

} // namespace

pair_objects::pair_objects(bool manual_reset)
    : request(checked(::CreateEventW(nullptr, manual_reset, FALSE, L"Local\\winipc-request"),
                      "CreateEventW")),
      reply(checked(::CreateEventW(nullptr, manual_reset, FALSE, L"Local\\winipc-reply"),
                    "CreateEventW")),
      mutex(checked(::CreateMutexW(nullptr, FALSE, L"Local\\winipc-mutex"), "CreateMutexW")),
      free_places(
          checked(::CreateSemaphoreW(nullptr, 2, 2, L"Local\\winipc-free"), "CreateSemaphoreW")),
      filled_places(
          checked(::CreateSemaphoreW(nullptr, 0, 2, L"Local\\winipc-filled"), "CreateSemaphoreW")),
      section_(checked(::CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0,
                                            sizeof(shared_memory), L"Local\\winipc-memory"),
                       "CreateFileMappingW")),
      view_(section_.get(), FILE_MAP_WRITE)
{
    memory = view_.as<shared_memory>();
}

int play(int count, wchar_t** arguments, role protocol_pair::* side)
try {
    const std::wstring wanted = count > 1 ? arguments[1] : L"";
    for (const auto& pair : pairs)
        if (std::wstring(pair.name.begin(), pair.name.end()) == wanted) {
            pair_objects objects(pair.manual_reset);
            (pair.*side)(objects);
            return 0;
        }
    std::fprintf(stderr, "there is no such pair\n");
    return 2;
} catch (const std::system_error& error) {
    return winipc::report(error);
}
