// Who closes a handle that has moved? A program of the tests: it says what the classes in
// unique_handle.h allow, and moves objects where no compiler may leave that out.
#include <windows.h>

#include <cstdio>
#include <type_traits>
#include <unique_handle.h>
#include <utility>

namespace {

void say(const char* what, bool answer)
{
    std::printf("%s: %s\n", what, answer ? "yes" : "no");
}

// A template, so that it compiles whatever the class allows so far.
template <class Kind>
void move_one(const char* name)
{
    using owner = basic_unique_handle<Kind>;
    if constexpr (std::is_move_constructible_v<owner>) {
        const HANDLE event = ::CreateEventW(nullptr, FALSE, FALSE, nullptr);
        owner first{event};
        const owner second{std::move(first)};
        std::printf("%s has moved, ", name);
        say("to the new owner", second.get() == event);
        std::printf("%s has moved, ", name);
        say("the old one is empty", first.get() == Kind::failure());
    } else {
        std::printf("%s cannot be moved\n", name);
    }
}

} // namespace

int wmain()
{
    say("an owner can be copied", std::is_copy_constructible_v<unique_handle>);
    say("an owner can be assigned to",
        std::is_copy_assignable_v<unique_handle> || std::is_move_assignable_v<unique_handle>);
    move_one<null_on_failure>("unique_handle");
    move_one<invalid_on_failure>("unique_file");
    return 0;
}
