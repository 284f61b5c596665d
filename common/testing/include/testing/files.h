#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace winipc::testing {

/// A file with this content, for one test; it is gone afterwards.
class temporary_file
{
public:
    /// @throw std::system_error
    explicit temporary_file(std::string_view content);
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
    ~temporary_file();

    [[nodiscard]] std::wstring path() const { return path_.wstring(); }
    /// What is in it now, whoever has written it: bytes as they are.
    [[nodiscard]] std::string content() const;

private:
    std::filesystem::path path_;
};

/// An empty folder for one test; it is gone afterwards, with the files in it.
/// @param name its last part: blanks are welcome
class temporary_folder
{
public:
    explicit temporary_folder(std::wstring_view name);
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;
    ~temporary_folder();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// True when nobody else has the file open.
bool can_be_opened_alone(const std::filesystem::path& path);

} // namespace winipc::testing
