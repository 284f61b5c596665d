// Who closes the section when the second view cannot be mapped?
#include <windows.h>

#include <cwchar>
#include <iostream>

// TODO(2.5): Include error.h, mapped_view.h and unique_handle.h. Throw where this program reports,
// let objects own what it closes by hand, and catch std::system_error once, in wmain. Then this
// function is not needed any more: error.h has one that reports what was caught.
int report(const wchar_t* function)
{
    const DWORD code = ::GetLastError();
    std::wcerr << function << L" failed: error " << code << L'\n';
    return 1;
}

int wmain(int count, wchar_t** arguments)
{
    const wchar_t* const text = count > 1 ? arguments[1] : L"hello";
    const DWORD bytes = count > 2 ? std::wcstoul(arguments[2], nullptr, 10) : 4096;

    // TODO(2.6): Take a third argument, how often to do all of it (1 when it is absent). Put what
    // is done into a function of its own, so that each time ends by giving everything back. It
    // prints one line: "the second view shows: " and the text.

    // TODO(2.7): Take a fourth argument, the path of an existing file: open it with CreateFileW and
    // let the section be backed by it. CreateFileW returns INVALID_HANDLE_VALUE when it fails.

    const HANDLE section =
        ::CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, bytes, nullptr);
    if (section == nullptr)
        return report(L"CreateFileMappingW");

    auto* const first = static_cast<wchar_t*>(::MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0));
    if (first == nullptr)
        return report(L"MapViewOfFile");
    const auto* const second =
        static_cast<const wchar_t*>(::MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0));
    if (second == nullptr)
        return report(L"MapViewOfFile");

    std::wcout << L"fresh pages hold: " << static_cast<int>(second[0]) << L'\n';

    if ((std::wcslen(text) + 1) * sizeof(wchar_t) > bytes) {
        std::wcerr << L"the text does not fit into " << bytes << L" bytes\n";
        return 1;
    }
    std::wcscpy(first, text);
    std::wcout << L"the second view shows: " << second << L'\n';

    if (!::CloseHandle(section))
        return report(L"CloseHandle");
    std::wcout << L"without the handle: " << second << L'\n';
    if (!::UnmapViewOfFile(first))
        return report(L"UnmapViewOfFile");
    if (!::UnmapViewOfFile(second))
        return report(L"UnmapViewOfFile");
    return 0;
}
