#include "probe/probe.h"

#include "interleave/message_boxes.h"
#include "probe/crash.h"
#include "probe/memory_points.h"
#include "shared/calls.h"
#include "shared/import_table.h"
#include "shared/protocol.h"

#include <windows.h>

#include <fcntl.h>
#include <io.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <iterator>
#include <stdio.h>

namespace interleave::probe {

void* originals[function_count];

namespace {

using protocol::slot_state;

// Everything the probe knows. Zero until it wakes; written by the first thread only, before main.
protocol::board* board;
HANDLE report_event;
DWORD tls_index;
HANDLE go_events[protocol::slot_count];

bool is_over; // what comes now are the C runtime's own calls

// The handlers of Ctrl+C, in the order of their registration.
PHANDLER_ROUTINE ctrl_handlers[16];
std::size_t ctrl_handler_count;
bool ctrl_c_is_ignored;

// One bit a handle: handles are small multiples of four.
std::atomic<std::uint8_t> known_handles[1 << 16];

protocol::slot* this_slot()
{
    return static_cast<protocol::slot*>(::TlsGetValue(tls_index));
}

HANDLE& go_event(const protocol::slot* slot)
{
    return go_events[slot - board->slots];
}

protocol::slot* claim_slot()
{
    for (auto& slot : board->slots) {
        auto expected = slot_state::free;
        if (slot.state.compare_exchange_strong(expected, slot_state::running))
            return &slot;
    }
    // The controller has read as many threads as it can: no other way to tell it.
    end_process(ERROR_TOO_MANY_TCBS);
    return nullptr;
}

void create_go_event(const protocol::slot* slot)
{
    wchar_t name[96];
    std::swprintf(name, std::size(name), L"%ls%d", board->go_event_prefix,
                  static_cast<int>(slot - board->slots));
    go_event(slot) =
        original<decltype(::CreateEventW)>(function::CreateEventW)(nullptr, FALSE, FALSE, name);
}

void announce(function call)
{
    auto* slot = claim_slot();
    slot->process_id = ::GetCurrentProcessId();
    slot->thread_id = ::GetCurrentThreadId();
    create_go_event(slot);
    ::TlsSetValue(tls_index, slot);
    slot->record = {};
    slot->record.call = call;
    report_uncaught_exceptions();
}

std::uint64_t image_base()
{
    return reinterpret_cast<std::uint64_t>(::GetModuleHandleW(nullptr));
}

void capture_frames(protocol::record& record)
{
    void* frames[protocol::frame_limit];
    const auto count = ::RtlCaptureStackBackTrace(0, protocol::frame_limit, frames, nullptr);
    record.frame_count = count;
    for (USHORT i = 0; i < count; ++i)
        record.frames[i] = reinterpret_cast<std::uint64_t>(frames[i]) - image_base();
}

void*& saved(function f)
{
    return originals[static_cast<std::size_t>(f)];
}

unsigned install_hooks()
{
    const auto kernel = ::GetModuleHandleW(L"kernel32.dll");
    for (const auto& row : call_rows)
        if (row.made_by == origin::system)
            saved(row.call) = reinterpret_cast<void*>(::GetProcAddress(kernel, row.name.data()));
    // First save all, then patch: one function can stand in several descriptors.
    const auto program = ::GetModuleHandleW(nullptr);
    for_each_import(program, [&](const import_slot& slot) {
        if (auto* const function = function_behind(program, slot))
            saved(slot.call) = function;
    });
    unsigned patched = 0;
    for_each_import(program, [&](const import_slot& slot) {
        auto* const hook = hook_of(slot.call);
        if (hook && saved(slot.call)) // else the call fails, as it does without us
            write_import(slot.address, hook);
        patched += hook != nullptr; // the controller counts as well
    });
    return patched;
}

// Whether a stream goes into a file of this execution. Its folder's own name tells, since the way
// there has more than one spelling.
bool is_of_this_execution(DWORD which)
{
    const auto* folder = std::wcsrchr(board->output_folder, L'\\');
    wchar_t path[MAX_PATH];
    const DWORD length =
        ::GetFinalPathNameByHandleW(::GetStdHandle(which), path, std::size(path), 0);
    return length > 0 && length < std::size(path) && folder && std::wcsstr(path, folder);
}

// A program started by a controlled program would write wherever its parent's output goes. Give it
// files of its own, unless its parent has chosen another place.
void redirect(DWORD which, FILE* stream, const wchar_t* extension)
{
    wchar_t path[MAX_PATH];
    std::swprintf(path, std::size(path), L"%ls\\%lu%ls", board->output_folder,
                  ::GetCurrentProcessId(), extension);
    const HANDLE file =
        ::CreateFileW(path, GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                      nullptr, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
    ::SetStdHandle(which, file);
    if (::_fileno(stream) < 0) // no standard streams at all: give the C library one to redirect
        std::freopen("NUL", "w", stream);
    const int descriptor = ::_open_osfhandle(reinterpret_cast<intptr_t>(file), _O_TEXT);
    ::_dup2(descriptor, ::_fileno(stream));
}

void take_over_output()
{
    STARTUPINFOW info{};
    info.cb = sizeof info;
    ::GetStartupInfoW(&info);
    const bool are_chosen = (info.dwFlags & STARTF_USESTDHANDLES) != 0;
    if (!are_chosen || is_of_this_execution(STD_OUTPUT_HANDLE))
        redirect(STD_OUTPUT_HANDLE, stdout, L".out");
    if (!are_chosen || is_of_this_execution(STD_ERROR_HANDLE))
        redirect(STD_ERROR_HANDLE, stderr, L".err");
    // As on a console: what a program has printed is there, even if it is killed a moment later.
    std::setvbuf(stdout, nullptr, _IONBF, 0);
    std::setvbuf(stderr, nullptr, _IONBF, 0);
}

void report_exit()
{
    begin(function::process_exit);
    stop(phase::before);
    is_over = true;
}

bool open_board(const wchar_t* name)
{
    const HANDLE section = ::OpenFileMappingW(FILE_MAP_WRITE, FALSE, name);
    if (!section)
        return false;
    board = static_cast<protocol::board*>(::MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0));
    if (board && !board->is_of_this_build()) // steps would be taken for others: say so instead
        ::TerminateProcess(::GetCurrentProcess(), protocol::exit_code_of_refusal);
    return board;
}

void wake()
{
    wchar_t name[64];
    const DWORD length =
        ::GetEnvironmentVariableW(protocol::environment_variable, name, std::size(name));
    if (length == 0 || length >= std::size(name) || !open_board(name))
        return;

    report_event = ::OpenEventW(EVENT_MODIFY_STATE, FALSE, board->report_event);
    tls_index = ::TlsAlloc();
    take_over_output();
    const unsigned patched = install_hooks();
    no_message_boxes();
    report_crashes();
    std::atexit(report_exit); // registered first, so it runs last

    announce(function::process_start);
    auto& record = this_slot()->record;
    record.arguments[0] = patched;
    ::GetModuleFileNameW(nullptr, record.text, protocol::text_length);
    stop(phase::after);
    const auto* slot = this_slot();
    for (std::uint32_t i = 0; i < slot->inherited_count; ++i)
        remember(reinterpret_cast<HANDLE>(slot->inherited[i]));
}

// What the system does on Ctrl+C, on a thread that it creates: the handler that was registered last
// is called first, until one has dealt with it. Source: "SetConsoleCtrlHandler function".
DWORD WINAPI handle_ctrl_c(void*)
{
    announce(function::ctrl_c);
    stop(phase::after);
    bool is_handled = ctrl_c_is_ignored;
    for (std::size_t i = ctrl_handler_count; i > 0 && !is_handled; --i)
        is_handled = ctrl_handlers[i - 1](CTRL_C_EVENT);
    if (!is_handled)
        ::ExitProcess(static_cast<UINT>(STATUS_CONTROL_C_EXIT));
    finish_thread();
    return 0;
}

void start_ctrl_c()
{
    const HANDLE thread = original<decltype(::CreateThread)>(function::CreateThread)(
        nullptr, 0, handle_ctrl_c, nullptr, 0, nullptr);
    original<decltype(::CloseHandle)>(function::CloseHandle)(thread);
}

// Wakes before the constructors of the program's own globals.
struct alarm_clock
{
    alarm_clock() { wake(); }
};

#ifdef _MSC_VER
#pragma warning(suppress : 4073) // the point is to be among the libraries
#pragma init_seg(lib)
const alarm_clock first;
#else
__attribute__((init_priority(101))) const alarm_clock first;
#endif

bool is_in_program(void* address)
{
    HMODULE module = nullptr;
    ::GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
                             GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                         static_cast<const wchar_t*>(address), &module);
    return module == ::GetModuleHandleW(nullptr);
}

// The call that has led to this place returns there. False when nothing tells.
bool leave_function(CONTEXT& context, bool is_innermost)
{
    DWORD64 base = 0;
    if (auto* entry = ::RtlLookupFunctionEntry(context.Rip, &base, nullptr)) {
        void* handler_data = nullptr;
        DWORD64 establisher = 0;
        ::RtlVirtualUnwind(UNW_FLAG_NHANDLER, base, context.Rip, entry, &context, &handler_data,
                           &establisher, nullptr);
        return true;
    }
    // No entry: a function that calls nobody needs none, and a call through a wild pointer leads to
    // no function at all. Either way its return address is on top of the stack.
    // Source: "x64 exception handling".
    const auto* stack = reinterpret_cast<const NT_TIB*>(::NtCurrentTeb());
    const bool is_on_stack = context.Rsp % sizeof(DWORD64) == 0 &&
                             context.Rsp >= reinterpret_cast<DWORD64>(stack->StackLimit) &&
                             context.Rsp < reinterpret_cast<DWORD64>(stack->StackBase);
    if (!is_innermost || !is_on_stack)
        return false;
    context.Rip = *reinterpret_cast<const DWORD64*>(context.Rsp);
    context.Rsp += sizeof(DWORD64);
    return true;
}

} // namespace

