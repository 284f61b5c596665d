// The table of calls against what it cannot be compiled with: the system, the programs, the page.
#include "shared/calls.h"
#include "testing/programs.h"
#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/text.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace interleave;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;

namespace {

std::string page()
{
    std::ifstream file(INSTRUMENT_PAGE);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (text.empty())
        throw std::runtime_error("cannot read " INSTRUMENT_PAGE);
    return text;
}

std::string between(const std::string& text, std::string_view begin, std::string_view end)
{
    const auto first = text.find(begin);
    const auto last = text.find(end, first);
    if (first == std::string::npos || last == std::string::npos)
        throw std::runtime_error("the page has no part from '" + std::string(begin) + "' to '" +
                                 std::string(end) + "'");
    return text.substr(first + begin.size(), last - first - begin.size());
}

std::vector<std::string> words(const std::string& text, const std::regex& wanted)
{
    std::vector<std::string> found;
    for (std::sregex_iterator i(text.begin(), text.end(), wanted), end; i != end; ++i)
        found.push_back(i->str(1));
    return found;
}

template <class IsWanted>
std::vector<std::string> names_of_rows(IsWanted is_wanted)
{
    std::vector<std::string> names;
    for (const auto& row : call_rows)
        if (is_wanted(row))
            names.emplace_back(row.name);
    return names;
}

template <class T>
const T* at(std::uintptr_t address)
{
    return reinterpret_cast<const T*>(address);
}

// What a program imports from the system, by name.
std::set<std::string> system_imports(const std::filesystem::path& program)
{
    const winipc::unique_handle file{::CreateFileW(program.c_str(), GENERIC_READ, FILE_SHARE_READ,
                                                   nullptr, OPEN_EXISTING, 0, nullptr)};
    const winipc::unique_handle section{
        ::CreateFileMappingW(file.get(), nullptr, PAGE_READONLY | SEC_IMAGE, 0, 0, nullptr)};
    if (!section)
        winipc::throw_last_error("CreateFileMappingW");
    const winipc::mapped_view view(section.get(), FILE_MAP_READ);
    const auto base = reinterpret_cast<std::uintptr_t>(view.get());

    const auto headers = static_cast<std::uintptr_t>(at<IMAGE_DOS_HEADER>(base)->e_lfanew);
    const auto& table = at<IMAGE_NT_HEADERS>(base + headers)
                            ->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT];
    std::set<std::string> names;
    const auto* dll = at<IMAGE_IMPORT_DESCRIPTOR>(base + table.VirtualAddress);
    for (; dll->Name; ++dll) {
        const std::string module = at<char>(base + dll->Name);
        if (!module.starts_with("KERNEL32") && !module.starts_with("api-ms-win-core"))
            continue;
        const auto* name = at<IMAGE_THUNK_DATA>(base + dll->OriginalFirstThunk);
        for (; name->u1.AddressOfData; ++name)
            if (!IMAGE_SNAP_BY_ORDINAL(name->u1.Ordinal))
                names.emplace(at<IMAGE_IMPORT_BY_NAME>(base + name->u1.AddressOfData)->Name);
    }
    return names;
}

// By its words, as far as the instrument is concerned. What only asks changes nothing.
bool may_matter(const std::string& name)
{
    static const std::regex asks("(Get|Is|Query).*");
    static const std::regex matters("(Wait|Sleep|Signal|Event|Semaphore|Mutex|Thread|Process|"
                                    "FileMapping|ViewOfFile|Handle(?!r)|"
                                    "Job|CriticalSection|SRWLock|ConditionVariable|Pipe)");
    return !std::regex_match(name, asks) && std::regex_search(name, matters);
}

bool is_let_through(const std::string& name)
{
    return std::ranges::find(calls_let_through, name) != std::end(calls_let_through);
}

} // namespace

TEST(Calls, TheSystemHasThoseThatAreSaidToBeItsOwn)
{
    const HMODULE kernel = ::GetModuleHandleW(L"kernel32.dll");

    EXPECT_THAT(names_of_rows([&](const call_facts& row) {
                    return row.made_by == origin::system &&
                           !::GetProcAddress(kernel, row.name.data());
                }),
                IsEmpty());
}

TEST(Calls, TheHashIsOfEveryFact)
{
    auto other = facts_by_function;
    other.back().others = turn::may_pass;
    EXPECT_NE(hash_of(other), table_hash);

    other = facts_by_function;
    std::swap(other[0].name, other[1].name);
    EXPECT_NE(hash_of(other), table_hash);

    other = facts_by_function;
    std::swap(other[0].arguments[0], other[0].arguments[1]);
    EXPECT_NE(hash_of(other), table_hash);
}

TEST(Calls, ThePageListsThePoints)
{
    auto list =
        between(page(), "each of the calls in this list, and again after it:", "Its start,");
    const std::regex alias(R"( \((\w+) counts as one\))");
    EXPECT_THAT(words(list, alias),
                UnorderedElementsAreArray(names_of_rows([](const call_facts& row) {
                    return row.made_by == origin::system && row.shows_as &&
                           facts(*row.shows_as).is_import();
                })));

    list = std::regex_replace(list, alias, "");
    EXPECT_THAT(words(list, std::regex(R"((\w+))")),
                UnorderedElementsAreArray(names_of_rows([](const call_facts& row) {
                    return row.is_import() && row.is_point() && !row.needs_watched_memory;
                })));
}

TEST(Calls, ThePageNamesThoseThatArePointsWithWatchedMemory)
{
    const auto names = between(page(), "touch a page that is closed: for", "the probe opens it");

    EXPECT_THAT(words(names, std::regex(R"(([A-Z]\w+))")),
                UnorderedElementsAreArray(
                    names_of_rows([](const call_facts& row) { return row.needs_watched_memory; })));
}

TEST(Calls, WhatThePageCallsUncontrolledIs)
{
    const auto names = words(between(page(), "that is controlled. Calls that end in A", "are not."),
                             std::regex(R"(([A-Z]\w{3,}))"));

    EXPECT_THAT(names, Contains("PulseEvent"));
    for (const auto& name : names)
        EXPECT_FALSE(function_named(name)) << name;
}

// Of all the solutions that are built, and of the instrument's own programs.
TEST(Calls, EveryImportThatMayMatterIsKnownOrLetThrough)
{
    std::set<std::string> unknown;
    const auto programs = winipc::testing::programs_folder().parent_path();
    for (const auto& file : std::filesystem::recursive_directory_iterator(programs)) {
        const auto folder = winipc::to_utf8(file.path().parent_path().filename().native());
        const bool is_wanted = folder.starts_with("solution") || folder == "interleave";
        if (!is_wanted || file.path().extension() != ".exe")
            continue;
        for (const auto& import : system_imports(file.path()))
            if (may_matter(import) && !function_named(import) && !is_let_through(import))
                unknown.insert(winipc::to_utf8(file.path().native()) + ": " + import);
    }

    EXPECT_THAT(unknown, IsEmpty())
        << "a row in common/interleave/shared/calls.h, or let through there?";
}
