#include "testing/memory.h"

#include "interleave/execution.h"
#include "winipc/error.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <cstdint>
#include <string>

namespace winipc::testing {

std::wstring text_at(const interleave::controlled_process& process, std::uint64_t address)
{
    const unique_handle handle{::OpenProcess(PROCESS_VM_READ, FALSE, process.id())};
    if (!handle)
        throw_last_error("OpenProcess");

    std::wstring text;
    for (;; address += sizeof(wchar_t)) {
        wchar_t character = L'\0';
        check(::ReadProcessMemory(handle.get(), reinterpret_cast<const void*>(address), &character,
                                  sizeof character, nullptr),
              "ReadProcessMemory");
        if (character == L'\0')
            return text;
        text += character;
    }
}

std::uint32_t number_at(const interleave::controlled_process& process, std::uint64_t address)
{
    const unique_handle handle{::OpenProcess(PROCESS_VM_READ, FALSE, process.id())};
    if (!handle)
        throw_last_error("OpenProcess");
    std::uint32_t number = 0;
    check(::ReadProcessMemory(handle.get(), reinterpret_cast<const void*>(address), &number,
                              sizeof number, nullptr),
          "ReadProcessMemory");
    return number;
}

DWORD protection_at(const interleave::controlled_process& process, std::uint64_t address)
{
    const unique_handle handle{::OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, process.id())};
    if (!handle)
        throw_last_error("OpenProcess");
    MEMORY_BASIC_INFORMATION information{};
    if (!::VirtualQueryEx(handle.get(), reinterpret_cast<const void*>(address), &information,
                          sizeof information))
        throw_last_error("VirtualQueryEx");
    return information.Protect;
}

void forbid_writing(const interleave::controlled_process& process, std::uint64_t address)
{
    const unique_handle handle{::OpenProcess(PROCESS_VM_OPERATION, FALSE, process.id())};
    if (!handle)
        throw_last_error("OpenProcess");
    DWORD before = 0;
    check(::VirtualProtectEx(handle.get(), reinterpret_cast<void*>(address), 1, PAGE_READONLY,
                             &before),
          "VirtualProtectEx");
}

} // namespace winipc::testing
