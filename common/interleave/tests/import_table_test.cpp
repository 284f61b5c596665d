// The walk through import tables, on images as linkers other than ours lay them out: made by hand.
#include "shared/calls.h"
#include "shared/import_table.h"

#include <windows.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

using namespace interleave;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace {

// An image in memory: headers, and behind them what is put there. Offsets are from its beginning.
class made_image
{
public:
    made_image() : pages_(size / sizeof(std::uint64_t))
    {
        at<IMAGE_DOS_HEADER>(0)->e_lfanew = headers_at;
        auto& header = at<IMAGE_NT_HEADERS>(headers_at)->OptionalHeader;
        header.SizeOfImage = size;
        header.NumberOfRvaAndSizes = IMAGE_NUMBEROF_DIRECTORY_ENTRIES;
    }

    template <class T>
    T* at(std::size_t offset)
    {
        return reinterpret_cast<T*>(reinterpret_cast<unsigned char*>(pages_.data()) + offset);
    }
    const void* base() { return at<void>(0); }
    std::uintptr_t address_of(DWORD offset)
    {
        return reinterpret_cast<std::uintptr_t>(at<char>(offset));
    }

    DWORD put(const void* bytes, std::size_t count)
    {
        const auto where = end_;
        std::memcpy(at<char>(where), bytes, count);
        end_ += static_cast<DWORD>((count + 7) / 8 * 8);
        return where;
    }
    DWORD put_text(std::string_view text)
    {
        return put(std::string(text).c_str(), text.size() + 1);
    }
    // A name with the hint before it.
    DWORD put_name(std::string_view name) { return put_text(std::string(2, '\x7f').append(name)); }
    // With the zero at its end, and as many more as incremental linking leaves for later.
    DWORD put_table(std::vector<std::uint64_t> entries, std::size_t padding = 0)
    {
        entries.resize(entries.size() + 1 + padding);
        return put(entries.data(), entries.size() * sizeof entries[0]);
    }
    template <class Descriptor>
    void set_directory(int which, std::vector<Descriptor> descriptors)
    {
        const auto bytes = descriptors.size() * sizeof(Descriptor);
        at<IMAGE_NT_HEADERS>(headers_at)->OptionalHeader.DataDirectory[which] = {
            put(descriptors.data(), bytes), static_cast<DWORD>(bytes)};
    }
    void limit_directories(DWORD count)
    {
        at<IMAGE_NT_HEADERS>(headers_at)->OptionalHeader.NumberOfRvaAndSizes = count;
    }

    // What a linker makes of a module and of the functions that are called in it.
    struct tables
    {
        DWORD names;
        DWORD slots;
    };
    tables put_imports(const std::vector<std::string_view>& functions, std::size_t padding = 0)
    {
        std::vector<std::uint64_t> names;
        for (const auto name : functions)
            names.push_back(name.starts_with('#') ? IMAGE_ORDINAL_FLAG64 | 7 : put_name(name));
        const std::vector<std::uint64_t> loaded(names.size(), 0x7FFF'0000'1000); // by the loader
        return {put_table(names, padding), put_table(loaded, padding)};
    }
    IMAGE_IMPORT_DESCRIPTOR import(std::string_view dll, tables from)
    {
        IMAGE_IMPORT_DESCRIPTOR result{};
        result.OriginalFirstThunk = from.names;
        result.FirstThunk = from.slots;
        result.Name = put_text(dll);
        return result;
    }

    static constexpr DWORD size = 2 * 4096; // bytes

private:
    static constexpr LONG headers_at = 64;
    std::vector<std::uint64_t> pages_; // aligned
    DWORD end_ = 1024;
};

struct visited
{
    std::string function;
    std::string dll;
    std::uintptr_t slot; // offset

    bool operator==(const visited&) const = default;
    friend void PrintTo(const visited& it, std::ostream* out)
    {
        *out << it.dll << "!" << it.function << " at " << it.slot;
    }
};

std::vector<visited> visit_all(made_image& image)
{
    std::vector<visited> all;
    for_each_import(image.base(), [&](const import_slot& slot) {
        all.push_back({std::string(name_of(slot.call)), slot.dll,
                       reinterpret_cast<std::uintptr_t>(slot.address) - image.address_of(0)});
    });
    return all;
}

std::vector<import_slot> slots_of(made_image& image)
{
    std::vector<import_slot> all;
    for_each_import(image.base(), [&](const import_slot& slot) { all.push_back(slot); });
    return all;
}

std::uintptr_t exported(const wchar_t* dll, const char* name)
{
    return reinterpret_cast<std::uintptr_t>(::GetProcAddress(::GetModuleHandleW(dll), name));
}

} // namespace

