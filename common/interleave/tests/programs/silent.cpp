// A program without a probe: with an argument it waits for ever, without one it ends at once.
#include <windows.h>

int wmain(int count, wchar_t**)
{
    if (count > 1)
        ::WaitForSingleObject(::GetCurrentProcess(), INFINITE);
    return 3;
}
