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

// Owns a handle and closes it once; holds Kind::failure() when it owns none.
template <class Kind>
class basic_unique_handle
{
public:
    explicit basic_unique_handle(HANDLE handle) noexcept : handle_(handle) {}

    // TODO(2.2): Close the handle in the destructor, if there is one. Keep the last error: save it
    // before the call, set it again afterwards.

    // TODO(2.3): A copy would close the handle a second time. Allow moving, by a constructor that
    // leaves Kind::failure() in the other one; forbid assignment.

    // TODO(2.4): True when there is a handle.
    explicit operator bool() const noexcept { return true; }

    [[nodiscard]] HANDLE get() const noexcept { return handle_; }

private:
    HANDLE handle_;
};

using unique_handle = basic_unique_handle<null_on_failure>;
using unique_file = basic_unique_handle<invalid_on_failure>;
