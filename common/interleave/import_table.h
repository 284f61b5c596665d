#pragma once

// The import address table of a program: the slots through which it calls other modules.

#include "protocol.h"

#include <windows.h>

#include <cstddef>
#include <functional>
#include <string_view>

namespace interleave {

/// Which of the instrument's functions an imported name is; -1: none of them.
int import_index(std::string_view name);

/// Visits every imported function of a loaded image that the instrument knows, in every import
/// descriptor: its index in `function` and its slot.
void for_each_import(HMODULE image, const std::function<void(std::size_t, void**)>& visit);

/// Writes a slot. Import tables are read-only once the loader has filled them in.
void write_import(void** slot, void* value);

} // namespace interleave
