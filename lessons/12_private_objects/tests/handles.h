// Handles as the tests of this lesson see them, in their own process and in others.
#pragma once

#include "interleave/execution.h"
#include "winipc/error.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace private_objects {

inline const std::string two_lines = "first\nsecond\n";

// The rights that come with a handle.
ACCESS_MASK rights_of(HANDLE handle);

winipc::unique_handle opened(const interleave::controlled_process& process, DWORD access);

// The numbers of all the handles that a process has to this object.
std::vector<std::uintptr_t> handles_to(const interleave::controlled_process& process,
                                       HANDLE object);

// A program that has this process for its parent, and is ended before its first instruction. What
// the process could hand on, it has inherited.
class heir
{
public:
    explicit heir(const interleave::controlled_process& process);
    heir(const heir&) = delete;
    heir& operator=(const heir&) = delete;
    ~heir() { ::TerminateProcess(process_.get(), 0); }

    [[nodiscard]] std::vector<std::uintptr_t> handles_to(HANDLE object) const;

private:
    winipc::unique_handle process_;
};

// Gives the process a handle that may be inherited, as if it had opened it itself.
std::uintptr_t plant(const interleave::controlled_process& process, HANDLE object, DWORD access);

// The same under a number that the test has chosen: all the numbers before it are used up.
void plant_at(const interleave::controlled_process& process, std::uintptr_t number, HANDLE object,
              DWORD access);

winipc::unique_handle new_event();
winipc::unique_handle new_section();

// What stands at an address of the process.
template <class T>
std::vector<T> read_at(const interleave::controlled_process& process, std::uint64_t address,
                       std::size_t count)
{
    std::vector<T> values(count);
    winipc::check(::ReadProcessMemory(opened(process, PROCESS_VM_READ).get(),
                                      reinterpret_cast<const void*>(address), values.data(),
                                      count * sizeof(T), nullptr),
                  "ReadProcessMemory");
    return values;
}

// What the parent has handed over by its attribute list: the numbers of the handles.
std::vector<HANDLE> listed_handles(const interleave::controlled_process& parent);

// The child, at its start. The parent stands behind CreateProcessW.
interleave::controlled_process& started_child(const interleave::execution& run, int nth = 1);

} // namespace private_objects
