#pragma once

// The words that a file has for enumerators. The switches have no default: a forgotten enumerator
// does not compile.

#include "interleave/kinds.h"

#include <stdexcept>
#include <string>
#include <string_view>

namespace interleave {

constexpr std::string_view word(phase value)
{
    switch (value) {
    case phase::before:
        return "before";
    case phase::blocked:
        return "blocked";
    case phase::after:
        return "after";
    }
    return {};
}

constexpr std::string_view word(effect value)
{
    switch (value) {
    case effect::none:
        return "none";
    case effect::creates_object:
        return "creates object";
    case effect::opens_object:
        return "opens object";
    case effect::opens_process:
        return "opens process";
    case effect::starts_process:
        return "starts process";
    case effect::starts_thread:
        return "starts thread";
    case effect::resumes_thread:
        return "resumes thread";
    case effect::ends_process:
        return "ends process";
    case effect::adds_to_job:
        return "adds to job";
    case effect::limits_job:
        return "limits job";
    case effect::ends_job:
        return "ends job";
    case effect::changes_attributes:
        return "changes attributes";
    case effect::duplicates_handle:
        return "duplicates handle";
    case effect::closes_handle:
        return "closes handle";
    case effect::maps_view:
        return "maps view";
    case effect::unmaps_view:
        return "unmaps view";
    }
    return {};
}

constexpr std::string_view word(outcome value)
{
    switch (value) {
    case outcome::none:
        return "none";
    case outcome::succeeded:
        return "succeeded";
    case outcome::failed:
        return "failed";
    case outcome::exists_already:
        return "exists already";
    case outcome::signalled:
        return "signalled";
    case outcome::object_signalled:
        return "object signalled";
    case outcome::abandoned:
        return "abandoned";
    case outcome::timed_out:
        return "timed out";
    case outcome::slept:
        return "slept";
    }
    return {};
}

constexpr std::string_view word(ending value)
{
    switch (value) {
    case ending::running:
        return "running";
    case ending::exited:
        return "exited";
    case ending::killed_by_test:
        return "killed by test";
    case ending::ended_with_job:
        return "ended with job";
    case ending::crashed:
        return "crashed";
    }
    return {};
}

constexpr std::string_view word(reference value)
{
    switch (value) {
    case reference::object:
        return "object";
    case reference::itself:
        return "itself";
    case reference::null:
        return "null";
    case reference::invalid_handle_value:
        return "invalid handle value";
    case reference::not_open:
        return "not open";
    case reference::no_view:
        return "no view";
    }
    return {};
}

constexpr std::string_view word(happening value)
{
    switch (value) {
    case happening::point:
        return "point";
    case happening::thread_ended:
        return "thread ended";
    case happening::process_ended:
        return "process ended";
    }
    return {};
}

constexpr std::string_view word(exception_kind value)
{
    switch (value) {
    case exception_kind::of_the_system:
        return "of the system";
    case exception_kind::uncaught:
        return "uncaught";
    case exception_kind::terminate:
        return "terminate";
    }
    return {};
}

constexpr std::string_view word(choice_kind value)
{
    switch (value) {
    case choice_kind::step:
        return "step";
    case choice_kind::time_out:
        return "time out";
    case choice_kind::fail:
        return "fail";
    case choice_kind::kill:
        return "kill";
    case choice_kind::ctrl_c:
        return "ctrl+c";
    }
    return {};
}

/// The enumerator of which this is the word.
/// @throw std::invalid_argument if it is of none
template <class Enum>
Enum meant_by(const std::string& text)
{
    for (int value = 0; value < 128; ++value)
        if (!text.empty() && word(static_cast<Enum>(value)) == text)
            return static_cast<Enum>(value);
    throw std::invalid_argument("'" + text + "' is no word of it");
}

} // namespace interleave
