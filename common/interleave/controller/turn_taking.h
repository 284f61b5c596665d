#pragma once

// Who runs. It is one controlled thread at a time: turn_taking lets it go on, and waits until it,
// and everything it has set going, stands still again.

#include "controller/board.h"
#include "controller/bookkeeping.h"
#include "controller/participants.h"
#include "interleave/execution.h"
#include "interleave/kinds.h"
#include "shared/protocol.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace interleave {

class turn_taking
{
public:
    explicit turn_taking(bookkeeping& books);
    turn_taking(const turn_taking&) = delete;
    turn_taking& operator=(const turn_taking&) = delete;
    ~turn_taking(); ///< ends all processes

    process_state& start(const std::filesystem::path& program, const start_options& options);
    /// @param kind step, time_out or fail
    /// @param code of fail
    void step(thread_state& thread, choice_kind kind = choice_kind::step, DWORD code = 0);
    void kill(process_state& process, DWORD exit_code);
    void ctrl_c(process_state& process);

    [[nodiscard]] thread_state* last() const { return last_; } ///< nullptr: nobody yet
    [[nodiscard]] std::wstring object_name(std::wstring_view name) const
    {
        return board_.object_name(name);
    }

    std::chrono::milliseconds watchdog{20'000};
    std::chrono::milliseconds processor_limit{2'000};

private:
    struct created_thread
    {
        DWORD process;
        DWORD thread;
        std::vector<std::uint64_t> inherited; ///< handles, by a new process
        std::wstring command_line;            ///< of a new process
    };

    template <class Done>
    void wait_until(process_state* running, const std::string& what, Done done);
    bool wait_for_news();
    void register_new_threads();
    void register_thread(protocol::slot& slot);
    void check_import_count(const process_state& process, std::uint64_t patched) const;
    void let_go_on(thread_state& thread, protocol::reply reply);
    void wait_for_end_of(thread_state& thread);
    void wait_for_consequences(thread_state& thread);
    void wait_for_new_thread(process_state& creator, const protocol::record& record,
                             bool is_process);
    void wait_for_start(process_state& creator, const created_thread& created);
    void wait_for_jobs();
    void pass_watches_on(const thread_state& thread);
    void let_others_try(const thread_state& except);

    bookkeeping& books_;
    board board_;
    winipc::unique_handle job_;
    std::map<std::pair<DWORD, std::uint64_t>, created_thread> suspended_; // by process and handle
    thread_state* last_ = nullptr;
};

} // namespace interleave
