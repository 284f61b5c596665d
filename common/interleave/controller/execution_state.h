#pragma once

// The controller's inner side: what it knows of the processes of one execution.

#include "controller/objects.h"
#include "interleave/execution.h"
#include "shared/calls.h"
#include "shared/protocol.h"
#include "winipc/mapped_view.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace interleave {

/// One thing that happened: a point that a thread has reached, or its end.
struct event
{
    std::size_t step = 0;
    process_state* process = nullptr;
    function call{};
    phase when{};
    std::string object;
    std::vector<std::uint64_t> arguments;
    std::uint64_t result = 0;
    DWORD last_error = 0;
    std::wstring text;
    std::wstring more_text;
    std::vector<std::uint64_t> frames;
    bool is_end = false;    ///< the process has ended: result is its exit code
    bool is_killed = false; ///< ... because the test killed it
    bool is_ended_by_job = false;
    bool is_injected = false; ///< the test made the call fail or time out
    bool preempts = false;    ///< another thread could have gone on

    [[nodiscard]] bool is_completed_call() const
    {
        return when == phase::after && facts(call).is_import();
    }
};

/// Which accesses to memory are points.
struct memory_choice
{
    bool on = false;
    std::string object; ///< empty: every view
    std::size_t begin = 0;
    std::size_t end = 0;
};

struct thread_state
{
    process_state* process = nullptr;
    char letter = '?';
    DWORD id = 0;
    protocol::slot* slot = nullptr;
    winipc::unique_handle go;
    winipc::unique_handle thread;
    event here;              ///< the point at which it stands
    bool may_proceed = true; ///< false: its wait was tried, and nobody has acted since
    bool has_ended = false;
    bool is_being_injected = false;

    [[nodiscard]] bool is_blocked() const { return !has_ended && here.when == phase::blocked; }
    [[nodiscard]] bool is_enabled() const { return !has_ended && (!is_blocked() || may_proceed); }
    [[nodiscard]] DWORD wait_limit() const; ///< milliseconds of the wait it is blocked in
};

struct process_state
{
    std::string name;
    std::filesystem::path path;
    DWORD id = 0;
    winipc::unique_handle process;
    std::filesystem::path output;
    std::filesystem::path error_output;
    std::vector<thread_state*> threads;
    bool has_ended = false;
    bool has_crashed = false;
    DWORD exit_code = 0;
    std::vector<event> history;
    std::unique_ptr<controlled_process> facade;
    memory_choice memory;
    std::vector<protocol::watch> watches; ///< as the probe has been told
    std::uint32_t watch_generation = 0;

    [[nodiscard]] thread_state& first_thread() const;              ///< the first that has not ended
    [[nodiscard]] const event* completed(std::size_t index) const; ///< the index-th call of all
};

class execution_state
{
public:
    execution_state();
    execution_state(const execution_state&) = delete;
    execution_state& operator=(const execution_state&) = delete;
    ~execution_state();

    controlled_process& start(const std::filesystem::path& program, const start_options& options);

    void step(thread_state& thread, protocol::reply reply = {});
    void kill(process_state& process, DWORD exit_code);
    void run_to(thread_state& thread, const point& target);
    void run_until_blocked(thread_state& thread);
    void run_to_end(thread_state& thread);
    void time_out(thread_state& thread);
    void fail(thread_state& thread, DWORD code);
    void ctrl_c(process_state& process);
    void run_until_stuck();
    void memory_points(const memory_choice& wanted);
    void replay(std::string_view schedule);

    [[nodiscard]] bool is_stuck() const;
    [[nodiscard]] std::deque<thread_state>& threads() { return threads_; }
    [[nodiscard]] const std::deque<thread_state>& threads() const { return threads_; }
    [[nodiscard]] thread_state* find_thread(char letter);
    [[nodiscard]] const process_state* crashed_process() const; ///< nullptr: none
    [[nodiscard]] process_state* find(std::string_view name, int nth) const;
    [[nodiscard]] std::string position(const thread_state& thread) const;
    [[nodiscard]] std::string position(const process_state& process) const;
    [[nodiscard]] std::string last_words() const;
    [[nodiscard]] std::string timeline() const;
    [[nodiscard]] std::string schedule() const;
    [[nodiscard]] std::string where_all_stand() const;
    [[nodiscard]] std::wstring object_name(std::wstring_view name) const;
    [[nodiscard]] call_record describe(const event& event) const;
    void alias(const std::string& object, const std::string& name) { objects_.alias(object, name); }
    [[nodiscard]] object_table& objects() { return objects_; }
    [[nodiscard]] const object_table& objects() const { return objects_; }

