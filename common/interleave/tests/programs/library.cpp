// A DLL that waits for threads as the DLL of Microsoft's C++ library does: through its own imports.
#include <windows.h>

namespace {

struct thread
{
    HANDLE handle;
    unsigned id;
};

constexpr int success = 0;
constexpr int error = 4;

} // namespace

extern "C" int join_thread(thread joined, int* exit_code)
{
    DWORD code = 0;
    if (::WaitForSingleObjectEx(joined.handle, INFINITE, FALSE) == WAIT_FAILED ||
        !::GetExitCodeThread(joined.handle, &code))
        return error;
    if (exit_code)
        *exit_code = static_cast<int>(code);
    return ::CloseHandle(joined.handle) ? success : error;
}

extern "C" int detach_thread(thread detached)
{
    return ::CloseHandle(detached.handle) ? success : error;
}
