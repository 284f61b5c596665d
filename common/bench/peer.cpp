// The receiving process of a run, as run.cpp starts it.
#include "messages.h"
#include "run.h"
#include "transport.h"
#include "winipc/error.h"
#include "winipc/inheritance.h"
#include "winipc/mapped_view.h"

#include <windows.h>

#include <stdexcept>
#include <utility>

namespace {

void receive_all(bench::receiving_end& end, const bench::transport& way, bench::run_block& block)
{
    bench::message_check check(block.message_size);
    while (check.next() <= block.round_trips + block.stream) {
        const bool wants_reply = check.next() <= block.round_trips;
        const auto message = end.receive();
        if (way.has_messages)
            check.take(message);
        else
            check.count();
        block.right = check.right();
        block.wrong = check.wrong();
        if (wants_reply)
            end.reply();
    }
}

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
    receive_all(*end, way, block);
    winipc::check(::SetEvent(done.get()), "SetEvent");
    end->end();
    return 0;
} catch (const std::exception& error) {
    return winipc::report(error);
}
