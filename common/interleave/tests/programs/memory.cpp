// One process that touches shared memory in one way, named by its first argument.
#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#ifdef _MSC_VER
#include <intrin.h> // __movsb; MinGW's <windows.h> has it
#endif

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <cwchar>
#include <string>
#include <string_view>
#include <system_error>

namespace {

using winipc::mapped_view;
using winipc::unique_handle;

constexpr DWORD size = 3 * 4096; // bytes

unique_handle section_named(const wchar_t* name)
{
    return unique_handle{
        ::CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, size, name)};
}

struct shared
{
    volatile LONG counter;
    wchar_t text[64];
};

void copy_text(shared& memory, const wchar_t* text)
{
    volatile wchar_t* target = memory.text;
    for (; *text; ++text, ++target)
        *target = *text;
}

void print_text(const shared& memory)
{
    wchar_t text[64];
    const volatile wchar_t* source = memory.text;
    for (wchar_t& c : text)
        if ((c = *source++) == L'\0')
            break;
    std::printf("%ls\n", text);
}

void increment(shared& memory)
{
    memory.counter = memory.counter + 1;
}

void increment_atomically(shared& memory)
{
    ::InterlockedIncrement(&memory.counter);
}

void use_library_functions(shared& memory)
{
    std::wcscpy(memory.text, L"copied");
    char bytes[16];
    std::memcpy(bytes, memory.text, sizeof bytes);
    std::printf("%ls\n", reinterpret_cast<wchar_t*>(bytes));
}

// The kernel writes into the view, and reads from it.
void pass_to_kernel(shared& memory)
{
    const HANDLE input = ::GetStdHandle(STD_INPUT_HANDLE);
    const HANDLE output = ::GetStdHandle(STD_OUTPUT_HANDLE);
    DWORD bytes = 0;
    winipc::check(::ReadFile(input, memory.text, 6, &bytes, nullptr), "ReadFile");
    ::SetLastError(77);
    winipc::check(::WriteFile(output, memory.text, bytes, &bytes, nullptr), "WriteFile");
    std::printf(" %lu\n", ::GetLastError());
}

void touch_two_views(shared& memory)
{
    const auto other_section = section_named(L"Local\\winipc-other");
    const mapped_view other(other_section.get(), FILE_MAP_WRITE);
    // One instruction that reads one view and writes the other, where the compiler finds one.
    other.as<shared>()->counter = 5;
    memory.counter = other.as<shared>()->counter;
    std::printf("%ld\n", memory.counter);
}

void write_where_reading_is_allowed(shared&)
{
    const auto section = section_named(L"Local\\winipc-memory");
    const mapped_view view(section.get(), FILE_MAP_READ);
    std::printf("%ld\n", view.as<shared>()->counter);
    view.as<shared>()->counter = 1;
}

void map_again(shared& memory)
{
    const auto section = section_named(L"Local\\winipc-memory");
    for (int i = 0; i < 2; ++i) {
        const mapped_view view(section.get(), FILE_MAP_WRITE);
        increment(*view.as<shared>());
    }
    std::printf("%ld\n", memory.counter);
}

// Across the border of two pages, in one instruction.
void write_across_pages(shared& memory)
{
    auto* bytes = reinterpret_cast<unsigned char*>(&memory);
    *reinterpret_cast<volatile std::uint32_t*>(bytes + 4094) = 0x01020304;
    std::printf("%d %d\n", bytes[4095], bytes[4096]);
}

void keep_last_error(shared& memory)
{
    ::SetLastError(77);
    memory.counter = 1;
    std::printf("%lu\n", ::GetLastError());
}

// One instruction that repeats itself. Its bytes begin at a multiple of eight.
constexpr std::size_t repeated_offset = 64;
constexpr std::size_t repeated_size = 24;

unsigned char* repeated(shared& memory)
{
    return reinterpret_cast<unsigned char*>(&memory) + repeated_offset;
}

void write_repeating(shared& memory)
{
    const unsigned char source[repeated_size + 1] = "abcdefghijklmnopqrstuvwx";
    __movsb(repeated(memory), source, repeated_size);
}

void read_repeating(shared& memory)
{
    unsigned char target[repeated_size + 1] = {};
    __movsb(target, repeated(memory), repeated_size);
    std::printf("%s\n", reinterpret_cast<const char*>(target));
}

// From one page of the view to another, twice by the same instruction.
void copy_repeating(shared& memory)
{
    for (int i = 0; i < 2; ++i)
        __movsb(repeated(memory) + 4096, repeated(memory), repeated_size);
}

void signal_first(shared& memory)
{
    const unique_handle event{::CreateEventW(nullptr, FALSE, FALSE, L"Local\\winipc-event")};
    ::SetEvent(event.get());
    memory.counter = 1;
}

struct scene
{
    std::wstring_view name;
    void (*play)(shared&);
};

constexpr scene scenes[] = {
    {L"copy_a", [](shared& memory) { copy_text(memory, L"AAAAAA"); }},
    {L"copy_b", [](shared& memory) { copy_text(memory, L"BBBBBB"); }},
    {L"print_text", [](shared& memory) { print_text(memory); }},
    {L"increment", increment},
    {L"increment_atomically", increment_atomically},
    {L"print_counter", [](shared& memory) { std::printf("%ld\n", memory.counter); }},
    {L"use_library_functions", use_library_functions},
    {L"pass_to_kernel", pass_to_kernel},
    {L"touch_two_views", touch_two_views},
    {L"write_where_reading_is_allowed", write_where_reading_is_allowed},
    {L"map_again", map_again},
    {L"write_across_pages", write_across_pages},
    {L"keep_last_error", keep_last_error},
    {L"write_repeating", write_repeating},
    {L"read_repeating", read_repeating},
    {L"copy_repeating", copy_repeating},
    {L"signal_first", signal_first},
    {L"touch_often",
     [](shared& memory) {
         for (int i = 0; i < 1000; ++i)
             memory.counter = i;
     }},
    {L"sleep_often",
     [](shared&) {
         for (int i = 0; i < 500; ++i)
             ::Sleep(0);
     }},
};

} // namespace

int wmain(int count, wchar_t** arguments)
try {
    const auto section = section_named(L"Local\\winipc-memory");
    const mapped_view view(section.get(), FILE_MAP_WRITE);
    for (const auto& scene : scenes)
        if (count > 1 && scene.name == arguments[1]) {
            scene.play(*view.as<shared>());
            return 0;
        }
    std::fprintf(stderr, "there is no such scene\n");
    return 2;
} catch (const std::system_error& error) {
    return winipc::report(error);
}
