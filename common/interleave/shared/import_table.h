#pragma once

// The import tables of a program: the slots through which it calls other modules.

#include "shared/calls.h"

#include <windows.h>

#include <functional>

namespace interleave {

/// A slot through which a program calls a function that the instrument knows.
struct import_slot
{
    function call;
    void** address;  ///< of the slot
    const char* dll; ///< as the linker has written it: "KERNEL32.dll", an API set
    bool is_delayed; ///< filled in by the first call through it, not by the loader
};

/// Visits every such slot of an image, in the import table and in the delay-load table. The image
/// is a loaded module or a view of an image section, which no loader has been at.
void for_each_import(const void* image, const std::function<void(const import_slot&)>& visit);

/// What a call through a slot of a loaded module reaches in the end; nullptr: nothing, its module
/// is missing. It may load the module of a delayed slot.
void* function_behind(const void* image, const import_slot& slot);

/// Writes a slot. Import tables are read-only once they are filled in.
void write_import(void** slot, void* value);

} // namespace interleave
