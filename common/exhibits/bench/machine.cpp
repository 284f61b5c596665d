#include "machine.h"

#include <windows.h>

#include <string>
#include <vector>

namespace bench {
namespace {

// The address of a function that may not be there.
template <class Function>
Function* find(const wchar_t* library, const char* name)
{
    return reinterpret_cast<Function*>(
        reinterpret_cast<void*>(::GetProcAddress(::GetModuleHandleW(library), name)));
}

std::string system_name()
{
    std::string name = "Windows";
    OSVERSIONINFOW version{};
    version.dwOSVersionInfoSize = sizeof version;
    if (auto* const get_version = find<LONG WINAPI(OSVERSIONINFOW*)>(L"ntdll.dll", "RtlGetVersion");
        get_version && get_version(&version) == 0)
        name += ' ' + std::to_string(version.dwMajorVersion) + '.' +
                std::to_string(version.dwMinorVersion) + '.' +
                std::to_string(version.dwBuildNumber);
    if (auto* const wine_version = find<const char*()>(L"ntdll.dll", "wine_get_version"))
        name =
            std::string("Wine ") + wine_version() + ", not Windows: there the figures are others";
    return name;
}

std::string processor_name()
{
    char name[100]{};
    DWORD size = sizeof name - 1;
    if (::RegGetValueA(HKEY_LOCAL_MACHINE, R"(HARDWARE\DESCRIPTION\System\CentralProcessor\0)",
                       "ProcessorNameString", RRF_RT_REG_SZ, nullptr, name, &size) != ERROR_SUCCESS)
        return "processor of an unknown name";
    std::string text(name);
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

std::string compiler_name()
{
#if defined(__clang__)
    return "clang " + std::to_string(__clang_major__);
#elif defined(__GNUC__)
    return "GCC " + std::to_string(__GNUC__);
#else
    return "MSVC " + std::to_string(_MSC_VER);
#endif
}

std::string optimisation()
{
#ifdef _DEBUG // MSVC's runtime with checks
    return " for debugging: these figures tell nothing. Build it with --config Release.";
#else
    return ", optimised.";
#endif
}

} // namespace

std::vector<std::string> machine_facts()
{
    SYSTEM_INFO system{};
    ::GetSystemInfo(&system);
    return {system_name() + '.',
            std::to_string(system.dwNumberOfProcessors) +
                " logical processors: " + processor_name() + '.',
            "Built by " + compiler_name() + optimisation()};
}

} // namespace bench
