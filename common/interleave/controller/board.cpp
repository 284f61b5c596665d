#include "controller/board.h"

#include "shared/calls.h"
#include "shared/protocol.h"
#include "winipc/error.h"
#include "winipc/mapped_view.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace interleave {

using winipc::throw_last_error;
using winipc::unique_handle;

namespace {

template <std::size_t N>
void copy(wchar_t (&target)[N], const std::wstring& source)
{
    if (source.size() + 1 > N)
        throw std::length_error("interleave: a name is too long for the board");
    std::ranges::copy(source, target);
}

std::wstring next_name()
{
    static std::atomic<int> counter = 0;
    return std::to_wstring(::GetCurrentProcessId()) + L"-" + std::to_wstring(++counter);
}

} // namespace

board::board()
{
    const auto suffix = next_name();
    name_ = L"Local\\winipc-interleave-" + suffix;
    folder_ = std::filesystem::temp_directory_path() / (L"winipc-interleave-" + suffix);
    std::filesystem::create_directories(folder_);

    section_ = unique_handle{::CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0,
                                                  sizeof(protocol::board), name_.c_str())};
    if (!section_)
        throw_last_error("CreateFileMappingW");
    view_ = winipc::mapped_view(section_.get(), FILE_MAP_WRITE);
    shared_ = view_.as<protocol::board>();
    shared_->version = protocol::version;
    shared_->size = sizeof(protocol::board);
    shared_->table = table_hash;
    copy(shared_->report_event, name_ + L"-report");
    copy(shared_->go_event_prefix, name_ + L"-go-");
    copy(shared_->object_suffix, L".il-" + suffix);
    copy(shared_->output_folder, folder_.native());
    report_ = unique_handle{::CreateEventW(nullptr, FALSE, FALSE, shared_->report_event)};
    if (!report_)
        throw_last_error("CreateEventW");
}

board::~board()
{
    // remove_all of GCC 12 would try for ever where a file is still in use; a left-over file in the
    // temporary folder harms nobody.
    std::error_code ignored;
    for (const auto& file : std::filesystem::directory_iterator(folder_, ignored))
        std::filesystem::remove(file, ignored);
    std::filesystem::remove(folder_, ignored);
}

unique_handle board::open_go_event(const protocol::slot& slot) const
{
    const auto index = std::to_wstring(&slot - shared_->slots);
    unique_handle go{
        ::OpenEventW(EVENT_MODIFY_STATE, FALSE, (shared_->go_event_prefix + index).c_str())};
    if (!go)
        throw_last_error("OpenEventW");
    return go;
}

std::wstring board::object_name(std::wstring_view name) const
{
    return std::wstring(name) + shared_->object_suffix;
}

} // namespace interleave
