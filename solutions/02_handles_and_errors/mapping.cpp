// Who closes the section when the second view cannot be mapped?
#include "error.h"
#include "mapped_view.h"
#include "unique_handle.h"

#include <windows.h>

#include <cwchar>
#include <iostream>
#include <system_error>

//! [file]
unique_file open_file(const wchar_t* path)
{
    unique_file file{::CreateFileW(path, GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                                   FILE_ATTRIBUTE_NORMAL, nullptr)};
    if (!file)
        throw_last_error("CreateFileW");
    return file;
}
//! [file]

//! [section]
unique_handle create_section(const unique_file& file, DWORD bytes)
{
    unique_handle section{
        ::CreateFileMappingW(file.get(), nullptr, PAGE_READWRITE, 0, bytes, nullptr)};
    if (!section)
        throw_last_error("CreateFileMappingW");
    return section;
}
//! [section]

//! [share]
void share(const wchar_t* text, DWORD bytes, const wchar_t* path)
{
    const auto file = path ? open_file(path) : unique_file{INVALID_HANDLE_VALUE};
    const auto section = create_section(file, bytes);
    const mapped_view first(section.get(), FILE_MAP_WRITE);
    const mapped_view second(section.get(), FILE_MAP_READ);

    std::wcscpy(first.text(), text);
    std::wcout << L"the second view shows: " << second.text() << L'\n';
}
//! [share]

//! [main]
int wmain(int count, wchar_t** arguments)
try {
    const wchar_t* const text = count > 1 ? arguments[1] : L"hello";
    const DWORD bytes = count > 2 ? std::wcstoul(arguments[2], nullptr, 10) : 4096;
    const DWORD cycles = count > 3 ? std::wcstoul(arguments[3], nullptr, 10) : 1;
    const wchar_t* const path = count > 4 ? arguments[4] : nullptr;

    if ((std::wcslen(text) + 1) * sizeof(wchar_t) > bytes) {
        std::wcerr << L"the text does not fit into " << bytes << L" bytes\n";
        return 1;
    }
    for (DWORD cycle = 0; cycle < cycles; ++cycle)
        share(text, bytes, path);
    return 0;
} catch (const std::system_error& error) {
    return report(error);
}
//! [main]
