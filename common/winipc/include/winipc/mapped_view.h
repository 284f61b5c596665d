#pragma once

#include "winipc/error.h"

#include <windows.h>

#include <cstddef>
#include <utility>

namespace winipc {

/// Owns a view of a section and unmaps it exactly once. The view outlives the section's handle.
/// Thread-safety: as an int; what the view shows is shared with other processes.
class mapped_view
{
public:
    mapped_view() noexcept = default;

    /// Maps the first `size` bytes of the section; 0: all of it.
    /// @param access FILE_MAP_READ or FILE_MAP_WRITE (which reads too)
    /// @throw std::system_error
    mapped_view(HANDLE section, DWORD access, std::size_t size = 0)
        : address_(::MapViewOfFile(section, access, 0, 0, size))
    {
        if (!address_)
            throw_last_error("MapViewOfFile");
    }
    mapped_view(mapped_view&& other) noexcept : address_(std::exchange(other.address_, nullptr)) {}
    mapped_view& operator=(mapped_view&& other) noexcept
    {
        std::swap(address_, other.address_);
        return *this;
    }
    ~mapped_view()
    {
        if (!address_)
            return;
        const DWORD error = ::GetLastError();
        ::UnmapViewOfFile(address_);
        ::SetLastError(error);
    }

    explicit operator bool() const noexcept { return address_ != nullptr; }
    [[nodiscard]] void* get() const noexcept { return address_; }

    /// The start of the view as a T. @pre the view was mapped with at least sizeof(T) bytes
    template <class T>
    [[nodiscard]] T* as() const noexcept
    {
        return static_cast<T*>(address_);
    }

private:
    void* address_ = nullptr;
};

} // namespace winipc
