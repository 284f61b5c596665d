#pragma once

// Small protocols between two processes, left and right: known bugs and known good ones.

#include "winipc/mapped_view.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <string_view>

/// What the two share. Written by: as each protocol says.
struct shared_memory
{
    int slot;
    int other;
    int ring[2];
};

/// The objects of a pair; whoever comes first creates them.
class pair_objects
{
public:
    explicit pair_objects(bool manual_reset);

    winipc::unique_handle request;
    winipc::unique_handle reply;
    winipc::unique_handle mutex;
    winipc::unique_handle free_places;
    winipc::unique_handle filled_places;
    shared_memory* memory;

private:
    winipc::unique_handle section_;
    winipc::mapped_view view_;
};

using role = void (*)(pair_objects&);

struct protocol_pair
{
    std::string_view name;
    bool manual_reset;
    role left;
    role right;
};

/// Plays one role of the protocol that the first argument names.
int play(int count, wchar_t** arguments, role protocol_pair::* side);
