#pragma once

// One execution: what is known of it, who has the turn, and what a script asks for in one line.

#include "controller/bookkeeping.h"
#include "controller/participants.h"
#include "controller/turn_taking.h"
#include "interleave/execution.h"

#include <windows.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace interleave {

class execution_state
{
public:
    [[nodiscard]] bookkeeping& books() { return books_; }
    [[nodiscard]] const bookkeeping& books() const { return books_; }
    [[nodiscard]] turn_taking& turns() { return turns_; }
    [[nodiscard]] const turn_taking& turns() const { return turns_; }

    void run_to(thread_state& thread, const point& target);
    void run_until_blocked(thread_state& thread);
    void run_to_end(thread_state& thread);
    void time_out(thread_state& thread);
    void fail(thread_state& thread, DWORD code);
    void run_until_stuck();
    void replay(std::string_view schedule);
    [[nodiscard]] bool is_stuck() const;

    std::size_t step_limit = 20'000;

private:
    [[nodiscard]] bool is_at(const thread_state& thread, const point& target) const;
    [[nodiscard]] thread_state* next_to_run();
    [[nodiscard]] thread_state* next_to_time_out();
    [[nodiscard]] std::string end_of(const process_state& process) const;

    bookkeeping books_{*this};
    turn_taking turns_{books_};
};

} // namespace interleave
