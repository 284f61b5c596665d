#pragma once

// The controller's side of the board that it shares with the probes: see shared/protocol.h.

#include "shared/protocol.h"
#include "winipc/mapped_view.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace interleave {

/// One execution's section, the event by which its probes report, and its folder for files.
class board
{
public:
    board();
    board(const board&) = delete;
    board& operator=(const board&) = delete;
    ~board();

    [[nodiscard]] const std::wstring& name() const { return name_; }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    [[nodiscard]] HANDLE report() const { return report_.get(); }
    [[nodiscard]] std::span<protocol::slot> slots() { return shared_->slots; }
    /// The event by which the slot's thread is let go on.
    [[nodiscard]] winipc::unique_handle open_go_event(const protocol::slot& slot) const;
    /// The name under which the programs of this execution know a kernel object.
    [[nodiscard]] std::wstring object_name(std::wstring_view name) const;

private:
    std::wstring name_;
    std::filesystem::path folder_;
    winipc::unique_handle section_;
    winipc::mapped_view view_;
    winipc::unique_handle report_;
    protocol::board* shared_ = nullptr;
};

} // namespace interleave