TEST(ImportTable, NamesAreFoundWhicheverModuleTheyComeFrom)
{
    made_image image;
    const auto kernel = image.put_imports({"GetLastError", "CloseHandle", "#7", "SetEvent"});
    const auto set = image.put_imports({"WaitForSingleObject", "WakeByAddressAll", "Sleep"});
    image.set_directory<IMAGE_IMPORT_DESCRIPTOR>(
        IMAGE_DIRECTORY_ENTRY_IMPORT, {image.import("KERNEL32.dll", kernel),
                                       image.import("api-ms-win-core-synch-l1-2-0.dll", set),
                                       {}});

    EXPECT_THAT(
        visit_all(image),
        ElementsAre(visited{"CloseHandle", "KERNEL32.dll", kernel.slots + 8},
                    visited{"SetEvent", "KERNEL32.dll", kernel.slots + 24},
                    visited{"WaitForSingleObject", "api-ms-win-core-synch-l1-2-0.dll", set.slots},
                    visited{"Sleep", "api-ms-win-core-synch-l1-2-0.dll", set.slots + 16}));
}

// Incremental linking leaves room behind a table; a module can be left without a function.
TEST(ImportTable, PaddingIsPassedOver)
{
    made_image image;
    const auto padded = image.put_imports({"SetEvent"}, 5);
    const auto empty = image.put_imports({}, 5);
    const auto last = image.put_imports({"Sleep"}, 5);
    image.set_directory<IMAGE_IMPORT_DESCRIPTOR>(IMAGE_DIRECTORY_ENTRY_IMPORT,
                                                 {image.import("KERNEL32.dll", padded),
                                                  image.import("USER32.dll", empty),
                                                  image.import("KERNEL32.dll", last),
                                                  {},
                                                  {},
                                                  {}});

    EXPECT_THAT(visit_all(image), ElementsAre(visited{"SetEvent", "KERNEL32.dll", padded.slots},
                                              visited{"Sleep", "KERNEL32.dll", last.slots}));
}

TEST(ImportTable, WhatTheLoaderDoesNotReadIsNoImport)
{
    made_image image;
    const auto read = image.put_imports({"SetEvent"});
    const auto behind = image.put_imports({"Sleep"});
    image.set_directory<IMAGE_IMPORT_DESCRIPTOR>(
        IMAGE_DIRECTORY_ENTRY_IMPORT,
        {image.import("KERNEL32.dll", read), {}, image.import("KERNEL32.dll", behind), {}});

    EXPECT_THAT(visit_all(image), ElementsAre(visited{"SetEvent", "KERNEL32.dll", read.slots}));
}

TEST(ImportTable, WithoutATableOfNamesTheAddressTells)
{
    made_image image;
    const auto slots = image.put_table({exported(L"kernel32.dll", "GetTickCount"),
                                        exported(L"kernel32.dll", "SetEvent"),
                                        exported(L"kernel32.dll", "Sleep")});
    image.set_directory<IMAGE_IMPORT_DESCRIPTOR>(IMAGE_DIRECTORY_ENTRY_IMPORT,
                                                 {image.import("KERNEL32.DLL", {0, slots}), {}});

    EXPECT_THAT(visit_all(image), ElementsAre(visited{"SetEvent", "KERNEL32.DLL", slots + 8},
                                              visited{"Sleep", "KERNEL32.DLL", slots + 16}));
}

