// What does a receiver see that is woken before the message is there?
#include "winipc/mapped_view.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <cstdio>
#include <cwchar>

int wmain()
{
    const winipc::unique_handle section{::CreateFileMappingW(
        INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 4096, L"Local\\winipc-example")};
    const winipc::unique_handle ready{
        ::CreateEventW(nullptr, FALSE, FALSE, L"Local\\winipc-example-ready")};
    if (!section || !ready)
        return 1;
    const winipc::mapped_view view(section.get(), FILE_MAP_WRITE);

    ::SetEvent(ready.get()); // BUG: the message comes after its signal
    std::wcscpy(view.as<wchar_t>(), L"hello");
    std::getchar(); // the section lives as long as this program
    return 0;
}
