#include "controller/execution_state.h"

#include <windows.h>

#include <dbghelp.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace interleave {
namespace {

// The debug information of one program. DbgHelp keeps it under a made-up process handle.
class symbols
{
public:
    explicit symbols(const std::filesystem::path& program) : id_(reinterpret_cast<HANDLE>(this))
    {
        ::SymSetOptions(SYMOPT_LOAD_LINES | SYMOPT_UNDNAME | SYMOPT_FAIL_CRITICAL_ERRORS);
        ::SymInitializeW(id_, nullptr, FALSE);
        base_ = ::SymLoadModuleExW(id_, nullptr, program.c_str(), nullptr, 0, 0, nullptr, 0);
        for (const char* name : {"wmain", "main"})
            if (folder_.empty())
                folder_ = folder_of(name);
    }
    symbols(const symbols&) = delete;
    symbols& operator=(const symbols&) = delete;

    [[nodiscard]] std::string line(const std::vector<std::uint64_t>& frames) const
    {
        for (const auto frame : frames) {
            // A return address may already belong to the next line: look at the call itself.
            const auto [file, line] = position(base_ + frame - 1);
            if (!file.empty() && !folder_.empty() && file.parent_path() == folder_)
                return narrow(file.filename().native()) + ":" + std::to_string(line);
        }
        return {};
    }

private:
    [[nodiscard]] std::pair<std::filesystem::path, DWORD> position(DWORD64 address) const
    {
        IMAGEHLP_LINE64 line{};
        line.SizeOfStruct = sizeof line;
        DWORD displacement = 0;
        if (!base_ || !::SymGetLineFromAddr64(id_, address, &displacement, &line))
            return {};
        return {std::filesystem::path(line.FileName).lexically_normal(), line.LineNumber};
    }

    [[nodiscard]] std::filesystem::path folder_of(const char* name) const
    {
        SYMBOL_INFO symbol{};
        symbol.SizeOfStruct = sizeof symbol;
        if (!base_ || !::SymFromName(id_, name, &symbol))
            return {};
        return position(symbol.Address).first.parent_path();
    }

    HANDLE id_;
    DWORD64 base_ = 0;
    std::filesystem::path folder_;
};

} // namespace

std::string source_line(const std::filesystem::path& program,
                        const std::vector<std::uint64_t>& frames)
{
    static std::mutex one_at_a_time; // DbgHelp is not thread-safe
    // Never destroyed: at the end of a program DbgHelp may have gone before it.
    static auto& known = *new std::map<std::filesystem::path, std::unique_ptr<symbols>>;

    const std::scoped_lock lock(one_at_a_time);
    auto& entry = known[program];
    if (!entry)
        entry = std::make_unique<symbols>(program);
    return entry->line(frames);
}

} // namespace interleave
