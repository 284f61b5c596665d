#pragma once

#include <windows.h>

#include <utility>

// What a function returns instead of a handle when it fails.
struct null_on_failure
{
    static HANDLE failure() { return nullptr; }
};
struct invalid_on_failure
{
    static HANDLE failure() { return INVALID_HANDLE_VALUE; }
};

//! [class]
// Owns a handle and closes it once; holds Kind::failure() when it owns none.
template <class Kind>
class basic_unique_handle
{
public:
    explicit basic_unique_handle(HANDLE handle) noexcept : handle_(handle) {}
    basic_unique_handle(basic_unique_handle&& other) noexcept
        : handle_(std::exchange(other.handle_, Kind::failure()))
    {
    }
    basic_unique_handle& operator=(basic_unique_handle&&) = delete;
    ~basic_unique_handle()
    {
        if (!*this)
            return;
        const DWORD error = ::GetLastError();
        ::CloseHandle(handle_);
        ::SetLastError(error);
    }

    explicit operator bool() const noexcept { return handle_ != Kind::failure(); }
    [[nodiscard]] HANDLE get() const noexcept { return handle_; }

private:
    HANDLE handle_;
};
//! [class]

using unique_handle = basic_unique_handle<null_on_failure>;
using unique_file = basic_unique_handle<invalid_on_failure>;
