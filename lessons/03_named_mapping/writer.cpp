// How do two programs come to share one section? This one creates it.
#include "message.h"
#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

using winipc::mapped_view;
using winipc::unique_handle;

unique_handle create_section(DWORD bytes)
{
    // TODO(3.1): Give the section its name, and take its size from what is shared.
    // TODO(3.2): Refuse a section that is there already: somebody else has made it.
    unique_handle section{
        ::CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, bytes, nullptr)};
    if (!section)
        winipc::throw_last_error("CreateFileMappingW");
    return section;
}

std::wstring read_line()
{
    std::wstring line;
    if (!std::getline(std::wcin, line))
        throw std::runtime_error("there is no line to write");
    return line;
}

// TODO(3.3): void write(message& target, const std::wstring& text): refuse a text that does not fit
// (std::length_error); copy it; only then say that it is ready.

void wait_for_enter()
{
    std::wcout << L"the message is there; press Enter to end\n" << std::flush;
    std::wstring ignored;
    std::getline(std::wcin, ignored);
}

int wmain()
try {
    const auto section = create_section(4096);
    const mapped_view view(section.get(), FILE_MAP_WRITE);

    // TODO(3.3): Write the line that is read.
    read_line();
    wait_for_enter();
    return 0;
} catch (const std::exception& error) {
    return winipc::report(error);
}
