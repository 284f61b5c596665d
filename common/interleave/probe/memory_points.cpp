#include "probe/memory_points.h"

#include "probe/probe.h"
#include "shared/calls.h"
#include "shared/protocol.h"

#include <windows.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace interleave::probe {
namespace {

constexpr std::uintptr_t page_size = 4096; // bytes, on x64
constexpr DWORD trap_flag = 0x100;

// Pages of one view that are closed, and which of their bytes are points.
struct watched_view
{
    std::uintptr_t view;
    std::uintptr_t first_page;
    std::uintptr_t end_of_pages;
    std::uintptr_t begin;
    std::uintptr_t end;
    DWORD protection; // as the program has mapped it
};

// Only the thread that runs touches these.
std::array<watched_view, protocol::watch_limit> views;
std::size_t view_count;
std::uint32_t generation;
std::array<std::uintptr_t, 4> opened_pages; // for the instruction under way
std::size_t opened_count;

// What an instruction that repeats itself (rep movsb) has touched, as long as it is under way. All
// its rounds in one piece are one access: no x64 processor promises to move more at once.
struct piece
{
    std::uintptr_t address;
    bool is_written;

    bool operator==(const piece&) const = default;
};
constexpr std::uintptr_t piece_size = 8; // bytes. Source: Intel SDM, "Guaranteed Atomic Operations"
struct repetition
{
    DWORD64 instruction; // 0: none is under way
    std::array<piece, 4> touched;
    std::size_t count;
};
repetition under_way;

void protect(std::uintptr_t begin, std::uintptr_t end, DWORD protection)
{
    DWORD before = 0;
    ::VirtualProtect(reinterpret_cast<void*>(begin), end - begin, protection, &before);
}

void open(const watched_view& view)
{
    protect(view.first_page, view.end_of_pages, view.protection);
}

void close(const watched_view& view)
{
    protect(view.first_page, view.end_of_pages, PAGE_NOACCESS);
}

const watched_view* find(std::uintptr_t address)
{
    for (std::size_t i = 0; i < view_count; ++i)
        if (views[i].first_page <= address && address < views[i].end_of_pages)
            return &views[i];
    return nullptr;
}

bool may_write(DWORD protection)
{
    return protection == PAGE_READWRITE || protection == PAGE_WRITECOPY ||
           protection == PAGE_EXECUTE_READWRITE;
}

void add(const protocol::watch& wanted)
{
    MEMORY_BASIC_INFORMATION mapped{};
    if (!::VirtualQuery(reinterpret_cast<const void*>(wanted.view), &mapped, sizeof mapped))
        return;
    const auto end = wanted.view + mapped.RegionSize;
    auto& view = views[view_count++];
    view.view = wanted.view;
    view.begin = wanted.view + std::min<std::uintptr_t>(wanted.begin, mapped.RegionSize);
    view.end = wanted.end < mapped.RegionSize ? wanted.view + wanted.end : end;
    view.first_page = view.begin / page_size * page_size;
    view.end_of_pages = (view.end + page_size - 1) / page_size * page_size;
    view.protection = mapped.Protect;
    close(view);
}

// True when an instruction that was still under way at its last trap touches a piece again.
bool is_repeated(DWORD64 instruction, const piece& touched)
{
    const auto end =
        under_way.touched.begin() + std::min(under_way.count, under_way.touched.size());
    return instruction == under_way.instruction &&
           std::find(under_way.touched.begin(), end, touched) != end;
}

void note(DWORD64 instruction, const piece& touched)
{
    if (instruction != under_way.instruction)
        under_way = {instruction, {}, 0};
    under_way.touched[under_way.count++ % under_way.touched.size()] = touched;
}

LONG report_access(EXCEPTION_POINTERS* exception, const watched_view& view)
{
    const auto address = exception->ExceptionRecord->ExceptionInformation[1];
    const bool writes = exception->ExceptionRecord->ExceptionInformation[0] == 1;
    const auto page = address / page_size * page_size;
    const bool is_open = std::find(opened_pages.begin(), opened_pages.begin() + opened_count,
                                   page) != opened_pages.begin() + opened_count;
    if (is_open || (writes && !may_write(view.protection))) { // it would fault without us too
        open(view);
        return EXCEPTION_CONTINUE_SEARCH;
    }
    const auto instruction = exception->ContextRecord->Rip;
    const piece touched{address / piece_size * piece_size, writes};
    if (view.begin <= address && address < view.end && !is_repeated(instruction, touched)) {
        const auto before = under_way; // other threads may run now
        stop_at_access(writes ? function::memory_write : function::memory_read, exception, address,
                       address - view.view);
        under_way = before;
        note(instruction, touched);
    }

    // Meanwhile the controller may have stopped watching.
    const auto* still_watched = find(address);
    if (!still_watched)
        return EXCEPTION_CONTINUE_EXECUTION;
    protect(page, page + page_size, still_watched->protection);
    opened_pages[opened_count++ % opened_pages.size()] = page;
    exception->ContextRecord->EFlags |= trap_flag;
    return EXCEPTION_CONTINUE_EXECUTION;
}

void close_again()
{
    for (std::size_t i = 0; i < opened_count; ++i)
        if (find(opened_pages[i]))
            protect(opened_pages[i], opened_pages[i] + page_size, PAGE_NOACCESS);
    opened_count = 0;
}

LONG WINAPI handle_exception(EXCEPTION_POINTERS* exception)
{
    const auto* what = exception->ExceptionRecord;
    const DWORD error = ::GetLastError();
    LONG result = EXCEPTION_CONTINUE_SEARCH;
    if (what->ExceptionCode == EXCEPTION_SINGLE_STEP && opened_count > 0) {
        close_again();
        if (exception->ContextRecord->Rip != under_way.instruction) // it has ended
            under_way.instruction = 0;
        exception->ContextRecord->EFlags &= ~trap_flag;
        result = EXCEPTION_CONTINUE_EXECUTION;
    } else if (what->ExceptionCode == EXCEPTION_ACCESS_VIOLATION) {
        if (const auto* view = find(what->ExceptionInformation[1]))
            result = report_access(exception, *view);
    }
    ::SetLastError(error);
    return result;
}

} // namespace

void watch(const protocol::slot& slot)
{
    if (slot.watch_generation == generation)
        return;
    if (generation == 0)
        ::AddVectoredExceptionHandler(1, handle_exception);
    generation = slot.watch_generation;
    while (view_count > 0)
        open(views[--view_count]);
    for (std::uint32_t i = 0; i < slot.watch_count; ++i)
        add(slot.watches[i]);
}

void stop_watching(const void* view)
{
    const auto address = reinterpret_cast<std::uintptr_t>(view);
    for (std::size_t i = 0; i < view_count; ++i)
        if (views[i].view == address) {
            open(views[i]);
            views[i] = views[--view_count];
            return;
        }
}

bool is_watched(const void* begin, std::size_t bytes)
{
    const auto first = reinterpret_cast<std::uintptr_t>(begin);
    for (std::size_t i = 0; i < view_count; ++i)
        if (first < views[i].end_of_pages && views[i].first_page < first + bytes)
            return true;
    return false;
}

open_views::open_views()
{
    for (std::size_t i = 0; i < view_count; ++i)
        open(views[i]);
}

open_views::~open_views()
{
    const DWORD error = ::GetLastError(); // of the call
    for (std::size_t i = 0; i < view_count; ++i)
        close(views[i]);
    ::SetLastError(error);
}

} // namespace interleave::probe
