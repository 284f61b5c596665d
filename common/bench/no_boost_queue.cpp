// In place of boost_queue.cpp where Boost was not found.
#include "transport.h"

namespace bench {

std::vector<transport> boost_queue()
{
    return {};
}

} // namespace bench
