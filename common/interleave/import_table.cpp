#include "import_table.h"

#include "protocol.h"

#include <windows.h>

#include <cstddef>
#include <functional>
#include <string_view>

namespace interleave {
namespace {

template <class T>
T* at(HMODULE image, DWORD offset)
{
    return reinterpret_cast<T*>(reinterpret_cast<unsigned char*>(image) + offset);
}

IMAGE_IMPORT_DESCRIPTOR* first_descriptor(HMODULE image)
{
    const auto* dos = at<IMAGE_DOS_HEADER>(image, 0);
    const auto* headers = at<IMAGE_NT_HEADERS>(image, static_cast<DWORD>(dos->e_lfanew));
    const auto& directory = headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT];
    return directory.VirtualAddress ? at<IMAGE_IMPORT_DESCRIPTOR>(image, directory.VirtualAddress)
                                    : nullptr;
}

} // namespace

int import_index(std::string_view name)
{
    for (std::size_t i = 0; i < import_count; ++i)
        if (function_names[i] == name)
            return static_cast<int>(i);
    return -1;
}

void for_each_import(HMODULE image, const std::function<void(std::size_t, void**)>& visit)
{
    for (auto* dll = first_descriptor(image); dll && dll->FirstThunk; ++dll) {
        // Names stand in the original table; the other one has been overwritten by addresses.
        const auto* name = at<IMAGE_THUNK_DATA>(image, dll->OriginalFirstThunk);
        auto* slot = at<IMAGE_THUNK_DATA>(image, dll->FirstThunk);
        for (; dll->OriginalFirstThunk && name->u1.AddressOfData; ++name, ++slot) {
            if (IMAGE_SNAP_BY_ORDINAL(name->u1.Ordinal))
                continue;
            const auto* by_name =
                at<IMAGE_IMPORT_BY_NAME>(image, static_cast<DWORD>(name->u1.AddressOfData));
            const int index = import_index(reinterpret_cast<const char*>(by_name->Name));
            if (index >= 0)
                visit(static_cast<std::size_t>(index),
                      reinterpret_cast<void**>(&slot->u1.Function));
        }
    }
}

void write_import(void** slot, void* value)
{
    DWORD protection = 0;
    ::VirtualProtect(slot, sizeof *slot, PAGE_READWRITE, &protection);
    *slot = value;
    ::VirtualProtect(slot, sizeof *slot, protection, &protection);
}

} // namespace interleave
