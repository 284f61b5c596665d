#include "controller/execution_state.h"
#include "shared/calls.h"
#include "shared/protocol.h"

#include <windows.h>

#include <cstddef>
#include <cstdint>
#include <iomanip>
#include <ios>
#include <sstream>
#include <string>
#include <string_view>

// A schedule as a string: who made the steps, run-length encoded, and a check of what they did.

namespace interleave {

std::string execution_state::trace_hash() const
{
    // FNV-1a over who did what: enough to notice that a replay went another way.
    std::uint32_t hash = 2166136261U;
    const auto mix = [&](std::uint64_t value) {
        hash = (hash ^ static_cast<std::uint32_t>(value)) * 16777619U;
    };
    for (const auto& event : history_) {
        for (const char c : name_of(event.call)) // its number changes when calls are added
            mix(static_cast<unsigned char>(c));
        mix(static_cast<std::uint64_t>(event.when));
        for (const char c : event.object)
            mix(static_cast<unsigned char>(c));
    }
    std::ostringstream text;
    text << std::hex << std::setw(4) << std::setfill('0') << (hash & 0xFFFFU);
    return text.str();
}

std::string execution_state::schedule() const
{
    std::string text = "v1:";
    for (std::size_t i = 0; i < choices_.size();) {
        const auto& made = choices_[i];
        std::size_t run = 1;
        text += made.letter;
        if (made.kind == ' ') {
            while (i + run < choices_.size() && choices_[i + run].kind == ' ' &&
                   choices_[i + run].letter == made.letter)
                ++run;
            if (run > 1)
                text += std::to_string(run);
        } else {
            text += made.kind;
            if (made.kind != 't' && made.kind != '^')
                text += std::to_string(made.code) + ",";
        }
        i += run;
    }
    return text + "." + trace_hash();
}

void execution_state::replay(std::string_view schedule)
{
    const auto bad = [&](const std::string& why) {
        fail_schedule("cannot replay \"" + std::string(schedule) + "\": " + why);
    };
    if (!schedule.starts_with("v1:"))
        bad("a schedule starts with v1:");
    std::size_t i = 3;
    const auto take_number = [&] {
        DWORD number = 0;
        while (i < schedule.size() && schedule[i] >= '0' && schedule[i] <= '9')
            number = number * 10 + static_cast<DWORD>(schedule[i++] - '0');
        return number;
    };
    const auto take_code = [&] {
        const DWORD code = take_number();
        if (i == schedule.size() || schedule[i++] != ',')
            bad("a code must end with a comma");
        return code;
    };

    while (i < schedule.size() && schedule[i] != '.') {
        const char letter = schedule[i++];
        auto* thread = find_thread(letter);
        if (!thread || thread->has_ended)
            bad(std::string("divergence: ") + letter + " is not there to make step " +
                std::to_string(steps + 1));
        const char kind = i < schedule.size() ? schedule[i] : '.';
        if (kind == 't') {
            ++i;
            time_out(*thread);
        } else if (kind == '^') {
            ++i;
            ctrl_c(*thread->process);
        } else if (kind == '!') {
            ++i;
            kill(*thread->process, take_code());
        } else if (kind == 'f') {
            ++i;
            fail(*thread, take_code());
        } else {
            const DWORD count = kind >= '0' && kind <= '9' ? take_number() : 1;
            for (DWORD n = 0; n < count; ++n) {
                if (thread->has_ended)
                    bad(std::string("divergence: ") + letter + " has ended before step " +
                        std::to_string(steps + 1));
                step(*thread);
            }
        }
    }
    if (i + 1 < schedule.size() && schedule.substr(i + 1) != trace_hash())
        bad("divergence: the programs did something else than they did then");
}

} // namespace interleave
