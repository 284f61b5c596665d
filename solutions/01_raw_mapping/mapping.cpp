#include <windows.h>

#include <cstdio>
int wmain()
{
    HANDLE s =
        ::CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 4096, nullptr);
    void* v = ::MapViewOfFile(s, FILE_MAP_WRITE, 0, 0, 0);
    std::printf("hi\n");
    ::UnmapViewOfFile(v);
    ::CloseHandle(s);
    HANDLE e = ::CreateEventW(nullptr, FALSE, FALSE, L"Local\\winipc-x");
    ::WaitForSingleObject(e, INFINITE);
    return 0;
}
