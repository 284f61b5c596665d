#include "testing/access.h"

#include <windows.h>

#include <cstdint>
#include <initializer_list>
#include <ios>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>

namespace winipc::testing {
namespace {

struct named_right
{
    std::uint64_t bits;
    std::string_view name;
};

// The first right that fits is taken: those of several bits come first.
std::string names_of(std::uint64_t rights, std::initializer_list<named_right> known)
{
    std::ostringstream names;
    const auto append = [&]() -> std::ostream& {
        return names << (names.tellp() > 0 ? " | " : "");
    };
    for (const auto& [bits, name] : known)
        if ((rights & bits) == bits) {
            append() << name;
            rights &= ~bits;
        }
    if (rights != 0 || names.tellp() <= 0)
        append() << "0x" << std::hex << rights;
    return names.str();
}

} // namespace

std::string section_access(std::uint64_t rights)
{
    return names_of(rights, {{FILE_MAP_ALL_ACCESS, "FILE_MAP_ALL_ACCESS"},
                             {FILE_MAP_READ, "FILE_MAP_READ"},
                             {FILE_MAP_WRITE, "FILE_MAP_WRITE"},
                             {FILE_MAP_COPY, "FILE_MAP_COPY"},
                             {FILE_MAP_EXECUTE, "FILE_MAP_EXECUTE"}});
}

std::string event_access(std::uint64_t rights)
{
    return names_of(rights, {{EVENT_ALL_ACCESS, "EVENT_ALL_ACCESS"},
                             {SYNCHRONIZE, "SYNCHRONIZE"},
                             {EVENT_MODIFY_STATE, "EVENT_MODIFY_STATE"}});
}

} // namespace winipc::testing
