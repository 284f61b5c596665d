// One process that does one thing, named by its first argument: what the controller must see.
#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <cstdint>
#include <cstdio>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#ifdef __GNUC__
// What cl and every optimising compiler make of a function that calls nobody: nothing but the
// return address on the stack, and no entry in the table of functions. GCC makes it so of no
// function here.
asm(".text\n"
    ".globl read_from\n"
    "read_from:\n"
    "    movl (%rcx), %eax\n"
    "    ret\n");
extern "C" int read_from(const int* place);
#else
int read_from(const int* place)
{
    return *place;
}
#endif

namespace {

using winipc::unique_handle;

unique_handle new_event(const wchar_t* name = nullptr)
{
    return unique_handle{::CreateEventW(nullptr, FALSE, FALSE, name)};
}

std::wstring own_path()
{
    wchar_t path[MAX_PATH];
    ::GetModuleFileNameW(nullptr, path, MAX_PATH);
    return path;
}

PROCESS_INFORMATION start_self(const std::wstring& argument, DWORD flags)
{
    std::wstring line = L'"' + own_path() + L"\" " + argument;
    STARTUPINFOW startup{};
    startup.cb = sizeof startup;
    PROCESS_INFORMATION information{};
    winipc::check(::CreateProcessW(nullptr, line.data(), nullptr, nullptr, FALSE, flags, nullptr,
                                   nullptr, &startup, &information),
                  "CreateProcessW");
    return information;
}

DWORD run_self(const std::wstring& argument, DWORD flags)
{
    const auto information = start_self(argument, flags);
    const unique_handle process{information.hProcess};
    const unique_handle thread{information.hThread};
    if (flags & CREATE_SUSPENDED)
        ::ResumeThread(thread.get());
    ::WaitForSingleObject(process.get(), INFINITE);
    DWORD exit_code = 0;
    ::GetExitCodeProcess(process.get(), &exit_code);
    return exit_code;
}

DWORD WINAPI set_event(void* event)
{
    ::SetEvent(event);
    return 5;
}

void print_error_after(const char* what, bool result)
{
    const DWORD error = ::GetLastError();
    std::printf("%s %d %lu\n", what, result, error);
    ::SetLastError(77);
}

// What a program without the instrument prints, a controlled one must print as well.
void last_errors()
{
    ::SetLastError(77);
    const HANDLE event = ::CreateEventW(nullptr, TRUE, FALSE, L"Local\\winipc-last-errors");
    print_error_after("create", event != nullptr);
    const HANDLE again = ::CreateEventW(nullptr, TRUE, FALSE, L"Local\\winipc-last-errors");
    print_error_after("create again", again != nullptr);
    print_error_after("set", ::SetEvent(event));
    print_error_after("wait", ::WaitForSingleObject(event, 0) == WAIT_OBJECT_0);
    print_error_after("reset", ::ResetEvent(event));
    print_error_after("wait in vain", ::WaitForSingleObject(event, 10) == WAIT_TIMEOUT);
    print_error_after("wait wrongly", ::WaitForSingleObject(nullptr, 10) == WAIT_FAILED);
    print_error_after("open", ::OpenEventW(SYNCHRONIZE, FALSE, L"Local\\winipc-absent") != nullptr);
    print_error_after("open wrong type",
                      ::OpenMutexW(SYNCHRONIZE, FALSE, L"Local\\winipc-last-errors") != nullptr);
    print_error_after("map", ::MapViewOfFile(nullptr, FILE_MAP_READ, 0, 0, 0) != nullptr);
    ::Sleep(1);
    print_error_after("sleep", true);
    print_error_after("close", ::CloseHandle(again));
    print_error_after("close again", ::CloseHandle(again));
    ::CloseHandle(event);
}

void handles()
{
    const unique_handle first = new_event();
    const unique_handle second = new_event(L"Local\\winipc-second");
    HANDLE copy = nullptr;
    ::DuplicateHandle(::GetCurrentProcess(), first.get(), ::GetCurrentProcess(), &copy, 0, FALSE,
                      DUPLICATE_SAME_ACCESS);
    ::Sleep(0);
}

void double_close()
{
    const HANDLE event = ::CreateEventW(nullptr, FALSE, FALSE, nullptr);
    ::CloseHandle(event);
    ::CloseHandle(event);
}

void threads()
{
    const unique_handle event = new_event();
    const unique_handle thread{::CreateThread(nullptr, 0, set_event, event.get(), 0, nullptr)};
    ::WaitForSingleObject(event.get(), INFINITE);
    ::WaitForSingleObject(thread.get(), INFINITE);
    DWORD exit_code = 0;
    ::GetExitCodeThread(thread.get(), &exit_code);
    std::printf("%lu\n", exit_code);
}

// The C++ library waits through the same imports, on handles of its own.
void library_threads()
{
    std::mutex guard;
    int sum = 0;
    std::vector<std::thread> workers;
    workers.reserve(3);
    for (int i = 0; i < 3; ++i)
        workers.emplace_back([&] {
            const std::scoped_lock lock(guard);
            ++sum;
        });
    for (auto& worker : workers)
        worker.join();
    std::printf("%d\n", sum);
}

// As the C++ library and the C runtime do it where they are a part of the program.
DWORD WINAPI exit_thread(void*)
{
    ::ExitThread(5);
}

void static_library_thread()
{
    const unique_handle thread{::CreateThread(nullptr, 0, exit_thread, nullptr, 0, nullptr)};
    ::WaitForSingleObjectEx(thread.get(), INFINITE, FALSE);
}

void extended_calls()
{
    const auto create = [](const wchar_t* name) {
        return unique_handle{::CreateEventExW(nullptr, name, CREATE_EVENT_MANUAL_RESET,
                                              SYNCHRONIZE | EVENT_MODIFY_STATE)};
    };
    const auto event = create(L"Local\\winipc-event");
    const auto again = create(L"Local\\winipc-event");
    const auto unnamed = create(nullptr);
    ::WaitForSingleObjectEx(event.get(), INFINITE, FALSE);
    std::printf("%d\n", ::WaitForSingleObjectEx(unnamed.get(), 10, FALSE) == WAIT_TIMEOUT);
}

void sleep_for_an_hour()
{
    ::Sleep(3'600'000);
    std::printf("slept\n");
}

void timed_wait()
{
    const unique_handle event = new_event(L"Local\\winipc-event");
    const DWORD result = ::WaitForSingleObject(event.get(), 3'600'000);
    std::printf("%s\n", result == WAIT_TIMEOUT ? "timed out" : "signalled");
}

void wait_for_ever()
{
    const unique_handle event = new_event(L"Local\\winipc-event");
    ::WaitForSingleObject(event.get(), INFINITE);
    std::printf("signalled\n");
}

void wait_for_two()
{
    const unique_handle first = new_event(L"Local\\winipc-first");
    const unique_handle second = new_event(L"Local\\winipc-second");
    const HANDLE both[] = {first.get(), second.get()};
    std::printf("%lu\n", ::WaitForMultipleObjects(2, both, FALSE, INFINITE));
    std::printf("%lu\n", ::WaitForMultipleObjects(2, both, TRUE, INFINITE));
}

// SleepEx is not hooked: the controller cannot see this wait.
void block_unseen()
{
    ::SleepEx(INFINITE, FALSE);
}

void spin()
{
    for (volatile bool for_ever = true; for_ever;)
        ;
}

void crash()
{
    std::printf("about to crash\n");
    volatile int* nowhere = nullptr;
    *nowhere = 1; // NOLINT(clang-analyzer-core.NullDereference)
}

// These print the line that the test looks for.
void crash_in_leaf()
{
    std::printf("%d\n", __LINE__ + 1);
    std::printf("%d\n", read_from(nullptr));
}

void call_nothing()
{
    void (*volatile nothing)() = nullptr;
    std::printf("%d\n", __LINE__ + 1);
    nothing();
}

// On a thread that begins nowhere: none of the lines here is to blame.
void crash_nowhere()
{
    const auto nowhere = reinterpret_cast<LPTHREAD_START_ROUTINE>(std::uintptr_t{16});
    const unique_handle thread{::CreateThread(nullptr, 0, nowhere, nullptr, 0, nullptr)};
    ::WaitForSingleObject(thread.get(), INFINITE);
}

void throw_uncaught()
{
    std::printf("%d\n", __LINE__ + 1);
    throw std::runtime_error("nobody wants \u4F60\u597D"); // in UTF-8
}

void throw_number()
{
    std::printf("%d\n", __LINE__ + 1);
    throw 5;
}

void throw_long_text()
{
    throw std::runtime_error(std::string(1000, 'x'));
}

DWORD WINAPI throw_on_thread(void*)
{
    throw_uncaught();
    return 0;
}

void throw_uncaught_on_thread()
{
    const unique_handle thread{::CreateThread(nullptr, 0, throw_on_thread, nullptr, 0, nullptr)};
    ::WaitForSingleObject(thread.get(), INFINITE);
}

void throw_through_noexcept()
{
    const auto promise = []() noexcept { throw_uncaught(); };
    promise();
}

void terminate()
{
    std::printf("%d\n", __LINE__ + 1);
    std::terminate();
}

void write_read_only_view()
{
    const unique_handle section{
        ::CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 4096, nullptr)};
    const winipc::mapped_view view(section.get(), FILE_MAP_READ);
    *view.as<volatile int>() = 1;
}

