#pragma once

#include <windows.h>

#include <utility>

namespace winipc {

/// A handle from functions that return NULL on failure: CreateEventW, CreateFileMappingW, ...
struct null_handle_traits
{
    static HANDLE invalid() noexcept { return nullptr; }
};

/// A handle from functions that return INVALID_HANDLE_VALUE on failure: CreateFileW, ...
struct file_handle_traits
{
    static HANDLE invalid() noexcept { return INVALID_HANDLE_VALUE; }
};

/// Owns a handle and closes it exactly once. Closing keeps the last error, so a failure that is
/// about to be reported survives the clean-up. Thread-safety: as an int.
template <class Traits>
class basic_unique_handle
{
public:
    basic_unique_handle() noexcept = default;
    explicit basic_unique_handle(HANDLE handle) noexcept : handle_(handle) {}
    basic_unique_handle(basic_unique_handle&& other) noexcept : handle_(other.release()) {}
    basic_unique_handle& operator=(basic_unique_handle&& other) noexcept
    {
        reset(other.release());
        return *this;
    }
    ~basic_unique_handle() { reset(); }

    explicit operator bool() const noexcept { return handle_ != Traits::invalid(); }
    [[nodiscard]] HANDLE get() const noexcept { return handle_; }
    [[nodiscard]] HANDLE release() noexcept { return std::exchange(handle_, Traits::invalid()); }

    void reset(HANDLE handle = Traits::invalid()) noexcept
    {
        const HANDLE old = std::exchange(handle_, handle);
        if (old == Traits::invalid() || old == handle)
            return;
        const DWORD error = ::GetLastError();
        ::CloseHandle(old);
        ::SetLastError(error);
    }

private:
    HANDLE handle_ = Traits::invalid();
};

using unique_handle = basic_unique_handle<null_handle_traits>;
using unique_file = basic_unique_handle<file_handle_traits>;

} // namespace winipc
