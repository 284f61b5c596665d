#pragma once

#include "error.h"

#include <windows.h>

// Owns a view and unmaps it once. Complete: unique_handle is to be written after its model.
class mapped_view
{
public:
    mapped_view(HANDLE section, DWORD access) : address_(::MapViewOfFile(section, access, 0, 0, 0))
    {
        if (address_ == nullptr)
            throw_last_error("MapViewOfFile");
    }
    mapped_view(const mapped_view&) = delete;
    mapped_view& operator=(const mapped_view&) = delete;
    ~mapped_view() { ::UnmapViewOfFile(address_); }

    [[nodiscard]] wchar_t* text() const { return static_cast<wchar_t*>(address_); }

private:
    void* address_;
};
