#pragma once

// What is known about one execution: who takes part, what they have open, what has happened. It
// lets nobody run; turn_taking does that, and reports here.

#include "controller/objects.h"
#include "controller/participants.h"
#include "interleave/execution.h"
#include "interleave/record.h"
#include "shared/protocol.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <cstddef>
#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace interleave {

class bookkeeping
{
public:
    explicit bookkeeping(execution_state& owner) : owner_(owner) {}

    // Who takes part.

    /// @param folder of the files that hold its output
    process_state& add_process(const std::filesystem::path& path, DWORD id,
                               winipc::unique_handle handle, const std::filesystem::path& folder);
    thread_state& add_thread(process_state& process, protocol::slot& slot);
    [[nodiscard]] const std::vector<std::unique_ptr<process_state>>& processes() const
    {
        return processes_;
    }
    [[nodiscard]] std::deque<thread_state>& threads() { return threads_; }
    [[nodiscard]] const std::deque<thread_state>& threads() const { return threads_; }
    [[nodiscard]] thread_state* find_thread(char letter);
    [[nodiscard]] process_state* find(DWORD process_id) const; ///< if it has not ended
    [[nodiscard]] process_state* find(std::string_view name, int nth) const;
    [[nodiscard]] bool has_started(DWORD process_id, DWORD thread_id) const;
    [[nodiscard]] const process_state* crashed_process() const; ///< nullptr: none
    /// A process that still runs and that its job ends: the job was terminated, or its last handle
    /// was closed and its limits say so. nullptr: none.
    [[nodiscard]] process_state* doomed_process() const;

    // What happens.

    void choose(choice_record made); ///< the next step begins
    void mark_preemption() { next_preempts_ = true; }
    /// A call comes before what it brings about (a start, the end of another process), whichever is
    /// reported first. So starts and ends are held back from here until note_held_back().
    void hold_back_others() { is_holding_back_ = true; }
    void hold_back_nobody() { is_holding_back_ = false; }
    void note_held_back();
    void take(thread_state& thread); ///< takes over what a stopped thread reports
    void note_access(const thread_state& thread);
    void note_end(process_state& process, ending by = ending::exited);
    void note_thread_end(const thread_state& thread);
    void memory_points(const memory_choice& wanted); ///< also of processes to come
    [[nodiscard]] std::size_t steps() const { return choices_.size(); }
    [[nodiscard]] object_table& objects() { return objects_; }
    [[nodiscard]] const object_table& objects() const { return objects_; }

    // What can be asked.

    [[nodiscard]] execution_record record() const;
    /// The same without source lines and output, which take longer. A replay string needs neither.
    [[nodiscard]] execution_record outline() const;
    [[nodiscard]] point_record describe(const event& happened) const;
    [[nodiscard]] std::string position(const thread_state& thread) const;
    [[nodiscard]] std::string position(const process_state& process) const;
    [[nodiscard]] std::string last_words() const; ///< what those who have ended wrote on stderr
    /// Throws a schedule_error with the message and the timeline.
    [[noreturn]] void fail(const std::string& message) const;

private:
    [[nodiscard]] char free_letter(const std::string& name);
    [[nodiscard]] event read(const thread_state& thread);
    [[nodiscard]] std::string process_name(const process_state& caller,
                                           const protocol::record& record) const;
    [[nodiscard]] bool ends_its_processes(std::size_t object, const object_table::job& job) const;
    [[nodiscard]] bool is_doomed(DWORD process_id) const;
    void note(event happened);

    execution_state& owner_;
    std::vector<std::unique_ptr<process_state>> processes_;
    std::deque<thread_state> threads_;
    object_table objects_;
    std::vector<event> history_;
    std::vector<choice_record> choices_;
    bool next_preempts_ = false;
    bool is_holding_back_ = false;
    std::vector<event> held_back_;
    memory_choice memory_;
};

} // namespace interleave
