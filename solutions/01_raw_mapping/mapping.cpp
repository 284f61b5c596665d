// How can two addresses be the same memory?
#include <windows.h>

#include <cwchar>
#include <iostream>

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

    //! [create]
    const HANDLE section =
        ::CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, bytes, nullptr);
    if (section == nullptr)
        return report(L"CreateFileMappingW");
    //! [create]

    //! [map]
    auto* const first = static_cast<wchar_t*>(::MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0));
    if (first == nullptr)
        return report(L"MapViewOfFile");
    const auto* const second =
        static_cast<const wchar_t*>(::MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0));
    if (second == nullptr)
        return report(L"MapViewOfFile");
    //! [map]

    std::wcout << L"fresh pages hold: " << static_cast<int>(second[0]) << L'\n';

    //! [write]
    if ((std::wcslen(text) + 1) * sizeof(wchar_t) > bytes) {
        std::wcerr << L"the text does not fit into " << bytes << L" bytes\n";
        return 1;
    }
    std::wcscpy(first, text);
    std::wcout << L"the second view shows: " << second << L'\n';
    //! [write]

    //! [close]
    if (!::CloseHandle(section))
        return report(L"CloseHandle");
    std::wcout << L"without the handle: " << second << L'\n';
    if (!::UnmapViewOfFile(first))
        return report(L"UnmapViewOfFile");
    if (!::UnmapViewOfFile(second))
        return report(L"UnmapViewOfFile");
    //! [close]
    return 0;
}
