#pragma once

// Which kernel object a handle means, in which process: told from the records of the probes alone.

#include "protocol.h"

#include <windows.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace interleave {

struct event;

class object_table
{
public:
    /// The object a record is about, before the call is made; empty when it is about none.
    [[nodiscard]] std::string object_of(DWORD process, const protocol::record& record) const;

    /// Takes note of what a completed call has opened or closed.
    void apply(DWORD process, const protocol::record& record, const std::string& new_process_name);

    /// Names the handle by what it means in that process, as "message-ready" or "event #1".
    [[nodiscard]] std::string name(DWORD process, std::uint64_t handle) const;

    /// The process that a handle means; 0: none.
    [[nodiscard]] DWORD process_id(DWORD process, std::uint64_t handle) const;

    struct entry
    {
        std::string object;
        std::size_t opened_at; ///< how many completed calls of its process came before
        DWORD process_id = 0;  ///< of the process that the handle means; 0: it means none
    };
    /// What is open in a process, in the order of opening.
    [[nodiscard]] std::vector<entry> open_handles(DWORD process) const;
    [[nodiscard]] std::vector<entry> open_views(DWORD process) const;
    /// The object behind each open view, by the view's address.
    [[nodiscard]] std::map<std::uint64_t, std::string> views(DWORD process) const;

private:
    using key = std::pair<DWORD, std::uint64_t>;

    std::string display_name(function call, const wchar_t* name);
    void add(DWORD process, std::uint64_t handle, std::string object);

    std::map<key, entry> handles_;
    std::map<key, entry> views_;
    std::map<std::string, int> unnamed_; // by type
    std::map<DWORD, std::size_t> calls_;
};

} // namespace interleave