void child()
{
    std::printf("parent\n");
    std::printf("%lu\n", run_self(L"exit_with_7", 0));
}

void suspended_child()
{
    std::printf("%lu\n", run_self(L"exit_with_7", CREATE_SUSPENDED));
}

void grandchild()
{
    std::printf("%lu\n", run_self(L"child", 0));
}

void end_child()
{
    const auto information = start_self(L"wait_for_ever", 0);
    const unique_handle process{information.hProcess};
    const unique_handle thread{information.hThread};
    ::TerminateProcess(process.get(), 9);
    ::WaitForSingleObject(process.get(), INFINITE);
}

void signal_child()
{
    const unique_handle event = new_event(L"Local\\winipc-event");
    const auto information = start_self(L"wait_for_ever", 0);
    const unique_handle process{information.hProcess};
    const unique_handle thread{information.hThread};
    ::SetEvent(event.get());
    ::WaitForSingleObject(process.get(), INFINITE);
}

void fill_section()
{
    const unique_handle section{::CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE,
                                                     0, 4096, L"Local\\winipc-section")};
    if (!section)
        winipc::throw_last_error("CreateFileMappingW");
    const winipc::mapped_view view(section.get(), FILE_MAP_WRITE);
    *view.as<volatile int>() = 1;
    ::Sleep(0);
    *view.as<volatile int>() = 2;
    ::Sleep(0);
}

