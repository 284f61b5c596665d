#include "transport.h"

#include <vector>

namespace bench {

const std::vector<transport>& transports()
{
    static const auto all = [] {
        std::vector<transport> list{event_ping_pong(), lesson07(),   lesson10(), lesson14(),
                                    anonymous_pipe(),  named_pipe(), tcp()};
        for (const auto& one : boost_queue())
            list.push_back(one);
        return list;
    }();
    return all;
}

} // namespace bench
