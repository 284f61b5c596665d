#include "controller/execution_state.h"
#include "controller/participants.h"
#include "controller/wording.h"
#include "interleave/record.h"

#include <windows.h>

#include <cstddef>
#include <string>
#include <string_view>

// Carries out a schedule that was made into a string: see format_schedule().

namespace interleave {

void execution_state::replay(std::string_view schedule)
{
    const auto bad = [&](const std::string& why) {
        books_.fail("cannot replay \"" + std::string(schedule) + "\": " + why);
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
        auto* thread = books_.find_thread(letter);
        if (!thread || thread->has_ended)
            bad(std::string("divergence: ") + letter + " is not there to make step " +
                std::to_string(books_.steps() + 1));
        const char kind = i < schedule.size() ? schedule[i] : '.';
        if (kind == 't') {
            ++i;
            time_out(*thread);
        } else if (kind == '^') {
            ++i;
            turns_.ctrl_c(*thread->process);
        } else if (kind == '!') {
            ++i;
            turns_.kill(*thread->process, take_code());
        } else if (kind == 'f') {
            ++i;
            fail(*thread, take_code());
        } else {
            const DWORD count = kind >= '0' && kind <= '9' ? take_number() : 1;
            for (DWORD n = 0; n < count; ++n) {
                if (thread->has_ended)
                    bad(std::string("divergence: ") + letter + " has ended before step " +
                        std::to_string(books_.steps() + 1));
                turns_.step(*thread);
            }
        }
    }
    if (i + 1 < schedule.size() && schedule.substr(i + 1) != trace_hash(books_.outline()))
        bad("divergence: the programs did something else than they did then");
}

} // namespace interleave
