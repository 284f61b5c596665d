// Waits for the sender's signal and prints what is in the section then.
#include "winipc/mapped_view.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <cstdio>

int wmain()
{
    const winipc::unique_handle section{
        ::OpenFileMappingW(FILE_MAP_READ, FALSE, L"Local\\winipc-example")};
    const winipc::unique_handle ready{
        ::OpenEventW(SYNCHRONIZE, FALSE, L"Local\\winipc-example-ready")};
    if (!section || !ready)
        return 1;
    const winipc::mapped_view view(section.get(), FILE_MAP_READ);

    if (::WaitForSingleObject(ready.get(), INFINITE) != WAIT_OBJECT_0)
        return 1;
    std::printf("\"%ls\"\n", view.as<const wchar_t>());
    return 0;
}
