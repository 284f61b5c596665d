// Has anybody touched my import address table?
#include <windows.h>

#include <cstdio>

namespace {

template <class T>
const T* at(DWORD64 offset)
{
    return reinterpret_cast<const T*>(
        reinterpret_cast<const unsigned char*>(::GetModuleHandleW(nullptr)) + offset);
}

// Whether a slot holds what the loader has put there: the address that the module exports.
bool is_as_loaded(HMODULE dll, const IMAGE_THUNK_DATA& name, const IMAGE_THUNK_DATA& slot)
{
    const auto* import = at<IMAGE_IMPORT_BY_NAME>(name.u1.AddressOfData);
    const auto address = ::GetProcAddress(dll, reinterpret_cast<const char*>(import->Name));
    return reinterpret_cast<ULONGLONG>(address) == slot.u1.Function;
}

} // namespace

int wmain()
{
    const auto* headers =
        at<IMAGE_NT_HEADERS>(static_cast<DWORD64>(at<IMAGE_DOS_HEADER>(0)->e_lfanew));
    const auto& directory = headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT];
    int slots = 0;
    int changed = 0;
    const auto* dll = at<IMAGE_IMPORT_DESCRIPTOR>(directory.VirtualAddress);
    for (; dll->Name; ++dll) {
        const auto module = ::GetModuleHandleA(at<char>(dll->Name));
        const auto* name = at<IMAGE_THUNK_DATA>(dll->OriginalFirstThunk);
        const auto* slot = at<IMAGE_THUNK_DATA>(dll->FirstThunk);
        for (; name->u1.AddressOfData; ++name, ++slot, ++slots)
            changed += !is_as_loaded(module, *name, *slot);
    }
    // Calls that make the table hold what the probe would change.
    ::SetEvent(nullptr);
    ::Sleep(0);
    std::printf("%d slots, %d changed\n", slots > 10, changed);
    return 0;
}
