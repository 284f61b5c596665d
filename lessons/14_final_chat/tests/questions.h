// What the tests of the promises share, and the questions that are put to both chats: to the final
// one, by the tests of the promise, which define them, and to lesson 7's, which keeps few promises.
// docs/promises.md is the table.
#pragma once

#include "interleave/execution.h"
#include "interleave/explore.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <string>

namespace final_chat {

using path = std::filesystem::path; // of a parent

// What is broken of a promise, and how; empty: it is kept. So one question can be put to two chats.
using broken = std::string;

void expect_kept(const broken& what);
void expect_broken(const broken& what);

// The first that is broken of several.
broken first_of(std::initializer_list<broken> all);

// Complete lines from the beginning of what was sent.
bool is_beginning_of(const std::string& sent, const std::string& received);

broken everything_arrives(const interleave::execution& run, const std::string& sent);
broken both_end_well(const interleave::execution& run);

// Those who are named go on in turn, each as far as it can, until the place is reached. False:
// nobody can go on any more.
using place = std::function<bool(const interleave::controlled_process&,
                                 const interleave::controlled_thread&)>;
bool go_on(interleave::execution& run, std::initializer_list<const char*> who,
           const place& is_reached = {});

// 1: in every order.
interleave::exploration_result orders_of(const path& parent, std::size_t count, int preemptions);

// 2: delays everywhere, by chance.
interleave::exploration_result delays_by_chance(const path& parent, int runs);
broken nobody_sleeps(const interleave::execution& run);

// 3: the parent goes as far as it can before the child makes its first step.
broken a_late_child_loses_nothing(const path& parent);

// 3: the child does not make a step at all.
broken a_child_that_is_never_ready_is_reported(const path& parent);

// 5: the child is about to print the first line, and does not come to it.
broken a_slow_reader_holds_the_writer_up(const path& parent);

// 6: somebody is killed, and the other one is left.
interleave::exploration_result somebody_is_killed(const path& parent, const char* victim,
                                                  std::size_t count);

// 7: nothing more comes.
broken both_end_when_the_input_does(const path& parent, const std::string& typed,
                                    const std::string& sent);

// 8: the first number in the slot is one that lesson 7 takes for a length.
broken nonsense_is_refused(const path& parent);

// 9: two pairs at once; whose child it is tells the first character.
interleave::exploration_result two_pairs(const path& parent, int runs);

// 10: what a program may do that has nothing but the names.
broken a_stranger_finds_nothing(const path& parent);

// 14: the signals for two lines wake the child twice.
broken no_signal_is_lost(const path& parent);

} // namespace final_chat
