#include "probe/crash.h"

#include "probe/probe.h"
#include "shared/calls.h"
#include "shared/protocol.h"

#include <windows.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <iterator>
#include <string_view>

namespace interleave::probe {
namespace {

// Exceptions of C++ as the system sees them.
constexpr DWORD thrown_by_gcc = 0x20474343;

std::terminate_handler of_the_library;

// As much of it as fits. UTF-16 never has more units than UTF-8 has bytes.
void copy(wchar_t (&target)[protocol::text_length], std::string_view text)
{
    const auto bytes = static_cast<int>(std::min(text.size(), std::size(target) - 1));
    const int length = ::MultiByteToWideChar(CP_UTF8, 0, text.data(), bytes, target, bytes);
    target[length] = L'\0';
}

// Calls `raise`, which throws, and takes down what the exception says of itself.
template <class Raise>
void take_text(protocol::record& record, Raise raise)
{
    try {
        raise();
    } catch (const std::exception& error) {
        copy(record.text, error.what());
    } catch (...) { // it has nothing to say
    }
}

// An exception is under way, or nothing but a call of std::terminate.
[[noreturn]] void report_terminate()
{
    const auto exception = std::current_exception();
    auto& record = begin(function::crash);
    capture_frames_of_program(record);
    record.arguments[0] = protocol::uncaught_exception;
    record.arguments[1] = exception ? 1 : 0;
    if (exception)
        take_text(record, [&] { std::rethrow_exception(exception); });
    stop(phase::after);
    if (of_the_library)
        of_the_library(); // prints what it prints of every program, and aborts
    std::abort();
}

LONG WINAPI report_crash(EXCEPTION_POINTERS* exception)
{
    const auto& what = *exception->ExceptionRecord;
    if (what.ExceptionCode == thrown_by_gcc) // the library goes on to std::terminate
        return EXCEPTION_CONTINUE_EXECUTION;

    auto& record = begin(function::crash);
    record.arguments[0] = what.ExceptionCode;
    if (what.NumberParameters >= 2) {
        record.arguments[1] = what.ExceptionInformation[0];
        record.arguments[2] = what.ExceptionInformation[1];
    }
    capture_frames(record, exception, protocol::frame_limit);
    const bool is_of_cpp = what.ExceptionCode == protocol::uncaught_exception;
    if (is_of_cpp) { // Microsoft's library would call std::terminate from its own filter
        record.arguments[1] = 1;
        // Raised again where it is caught. Through a pointer, because the compiler takes it for
        // granted that a function in C throws nothing.
        auto* volatile raise = ::RaiseException;
        take_text(record, [&] {
            raise(what.ExceptionCode, what.ExceptionFlags, what.NumberParameters,
                  what.ExceptionInformation);
        });
    }
    stop(phase::after);
    end_process(is_of_cpp ? protocol::exit_code_of_abort : what.ExceptionCode);
    return EXCEPTION_EXECUTE_HANDLER;
}

} // namespace

void report_crashes()
{
    ::SetUnhandledExceptionFilter(report_crash);
    of_the_library = std::set_terminate(report_terminate);
}

void report_uncaught_exceptions()
{
    if (std::get_terminate() == of_the_library)
        std::set_terminate(report_terminate);
}

} // namespace interleave::probe
