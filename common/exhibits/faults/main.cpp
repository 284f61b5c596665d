// What becomes of the first chat (lesson 7) and of the last one (lesson 14) when something goes
// wrong: both are run under control, and what they do is the table.
//
//   faults                    prints the table
//   faults --markdown FILE    writes it for the pages
//
// Exit code: 0 the table is complete, 1 it is not, 2 bad arguments.
#include "chat.h"
#include "faults.h"
#include "table.h"
#include "winipc/text.h"

#include <windows.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <ios>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

void say(const std::string& text)
{
    winipc::write_text(::GetStdHandle(STD_ERROR_HANDLE), winipc::to_utf16(text));
}

std::vector<faults::row> measure()
{
    const auto first = faults::chat_of("07");
    const auto last = faults::chat_of("14");
    const auto& all = faults::all_faults();
    std::vector<faults::row> rows;
    for (const auto& fault : all) {
        say("  " + std::to_string(rows.size() + 1) + " of " + std::to_string(all.size()) + ": " +
            fault.name + ", lesson 7");
        const auto before = fault.happens_to(first);
        say(", lesson 14\n");
        rows.push_back({&fault, before, fault.happens_to(last)});
    }
    return rows;
}

// Before a minute's work: is there a place for its result?
void check_folder(const std::filesystem::path& file)
{
    const auto folder = std::filesystem::absolute(file).parent_path();
    if (!std::filesystem::is_directory(folder))
        throw std::runtime_error("there is no folder " + winipc::to_utf8(folder.native()));
}

void save(const std::filesystem::path& path, std::string_view text)
{
    std::ofstream file(path, std::ios::binary);
    file << text << std::flush;
    if (!file)
        throw std::runtime_error("cannot write " + winipc::to_utf8(path.native()));
}

} // namespace

int wmain(int count, wchar_t** arguments)
try {
    const bool as_markdown = count == 3 && arguments[1] == std::wstring_view(L"--markdown");
    if (count != 1 && !as_markdown) {
        std::fputs("faults: usage: faults [--markdown FILE]\n", stderr);
        return 2;
    }

    if (as_markdown)
        check_folder(arguments[2]);
    const auto rows = measure();
    if (as_markdown)
        save(arguments[2], faults::as_markdown(rows));
    else
        winipc::write_text(::GetStdHandle(STD_OUTPUT_HANDLE),
                           winipc::to_utf16('\n' + faults::as_text(rows)));
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "faults: %s\n", error.what());
    return 1;
}
