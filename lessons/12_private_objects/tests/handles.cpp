#include "handles.h"

#include "interleave/execution.h"
#include "testing/programs.h"
#include "winipc/error.h"
#include "winipc/inheritance.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <winternl.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace private_objects {

using namespace interleave;
using namespace winipc::testing;
using winipc::unique_handle;

namespace {

template <class Function>
Function* function_of(const wchar_t* module, const char* name)
{
    const auto address = ::GetProcAddress(::GetModuleHandleW(module), name);
    if (!address)
        winipc::throw_last_error(name);
    return reinterpret_cast<Function*>(reinterpret_cast<void*>(address));
}

bool are_same_object(HANDLE one, HANDLE other)
{
    static auto* const compare =
        function_of<BOOL WINAPI(HANDLE, HANDLE)>(L"kernelbase.dll", "CompareObjectHandles");
    return compare(one, other) != 0;
}

// The numbers of all the handles that a process, opened to duplicate from it, has to this object.
std::vector<std::uintptr_t> numbers_in(const unique_handle& process, HANDLE object)
{
    constexpr std::uintptr_t most = 4096;
    std::vector<std::uintptr_t> found;
    for (std::uintptr_t number = 4; number < most; number += 4) {
        HANDLE copy = nullptr;
        if (!::DuplicateHandle(process.get(), reinterpret_cast<HANDLE>(number),
                               ::GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS))
            continue;
        const unique_handle handle{copy};
        if (are_same_object(copy, object))
            found.push_back(number);
    }
    return found;
}

} // namespace

ACCESS_MASK rights_of(HANDLE handle)
{
    static auto* const query =
        function_of<decltype(::NtQueryObject)>(L"ntdll.dll", "NtQueryObject");
    PUBLIC_OBJECT_BASIC_INFORMATION information{};
    const auto status =
        query(handle, ObjectBasicInformation, &information, sizeof information, nullptr);
    if (status != 0)
        throw std::runtime_error("NtQueryObject fails with " + std::to_string(status));
    return information.GrantedAccess;
}

unique_handle opened(const controlled_process& process, DWORD access)
{
    unique_handle handle{::OpenProcess(access, FALSE, process.id())};
    if (!handle)
        winipc::throw_last_error("OpenProcess");
    return handle;
}

std::vector<std::uintptr_t> handles_to(const controlled_process& process, HANDLE object)
{
    return numbers_in(opened(process, PROCESS_DUP_HANDLE), object);
}

heir::heir(const controlled_process& process)
{
    const auto parent = opened(process, PROCESS_CREATE_PROCESS);
    const std::vector<HANDLE> parents{parent.get()};
    winipc::process_attributes attributes(1);
    attributes.add(PROC_THREAD_ATTRIBUTE_PARENT_PROCESS, parents);
    STARTUPINFOEXW startup{};
    startup.StartupInfo.cb = sizeof startup;
    startup.lpAttributeList = attributes.get();
    PROCESS_INFORMATION started{};
    winipc::check(::CreateProcessW(program("child").c_str(), nullptr, nullptr, nullptr, TRUE,
                                   CREATE_SUSPENDED | EXTENDED_STARTUPINFO_PRESENT, nullptr,
                                   nullptr, &startup.StartupInfo, &started),
                  "CreateProcessW");
    process_.reset(started.hProcess);
    ::CloseHandle(started.hThread);
}

std::vector<std::uintptr_t> heir::handles_to(HANDLE object) const
{
    return numbers_in(process_, object);
}

std::uintptr_t plant(const controlled_process& process, HANDLE object, DWORD access)
{
    HANDLE planted = nullptr;
    winipc::check(::DuplicateHandle(::GetCurrentProcess(), object,
                                    opened(process, PROCESS_DUP_HANDLE).get(), &planted, access,
                                    TRUE, 0),
                  "DuplicateHandle");
    return reinterpret_cast<std::uintptr_t>(planted);
}

void plant_at(const controlled_process& process, std::uintptr_t number, HANDLE object, DWORD access)
{
    for (std::uintptr_t value = 0; value != number;) {
        value = plant(process, object, access);
        if (value > number)
            throw std::runtime_error("number " + std::to_string(number) + " is taken already");
    }
}

unique_handle new_event()
{
    return unique_handle{::CreateEventW(nullptr, FALSE, FALSE, nullptr)};
}

unique_handle new_section()
{
    return unique_handle{
        ::CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 4096, nullptr)};
}

std::vector<HANDLE> listed_handles(const controlled_process& parent)
{
    for (const auto& call : parent.calls("UpdateProcThreadAttribute"))
        if (call.arguments[2] == PROC_THREAD_ATTRIBUTE_HANDLE_LIST)
            return read_at<HANDLE>(parent, call.arguments[3], call.arguments[4] / sizeof(HANDLE));
    return {};
}

controlled_process& started_child(const execution& run, int nth)
{
    run.process("parent", nth).run_to(after("CreateProcessW"));
    return run.process("child", nth);
}

} // namespace private_objects
