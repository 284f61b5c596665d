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
    [[maybe_unused]] const wchar_t* const text = count > 1 ? arguments[1] : L"hello";
    [[maybe_unused]] const DWORD bytes = count > 2 ? std::wcstoul(arguments[2], nullptr, 10) : 4096;

    // TODO(1.1): Create a section of `bytes` bytes that may be read and written, without a file.
    // On failure: return report(L"CreateFileMappingW");

    // TODO(1.2): Map the whole section twice: `first` to write through, `second` to read only.
    // On failure: return report(L"MapViewOfFile");

    // TODO(1.3): Print "fresh pages hold: " and the first character of `second`, as a number:
    // as an int, for `<< *second` would print the character itself, which is a zero.

    // TODO(1.4): Refuse a text that does not fit, its terminating zero included: one line on
    // std::wcerr, exit code 1. Else copy it through `first`, and print "the second view shows: "
    // and the text that `second` shows.

    // TODO(1.5): Close the section's handle, then print "without the handle: " and the text that
    // `second` shows now. Unmap both views. Each of the three calls can fail: report it.

    return 0;
}
