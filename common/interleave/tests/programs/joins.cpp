// Waits for a thread inside a DLL, as std::thread does it with Microsoft's C++ library.
#include <windows.h>

#include <process.h>

#include <cstdio>

namespace {

struct thread
{
    HANDLE handle;
    unsigned id;
};

unsigned __stdcall do_nothing(void*)
{
    return 0;
}

thread start()
{
    thread started{};
    started.handle =
        reinterpret_cast<HANDLE>(::_beginthreadex(nullptr, 0, do_nothing, nullptr, 0, &started.id));
    return started;
}

} // namespace

// NOLINTBEGIN(bugprone-reserved-identifier): the library's names
extern "C" __declspec(dllimport) int _Thrd_join(thread, int*);
extern "C" __declspec(dllimport) int _Thrd_detach(thread);
// NOLINTEND(bugprone-reserved-identifier)

int wmain()
{
    const int joined = _Thrd_join(start(), nullptr);
    const int detached = _Thrd_detach(start());
    std::printf("%d %d\n", joined, detached);
    return 0;
}
