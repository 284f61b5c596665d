#pragma once

#include "interleave/execution.h"

#include <windows.h>

#include <cstdint>
#include <string>

namespace winipc::testing {

/// The text that a process sees at an address of its own, up to its terminating zero.
/// @param address as in interleave::call_record::result of a MapViewOfFile
/// @throw std::system_error where nothing can be read
std::wstring text_at(const interleave::controlled_process& process, std::uint64_t address);

/// The 32-bit number that a process sees at an address of its own.
/// @throw std::system_error where nothing can be read
std::uint32_t number_at(const interleave::controlled_process& process, std::uint64_t address);

/// How a page of a process is protected: PAGE_READONLY, PAGE_READWRITE, ...
/// @throw std::system_error
DWORD protection_at(const interleave::controlled_process& process, std::uint64_t address);

/// Lets the process only read the page at an address of its own from now on: its first write there
/// crashes it, and crash() tells the address. Throws std::system_error. Thread-safe.
void forbid_writing(const interleave::controlled_process& process, std::uint64_t address);

} // namespace winipc::testing