void capture_frames(protocol::record& record, const EXCEPTION_POINTERS* exception,
                    std::uint32_t limit)
{
    CONTEXT context = *exception->ContextRecord;
    // As if it were a return address.
    record.frames[0] =
        reinterpret_cast<std::uint64_t>(exception->ExceptionRecord->ExceptionAddress) + 1 -
        image_base();
    record.frame_count = 1;
    while (record.frame_count < limit && leave_function(context, record.frame_count == 1))
        record.frames[record.frame_count++] = context.Rip - image_base();
}

void capture_frames_of_program(protocol::record& record)
{
    void* frames[62]; // as many as older systems allow
    const auto count = ::RtlCaptureStackBackTrace(0, std::size(frames), frames, nullptr);
    record.frame_count = 0;
    for (USHORT i = 0; i < count && record.frame_count < std::size(record.frames); ++i)
        if (is_in_program(frames[i]))
            record.frames[record.frame_count++] =
                reinterpret_cast<std::uint64_t>(frames[i]) - image_base();
}

void end_process(DWORD exit_code)
{
    original<decltype(::TerminateProcess)>(function::TerminateProcess)(::GetCurrentProcess(),
                                                                       exit_code);
}

bool has_reported_exit()
{
    return is_over;
}

protocol::record& begin(function call)
{
    if (!this_slot())
        announce_thread();
    auto& record = this_slot()->record;
    record = {};
    record.call = call;
    capture_frames(record);
    return record;
}

