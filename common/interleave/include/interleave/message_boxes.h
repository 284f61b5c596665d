#pragma once

/// @file
/// For programs that run where nobody can answer a message box: tests, and programs under test.

#include <windows.h>

#ifdef _MSC_VER
#include <crtdbg.h>
#include <initializer_list>
#include <stdlib.h>
#endif

namespace interleave {

/// The system and the C runtime report a crash, abort(), a failed assertion or a failed check of
/// the debug runtime on stderr, and the process ends. Otherwise a message box would wait for ever.
/// @source "SetErrorMode function", "_set_abort_behavior", "_CrtSetReportMode", "_set_error_mode"
inline void no_message_boxes()
{
    ::SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
#ifdef _MSC_VER
    ::_set_error_mode(_OUT_TO_STDERR);
    ::_set_abort_behavior(0, _WRITE_ABORT_MSG | _CALL_REPORTFAULT);
#ifdef _DEBUG
    for (const int kind : {_CRT_WARN, _CRT_ERROR, _CRT_ASSERT}) {
        _CrtSetReportMode(kind, _CRTDBG_MODE_FILE);
        _CrtSetReportFile(kind, _CRTDBG_FILE_STDERR);
    }
#endif
#endif
}

} // namespace interleave
