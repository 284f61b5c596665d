#pragma once

#include "interleave/execution.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace faults {

// A version of the chat: the programs of one lesson's solution.
struct chat
{
    std::filesystem::path parent;
};

chat chat_of(std::string_view lesson); // "07"

// What was observed, in sentences: a cell of the table.
using findings = std::vector<std::string>;

// A parent and its child, in a run that there is. At first the parent stands at its start.
class conversation
{
public:
    // Pair: which one of the run it is. The pairs before it have a child already.
    conversation(interleave::execution& run, const chat& version, std::string_view input,
                 int pair = 1);

    [[nodiscard]] interleave::controlled_process& parent() const { return parent_; }
    // Precondition: has_child().
    [[nodiscard]] interleave::controlled_process& child() const;
    [[nodiscard]] bool has_child() const;

    // One step of a process, by the first of its threads that can go on; false: none can.
    bool step_parent();
    bool step_child();
    // One step in the order in which all goes well: the child's whenever it can go on.
    bool step();
    // Such steps until nobody can go on; then a wait that has a limit times out.
    void run_to_end();

    // The parent alone goes on until it has asked for so many further lines, or cannot go on.
    // False: it could not go on from the beginning.
    bool let_parent_ask(int times);
    // The parent goes on until it sleeps, waits or has ended.
    void let_parent_come_to_rest();
    // The child alone goes on until it has printed one more line, or cannot go on.
    bool let_child_print();
    // The child is started, and goes on until it waits.
    void let_child_begin();
    // The parent goes on until it has woken the child, which stands behind its wait then.
    void let_child_wake();

    [[nodiscard]] std::string printed() const; // by the child

    // "parent ends with 0", "child waits for ever".
    [[nodiscard]] std::string ending(const interleave::controlled_process& process) const;
    // The endings of both. Who ends with 1 says why on stderr: with its words.
    [[nodiscard]] findings endings() const;

private:
    [[nodiscard]] int prompts() const; // that the parent has printed
    [[nodiscard]] std::string
    ending_and_reason(const interleave::controlled_process& process) const;

    interleave::execution& run_;
    interleave::controlled_process& parent_;
    int pair_;
};

// What of the lines has arrived: "8 of 20 lines arrive, 12 are lost".
std::string arrival(const std::vector<std::string>& sent, std::string_view printed);

std::vector<std::string> lines_of(std::string_view text);
std::string join(const std::vector<std::string>& lines, std::string_view behind_each);
std::vector<std::string> numbered_lines(int count, const std::string& before);

} // namespace faults
