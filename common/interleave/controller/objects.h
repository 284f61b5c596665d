#pragma once

// Which kernel object a handle means, in which process: told from the records of the probes alone.

#include "interleave/record.h"
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

class object_table
{
public:
    /// What a record is about, before the call is made; empty when it is about nothing.
    [[nodiscard]] std::vector<object_reference> objects_of(DWORD process,
                                                           const protocol::record& record);

    /// Takes note of what a completed call has opened or closed.
    /// @param process_name of the process that the call starts, opens or means
    void apply(DWORD process, const protocol::record& record, const std::string& process_name);

    /// Takes note of what a new process has inherited: the handles that the record of its creation
    /// names.
    /// @return their values
    std::vector<std::uint64_t> inherit(DWORD parent, DWORD child, const protocol::record& creation);

    /// An object without a name is called so from now on: "event #1", "message-ready".
    void alias(const std::string& object, const std::string& name) { aliases_[object] = name; }

    /// What the handle means in that process.
    [[nodiscard]] object_reference meant_by(DWORD process, std::uint64_t handle) const;

    /// All that have been met, in the order of that.
    [[nodiscard]] const std::vector<object_record>& all() const { return objects_; }

    /// The process that a handle means; 0: none.
    [[nodiscard]] DWORD process_id(DWORD process, std::uint64_t handle) const;

    struct entry
    {
        object_reference object;
        std::size_t opened_at; ///< how many completed calls of its process came before
        DWORD process_id = 0;  ///< of the process that the handle means; 0: it means none
    };
    static constexpr std::size_t inherited = static_cast<std::size_t>(-1); ///< entry::opened_at

    /// The value of a handle that a process has to the object of this name, as "event #1"; 0: it
    /// has none.
    [[nodiscard]] std::uint64_t find(DWORD process, std::string_view name) const;
    [[nodiscard]] bool has_handle(DWORD process, std::size_t object) const;

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
    [[nodiscard]] const std::map<std::size_t, job>& jobs() const { return jobs_; }

    /// What is open in a process, in the order of opening.
    [[nodiscard]] std::vector<entry> open_handles(DWORD process) const;
    [[nodiscard]] std::vector<entry> open_views(DWORD process) const;
    /// The section behind each open view, by the view's address.
    [[nodiscard]] std::map<std::uint64_t, object_reference> views(DWORD process) const;

private:
    using key = std::pair<DWORD, std::uint64_t>;

    object_reference add_object(std::string_view type, std::string name);
    object_reference named(std::string_view type, const wchar_t* name);
    object_reference unnamed(std::string_view type);
    object_reference of_process(DWORD id, const std::string& name);
    void note_child(DWORD process, const protocol::record& record, const std::string& name);
    void note_attributes(DWORD process, const protocol::record& record);
    void note_duplicate(DWORD process, const protocol::record& record, const std::string& name);
    void add(DWORD process, std::uint64_t handle, object_reference object, DWORD process_id = 0);
    [[nodiscard]] job* job_meant_by(DWORD process, std::uint64_t handle);

    std::vector<object_record> objects_;
    std::map<std::wstring, std::size_t> by_name_;
    std::map<DWORD, std::size_t> by_process_id_;
    std::map<key, entry> handles_;
    std::map<key, entry> views_;
    std::map<std::string, int> unnamed_; // by type
    std::map<std::string, std::string> aliases_;
    std::map<std::size_t, job> jobs_;
    struct attributes
    {
        std::vector<std::uint64_t> handles;
        std::vector<std::uint64_t> jobs;
    };
    std::map<key, attributes> attributes_; // by the list's address
    std::map<DWORD, std::size_t> calls_;
};

} // namespace interleave
