#include "shared/import_table.h"

#include "shared/calls.h"

#include <windows.h>

#include <cstdint>
#include <functional>
#include <optional>

// Source of the layout: "PE Format", sections ".idata" and "Delay-Load Import Tables".

namespace interleave {
namespace {

// A loaded image, in which everything is found by its offset from the beginning.
class loaded_image
{
public:
    explicit loaded_image(const void* base)
        : base_(reinterpret_cast<std::uintptr_t>(base)),
          header_(
              at<IMAGE_NT_HEADERS>(static_cast<std::uintptr_t>(at<IMAGE_DOS_HEADER>(0)->e_lfanew))
                  ->OptionalHeader)
    {
    }

    template <class T>
    [[nodiscard]] T* at(std::uintptr_t offset) const
    {
        return reinterpret_cast<T*>(base_ + offset);
    }

    // nullptr: the image has no such table.
    template <class Descriptor>
    [[nodiscard]] const Descriptor* first(DWORD directory) const
    {
        if (directory >= header_.NumberOfRvaAndSizes ||
            header_.DataDirectory[directory].VirtualAddress == 0)
            return nullptr;
        return at<const Descriptor>(header_.DataDirectory[directory].VirtualAddress);
    }

    [[nodiscard]] bool holds(std::uintptr_t address) const
    {
        return base_ <= address && address - base_ < header_.SizeOfImage;
    }

    [[nodiscard]] bool is_offset(std::uintptr_t value) const { return value < header_.SizeOfImage; }

    [[nodiscard]] std::uintptr_t base() const { return base_; }

private:
    std::uintptr_t base_;
    const IMAGE_OPTIONAL_HEADER& header_;
};

// Which function an entry of a table of names means; nothing: none that the instrument knows.
std::optional<function> function_of(const loaded_image& image, const IMAGE_THUNK_DATA& entry)
{
    if (IMAGE_SNAP_BY_ORDINAL(entry.u1.Ordinal))
        return std::nullopt;
    const auto* by_name = image.at<const IMAGE_IMPORT_BY_NAME>(entry.u1.AddressOfData);
    return function_named(reinterpret_cast<const char*>(by_name->Name));
}

// Where the loader has overwritten the only table of names: told by the address.
std::optional<function> function_of(const char* dll, std::uintptr_t address)
{
    const HMODULE module = ::GetModuleHandleA(dll);
    for (const auto& row : call_rows)
        if (module && row.is_import() &&
            reinterpret_cast<std::uintptr_t>(::GetProcAddress(module, row.name.data())) == address)
            return row.call;
    return std::nullopt;
}

using visitor = std::function<void(const import_slot&)>;

void visit_slot(std::optional<function> call, IMAGE_THUNK_DATA& slot, const char* dll,
                bool is_delayed, const visitor& visit)
{
    if (call && facts(*call).is_import())
        visit({*call, reinterpret_cast<void**>(&slot.u1.Function), dll, is_delayed});
}

void visit_imports(const loaded_image& image, const IMAGE_IMPORT_DESCRIPTOR& from,
                   const visitor& visit)
{
    const auto* const dll = image.at<const char>(from.Name);
    auto* slot = image.at<IMAGE_THUNK_DATA>(from.FirstThunk);
    if (from.OriginalFirstThunk) {
        const auto* name = image.at<const IMAGE_THUNK_DATA>(from.OriginalFirstThunk);
        for (; name->u1.AddressOfData; ++name, ++slot)
            visit_slot(function_of(image, *name), *slot, dll, false, visit);
        return;
    }
    for (; slot->u1.Function; ++slot) {
        const bool is_name = image.is_offset(slot->u1.Function) ||
                             IMAGE_SNAP_BY_ORDINAL(slot->u1.Ordinal); // no loader has been here
        const auto call = is_name
                              ? function_of(image, *slot)
                              : function_of(dll, static_cast<std::uintptr_t>(slot->u1.Function));
        visit_slot(call, *slot, dll, false, visit);
    }
}

void visit_delayed_imports(const loaded_image& image, const IMAGE_DELAYLOAD_DESCRIPTOR& from,
                           const visitor& visit)
{
    // Without this attribute the descriptor holds addresses, of which 32 bits are left.
    const auto offset = [&](DWORD value) -> std::uintptr_t {
        return from.Attributes.RvaBased ? value : value - static_cast<DWORD>(image.base());
    };
    const auto* const dll = image.at<const char>(offset(from.DllNameRVA));
    auto* slot = image.at<IMAGE_THUNK_DATA>(offset(from.ImportAddressTableRVA));
    const auto* name = image.at<const IMAGE_THUNK_DATA>(offset(from.ImportNameTableRVA));
    for (; name->u1.AddressOfData; ++name, ++slot) {
        auto entry = *name;
        if (!IMAGE_SNAP_BY_ORDINAL(entry.u1.Ordinal))
            entry.u1.AddressOfData = offset(static_cast<DWORD>(entry.u1.AddressOfData));
        visit_slot(function_of(image, entry), *slot, dll, true, visit);
    }
}

} // namespace

// Both tables end where the loader, or the code that loads later, stops reading.
void for_each_import(const void* base, const visitor& visit)
{
    const loaded_image image(base);
    const auto* dll = image.first<IMAGE_IMPORT_DESCRIPTOR>(IMAGE_DIRECTORY_ENTRY_IMPORT);
    for (; dll && dll->Name && dll->FirstThunk; ++dll)
        visit_imports(image, *dll, visit);
    const auto* late = image.first<IMAGE_DELAYLOAD_DESCRIPTOR>(IMAGE_DIRECTORY_ENTRY_DELAY_IMPORT);
    for (; late && late->DllNameRVA; ++late)
        visit_delayed_imports(image, *late, visit);
}

void* function_behind(const void* image, const import_slot& slot)
{
    const bool is_open = slot.is_delayed &&
                         loaded_image(image).holds(reinterpret_cast<std::uintptr_t>(*slot.address));
    if (!is_open)
        return *slot.address;
    const HMODULE module = ::LoadLibraryA(slot.dll);
    return module ? reinterpret_cast<void*>(::GetProcAddress(module, name_of(slot.call).data()))
                  : nullptr;
}

void write_import(void** slot, void* value)
{
    DWORD protection = 0;
    ::VirtualProtect(slot, sizeof *slot, PAGE_READWRITE, &protection);
    *slot = value;
    ::VirtualProtect(slot, sizeof *slot, protection, &protection);
}

} // namespace interleave