protocol::reply stop(phase when)
{
    auto* slot = this_slot();
    slot->record.when = when;
    for (;;) {
        slot->state.store(slot_state::stopped, std::memory_order_release);
        original<decltype(::SetEvent)>(function::SetEvent)(report_event);
        original<decltype(::WaitForSingleObject)>(function::WaitForSingleObject)(go_event(slot),
                                                                                 INFINITE);
        watch(*slot);
        if (slot->reply.what != protocol::action::ctrl_c)
            return slot->reply;
        start_ctrl_c();
    }
}

void stop_at_access(function access, const EXCEPTION_POINTERS* exception, std::uint64_t address,
                    std::uint64_t offset)
{
    if (!this_slot())
        announce_thread();
    auto& record = this_slot()->record;
    const auto interrupted = record;
    record = {};
    record.call = access;
    record.arguments[0] = address;
    record.arguments[1] = offset;
    record.arguments[2] = address - offset;
    capture_frames(record, exception, 6); // a copying function of the library is not deep
    stop(phase::before);
    record = interrupted;
}

void add_ctrl_handler(PHANDLER_ROUTINE handler)
{
    if (ctrl_handler_count < std::size(ctrl_handlers))
        ctrl_handlers[ctrl_handler_count++] = handler;
}

void remove_ctrl_handler(PHANDLER_ROUTINE handler)
{
    auto* const end = ctrl_handlers + ctrl_handler_count;
    auto* const found = std::find(ctrl_handlers, end, handler);
    if (found != end) {
        std::copy(found + 1, end, found);
        --ctrl_handler_count;
    }
}

void ignore_ctrl_c(bool ignored)
{
    ctrl_c_is_ignored = ignored;
}

void announce_thread()
{
    announce(function::thread_start);
    stop(phase::after);
}

void finish_thread()
{
    auto* slot = this_slot();
    if (!slot || slot->state.load() == slot_state::finished)
        return;
    begin(function::thread_exit);
    stop(phase::before);
    original<decltype(::CloseHandle)>(function::CloseHandle)(go_event(slot));
    slot->state.store(slot_state::finished, std::memory_order_release);
}

namespace {
std::atomic<std::uint8_t>* byte_of(HANDLE handle, std::uint8_t& bit)
{
    const auto index = reinterpret_cast<std::uintptr_t>(handle) / 4;
    bit = static_cast<std::uint8_t>(1U << (index % 8));
    return index / 8 < std::size(known_handles) ? &known_handles[index / 8] : nullptr;
}
} // namespace

void remember(HANDLE handle)
{
    std::uint8_t bit = 0;
    if (auto* byte = byte_of(handle, bit))
        *byte |= bit;
}

void forget(HANDLE handle)
{
    std::uint8_t bit = 0;
    if (auto* byte = byte_of(handle, bit))
        *byte &= static_cast<std::uint8_t>(~bit);
}

bool is_known(HANDLE handle)
{
    std::uint8_t bit = 0;
    const auto* byte = byte_of(handle, bit);
    return byte && (*byte & bit);
}

execution_name::execution_name(const wchar_t* name) : name_(name)
{
    if (!name || !*name || std::wcslen(name) + std::wcslen(board->object_suffix) + 1 > MAX_PATH)
        return;
    std::swprintf(buffer_, std::size(buffer_), L"%ls%ls", name, board->object_suffix);
    name_ = buffer_;
}

} // namespace interleave::probe
