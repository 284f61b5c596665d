#pragma once

#include <string>
#include <vector>

namespace bench {

// What a reader of the figures has to know: the system, the processors, the compiler.
std::vector<std::string> machine_facts();

} // namespace bench
