#pragma once

#include "winipc/error.h"
#include "winipc/unique_handle.h"

#include <windows.h>

namespace bench {

// An auto-reset event without a name.
inline winipc::unique_handle create_event()
{
    winipc::unique_handle event{::CreateEventW(nullptr, FALSE, FALSE, nullptr)};
    if (!event)
        winipc::throw_last_error("CreateEventW");
    return event;
}

inline winipc::unique_handle create_section(DWORD size)
{
    winipc::unique_handle section{
        ::CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, size, nullptr)};
    if (!section)
        winipc::throw_last_error("CreateFileMappingW");
    return section;
}

} // namespace bench