void random_order()
{
    // Deliberately not a function of the schedule.
    if (::GetCurrentProcessId() / 4 % 2 == 0)
        ::Sleep(0);
    else
        unique_handle{::CreateEventW(nullptr, FALSE, FALSE, nullptr)};
}

struct scene
{
    std::string_view name;
    void (*play)();
};

constexpr scene scenes[] = {
    {"last_errors", last_errors},
    {"handles", handles},
    {"double_close", double_close},
    {"threads", threads},
    {"library_threads", library_threads},
    {"static_library_thread", static_library_thread},
    {"extended_calls", extended_calls},
    {"sleep_for_an_hour", sleep_for_an_hour},
    {"timed_wait", timed_wait},
    {"wait_for_ever", wait_for_ever},
    {"wait_for_two", wait_for_two},
    {"block_unseen", block_unseen},
    {"spin", spin},
    {"crash", crash},
    {"crash_in_leaf", crash_in_leaf},
    {"call_nothing", call_nothing},
    {"crash_nowhere", crash_nowhere},
    {"throw_uncaught", throw_uncaught},
    {"throw_number", throw_number},
    {"throw_long_text", throw_long_text},
    {"throw_uncaught_on_thread", throw_uncaught_on_thread},
    {"throw_through_noexcept", throw_through_noexcept},
    {"terminate", terminate},
    {"write_read_only_view", write_read_only_view},
    {"child", child},
    {"suspended_child", suspended_child},
    {"grandchild", grandchild},
    {"end_child", end_child},
    {"signal_child", signal_child},
    {"fill_section", fill_section},
    {"random_order", random_order},
};

} // namespace

int wmain(int count, wchar_t** arguments)
try {
    const std::wstring wanted = count > 1 ? arguments[1] : L"";
    if (wanted == L"exit_with_7")
        return 7;
    if (wanted == L"echo") {
        for (int c = std::getchar(); c != EOF; c = std::getchar())
            std::putchar(c);
        for (int i = 2; i < count; ++i)
            std::printf("[%ls]\n", arguments[i]);
        return 0;
    }
    for (const auto& scene : scenes)
        if (std::wstring(scene.name.begin(), scene.name.end()) == wanted) {
            scene.play();
            return 0;
        }
    std::fprintf(stderr, "there is no such scene\n");
    return 2;
} catch (const std::system_error& error) {
    return winipc::report(error);
}
