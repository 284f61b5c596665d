// The receiving process of a run, as run.cpp starts it.
#include "messages.h"
#include "measured_run.h"
#include "transport.h"
#include "winipc/error.h"
#include "winipc/inheritance.h"
#include "winipc/mapped_view.h"

#include <windows.h>

#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

namespace {

class reception
{
public:
    reception(bench::receiving_end& end, const bench::transport& way, bench::run_block& block)
        : end_(end), way_(way), block_(block), check_(block.message_size)
    {
    }

    // Of two round trips the first is timed. Its message is compared in the second.
    // @pre no message is lost
    void reply_to_all()
    {
        std::string timed;
        std::string second;
        while (check_.next() <= block_.round_trips) {
            end_.receive(timed);
            end_.reply();
            end_.receive(second);
            compare(timed);
            compare(second);
            end_.reply();
        }
    }

    void receive_the_rest()
    {
        std::string message;
        while (check_.next() <= block_.round_trips + block_.stream) {
            end_.receive(message);
            compare(message);
        }
    }

private:
    void compare(const std::string& message)
    {
        if (way_.has_messages)
            check_.take(message);
        else
            check_.count();
        block_.right = check_.right();
        block_.wrong = check_.wrong();
    }

    bench::receiving_end& end_;
    const bench::transport& way_;
    bench::run_block& block_;
    bench::message_check check_;
};

} // namespace

int wmain(int argc, wchar_t** argv)
try {
    if (argc < 5)
        throw std::invalid_argument(
            "usage: bench_peer <block> <ready> <done> <sender> <handle>..., as bench starts it");
    const auto section = winipc::inherited_handle(argv[1]);
    const auto ready = winipc::inherited_handle(argv[2]);
    const auto done = winipc::inherited_handle(argv[3]);
    const auto sender = winipc::inherited_handle(argv[4]);
    const winipc::mapped_view view(section.get(), FILE_MAP_WRITE);
    auto& block = *view.as<bench::run_block>();
    bench::endpoint its;
    for (int index = 5; index < argc; ++index)
        its.handles.push_back(winipc::inherited_handle(argv[index]));
    its.text = block.text;

    const auto& way = bench::transports().at(block.transport);
    const auto end = way.make_receiver(std::move(its), sender, block.message_size);
    winipc::check(::SetEvent(ready.get()), "SetEvent");
    reception messages(*end, way, block);
    if (!way.may_lose) // else nobody waits for a reply
        messages.reply_to_all();
    messages.receive_the_rest();
    winipc::check(::SetEvent(done.get()), "SetEvent");
    end->end();
    return 0;
} catch (const std::exception& error) {
    return winipc::report(error);
}
