// Reading by the real child, under control.
#pragma once

#include "interleave/execution.h"
#include "raw_message.h"
#include "testing/programs.h"
#include "winipc/mapped_view.h"

#include <windows.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace hostile_peer {

// A process goes on until it has to wait, or has ended. Returns the accesses to memory on the way.
inline std::vector<std::string> go_on(interleave::controlled_process& process)
{
    std::vector<std::string> accesses;
    while (!process.has_ended()) {
        process.step();
        if (process.is_blocked())
            break;
        if (process.call() == "read" || process.call() == "write")
            accesses.push_back(process.position());
    }
    return accesses;
}

inline std::string joined(const std::vector<std::string>& lines)
{
    std::string text;
    for (const auto& one : lines)
        text.append(one) += '\n';
    return text;
}

// Parent and child at the moment at which the first line is in the slot: the child has been told,
// and has not looked yet. The test has a view of its own, and may write.
class conversation
{
public:
    explicit conversation(std::string_view lines)
        : run(winipc::testing::program("parent"), interleave::input(lines)),
          parent(run.process("parent")), child(start_child(run))
    {
        parent.run_until_blocked();
        if (slot().magic != raw_message{}.magic)
            throw std::runtime_error("the first message should begin with the magic number " +
                                     hex(raw_message{}.magic) + ": in the slot stands " +
                                     hex(slot().magic) + "\n" + run.timeline());
    }

    [[nodiscard]] std::string section() const
    {
        return parent.calls("CreateFileMappingW").front().object;
    }
    raw_message& slot()
    {
        if (!view_)
            view_ = winipc::mapped_view(parent.duplicate(section()).get(), FILE_MAP_WRITE);
        return *view_.as<raw_message>();
    }
    // The event that the child waits for.
    [[nodiscard]] std::string message_ready() const
    {
        const auto position = child.position(); // "blocked in WaitForMultipleObjects event #2, ..."
        const auto at = position.find("event #");
        return position.substr(at, position.find_first_of(", ", at + 7) - at);
    }

    interleave::execution run;
    interleave::controlled_process& parent;
    interleave::controlled_process& child;

private:
    static interleave::controlled_process& start_child(const interleave::execution& run)
    {
        run.process("parent").run_to(interleave::after("CreateProcessW"));
        auto& child = run.process("child");
        child.run_until_blocked();
        return child;
    }

    winipc::mapped_view view_;
};

} // namespace hostile_peer