    /// Throws with the message, where everybody stands, and the timeline.
    [[noreturn]] void fail_schedule(const std::string& message) const;

    std::chrono::milliseconds watchdog{20'000};
    std::chrono::milliseconds processor_limit{2'000};
    std::size_t step_limit = 20'000;
    std::size_t steps = 0;

private:
    struct choice
    {
        char letter;
        char kind; ///< ' ' a step, 't' a time-out, '!' a kill, 'f' an injected failure, '^' Ctrl+C
        DWORD code;
    };

    template <class Done>
    void wait_until(process_state* running, const std::string& what, Done done);
    bool wait_for_news();
    void register_new_threads();
    void register_thread(protocol::slot& slot);
    struct thread_ids
    {
        DWORD process;
        DWORD thread;
        std::vector<std::uint64_t> inherited; ///< handles, by a new process
    };
    void wait_for_start(process_state& creator, const thread_ids& created);
    [[nodiscard]] bool ends_its_processes(const std::string& name,
                                          const object_table::job& job) const;
    void wait_for_jobs();
    [[nodiscard]] std::string process_name(const process_state& caller,
                                           const protocol::record& record) const;
    void wait_for_consequences(thread_state& thread);
    void take(thread_state& thread);
    void pass_watches_on(const thread_state& thread);
    void note_end(process_state& process, bool killed = false);
    void note_thread_end(const thread_state& thread);
    void note(event happened);
    void note_meanwhile();
    void let_others_try(const thread_state& except);
    [[nodiscard]] event read(const thread_state& thread) const;
    [[nodiscard]] char free_letter(const std::string& name);
    [[nodiscard]] process_state* find(DWORD process_id) const;
    [[nodiscard]] bool has_started(DWORD process_id, DWORD thread_id) const;
    process_state& add_process(const std::filesystem::path& path, DWORD id,
                               winipc::unique_handle handle);
    void check_import_count(const process_state& process, std::uint64_t patched) const;
    [[nodiscard]] std::string trace_hash() const;

    std::wstring name_;
    std::filesystem::path folder_;
    winipc::unique_handle job_;
    winipc::unique_handle section_;
    winipc::mapped_view view_;
    winipc::unique_handle report_;
    protocol::board* board_ = nullptr;

    std::vector<std::unique_ptr<process_state>> processes_;
    std::deque<thread_state> threads_;
    object_table objects_;
    std::map<std::pair<DWORD, std::uint64_t>, thread_ids> suspended_; // by process and handle
    std::vector<event> history_;
    std::vector<choice> choices_;
    thread_state* last_ = nullptr;
    bool next_preempts_ = false;
    bool is_making_a_step_ = false;
    std::vector<event> meanwhile_; ///< what others did in the step that is being made
    memory_choice memory_;
};

/// Starts a program suspended, with its standard handles on files, in the job.
struct started_program
{
    winipc::unique_handle process;
    winipc::unique_handle thread;
    DWORD id;
};
started_program start_suspended(const std::filesystem::path& program, const start_options& options,
                                const std::wstring& board_name, const std::filesystem::path& input,
                                const std::filesystem::path& output,
                                const std::filesystem::path& error_output, HANDLE job);

/// How many slots of a program's import table the probe must have patched.
std::size_t count_imports(const std::filesystem::path& program);

/// What has ended a program, in C++'s terms; empty: nothing of C++, but an exception of the
/// system's.
std::string uncaught_exception(const event& crash);

/// As a number, or as 0xC0000005 where it is the code of an exception.
std::string exit_code_text(DWORD code);

/// The program's line for a point, as "writer.cpp:41": of the innermost frame whose source lies
/// beside the source of main. Empty without debug information. Thread-safe.
std::string source_line(const std::filesystem::path& program,
                        const std::vector<std::uint64_t>& frames);

/// The name of the program that a CreateProcessW starts, as its process will be called.
std::string started_program_name(const protocol::record& record);

/// What a file holds; \\r\\n as \\n when asked.
std::string read_file(const std::filesystem::path& path, bool as_text);

/// UTF-16 to UTF-8.
std::string narrow(std::wstring_view text);

std::string format_timeline(const execution_state& state, const std::vector<event>& history,
                            const std::vector<std::unique_ptr<process_state>>& processes);

} // namespace interleave
