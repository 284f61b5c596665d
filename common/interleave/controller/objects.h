#pragma once

// Which kernel object a handle means, in which process: told from the records of the probes alone.

#include "shared/protocol.h"

#include <windows.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace interleave {

struct event;

class object_table
{
public:
    /// The object a record is about, before the call is made; empty when it is about none.
    [[nodiscard]] std::string object_of(DWORD process, const protocol::record& record) const;

    /// Takes note of what a completed call has opened or closed.
    /// @param process_name of the process that the call starts, opens or means
    void apply(DWORD process, const protocol::record& record, const std::string& process_name);

    /// Takes note of what a new process has inherited: the handles that the record of its creation
    /// names.
    /// @return their values
    std::vector<std::uint64_t> inherit(DWORD parent, DWORD child, const protocol::record& creation);

    /// An object without a name is called so from now on: "event #1", "message-ready".
    void alias(const std::string& object, const std::string& name) { aliases_[object] = name; }

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
    static constexpr std::size_t inherited = static_cast<std::size_t>(-1); ///< entry::opened_at

    /// The value of a handle that a process has to this object; 0: it has none.
    [[nodiscard]] std::uint64_t find(DWORD process, std::string_view object) const;

    struct job
    {
        bool kill_on_close = false;
        bool is_terminated = false;
        std::vector<DWORD> members; ///< process ids, of those that have ended as well

        [[nodiscard]] bool has(DWORD process) const
        {
            return std::ranges::find(members, process) != members.end();
        }
    };
    /// By the object's name.
    [[nodiscard]] const std::map<std::string, job>& jobs() const { return jobs_; }

    /// What is open in a process, in the order of opening.
    [[nodiscard]] std::vector<entry> open_handles(DWORD process) const;
    [[nodiscard]] std::vector<entry> open_views(DWORD process) const;
    /// The object behind each open view, by the view's address.
    [[nodiscard]] std::map<std::uint64_t, std::string> views(DWORD process) const;

private:
    using key = std::pair<DWORD, std::uint64_t>;

    std::string display_name(std::string_view type, const wchar_t* name);
    void add_process(DWORD process, const protocol::record& record, const std::string& name,
                     DWORD id);
    void note_child(DWORD process, const protocol::record& record, const std::string& name);
    void note_attributes(DWORD process, const protocol::record& record);
    void note_duplicate(DWORD process, const protocol::record& record, const std::string& name);
    [[nodiscard]] std::string names(DWORD process, const protocol::record& record) const;
    void add(DWORD process, std::uint64_t handle, std::string object);

    std::map<key, entry> handles_;
    std::map<key, entry> views_;
    std::map<std::string, int> unnamed_; // by type
    std::map<std::string, std::string> aliases_;
    std::map<std::string, job> jobs_;
    struct attributes
    {
        std::vector<std::uint64_t> handles;
        std::vector<std::uint64_t> jobs;
    };
    std::map<key, attributes> attributes_; // by the list's address
    std::map<DWORD, std::size_t> calls_;
};

} // namespace interleave