TEST(ImportTable, WithoutATableOfNamesTheSlotsHoldThemUntilTheyAreFilledIn)
{
    made_image image;
    const auto slots = image.put_table(
        {image.put_name("Sleep"), IMAGE_ORDINAL_FLAG64 | 7, image.put_name("SetEvent")});
    image.set_directory<IMAGE_IMPORT_DESCRIPTOR>(IMAGE_DIRECTORY_ENTRY_IMPORT,
                                                 {image.import("KERNEL32.dll", {0, slots}), {}});

    EXPECT_THAT(visit_all(image), ElementsAre(visited{"Sleep", "KERNEL32.dll", slots},
                                              visited{"SetEvent", "KERNEL32.dll", slots + 16}));
}

namespace {

// The first slot has not been used: it holds the address of code in the image. The second has been.
struct delayed_image : made_image
{
    explicit delayed_image(bool by_offsets, std::string_view dll = "KERNEL32.dll")
    {
        // Without the attribute the descriptor and its names hold addresses.
        const auto value = [&](DWORD offset) {
            return by_offsets ? offset : static_cast<DWORD>(address_of(offset));
        };
        slots = put_table({address_of(1000), exported(L"kernel32.dll", "SetEvent")});
        IMAGE_DELAYLOAD_DESCRIPTOR late{};
        late.Attributes.AllAttributes = by_offsets;
        late.DllNameRVA = value(put_text(dll));
        late.ModuleHandleRVA = value(put_table({0}));
        late.ImportAddressTableRVA = value(slots);
        late.ImportNameTableRVA =
            value(put_table({value(put_name("Sleep")), value(put_name("SetEvent"))}));
        set_directory<IMAGE_DELAYLOAD_DESCRIPTOR>(IMAGE_DIRECTORY_ENTRY_DELAY_IMPORT, {late, {}});
    }

    DWORD slots = 0;
};

} // namespace

TEST(ImportTable, DelayedImportsAreImports)
{
    for (const bool by_offsets : {true, false}) {
        delayed_image image(by_offsets);

        EXPECT_THAT(visit_all(image),
                    ElementsAre(visited{"Sleep", "KERNEL32.dll", image.slots},
                                visited{"SetEvent", "KERNEL32.dll", image.slots + 8}));
    }
}

TEST(ImportTable, BehindADelayedSlotIsTheFunctionNotTheCodeThatLooksForIt)
{
    delayed_image image(true);
    const auto slots = slots_of(image);

    ASSERT_EQ(slots.size(), 2U);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(function_behind(image.base(), slots[0])),
              exported(L"kernel32.dll", "Sleep"));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(function_behind(image.base(), slots[1])),
              exported(L"kernel32.dll", "SetEvent"));
}

TEST(ImportTable, BehindADelayedSlotOfAMissingModuleIsNothing)
{
    delayed_image image(true, "winipc-absent.dll");
    const auto slots = slots_of(image);

    ASSERT_EQ(slots.size(), 2U);
    EXPECT_EQ(function_behind(image.base(), slots[0]), nullptr);
}

TEST(ImportTable, AnImageMayHaveNone)
{
    made_image empty;
    EXPECT_THAT(visit_all(empty), IsEmpty());

    delayed_image few_directories(true);
    few_directories.limit_directories(IMAGE_DIRECTORY_ENTRY_DELAY_IMPORT);
    EXPECT_THAT(visit_all(few_directories), IsEmpty());
}

TEST(ImportTable, ASlotInAReadOnlyPageIsWrittenAndThePageStaysReadOnly)
{
    auto* const page =
        static_cast<void**>(::VirtualAlloc(nullptr, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READONLY));
    ASSERT_TRUE(page);

    int value = 0;
    write_import(page + 3, &value);

    EXPECT_EQ(page[3], &value);
    MEMORY_BASIC_INFORMATION information{};
    ::VirtualQuery(page, &information, sizeof information);
    EXPECT_EQ(information.Protect, static_cast<DWORD>(PAGE_READONLY));
    ::VirtualFree(page, 0, MEM_RELEASE);
}
