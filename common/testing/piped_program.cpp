#include "testing/piped_program.h"

#include "uncontrolled.h"
#include "winipc/error.h"
#include "winipc/inheritance.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace winipc::testing {
namespace {

constexpr DWORD capacity = 4096; // bytes

std::wstring unique_name()
{
    static int counter = 0;
    return L"\\\\.\\pipe\\winipc-testing-" + std::to_wstring(::GetCurrentProcessId()) + L"-" +
           std::to_wstring(++counter);
}

// A pipe that does not run messages together, as an anonymous one may: this end writes.
unique_file create_pipe(const std::wstring& name)
{
    constexpr DWORD only_instance = 1;
    unique_file pipe{::CreateNamedPipeW(name.c_str(),
                                        PIPE_ACCESS_OUTBOUND | FILE_FLAG_FIRST_PIPE_INSTANCE,
                                        PIPE_TYPE_MESSAGE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
                                        only_instance, capacity, 0, 0, nullptr)};
    if (!pipe)
        throw_last_error("CreateNamedPipeW");
    return pipe;
}

unique_file open_to_read(const std::wstring& name)
{
    // To set the mode, a reader must be allowed to.
    auto pipe = open_inheritable(name, GENERIC_READ | FILE_WRITE_ATTRIBUTES, OPEN_EXISTING);
    DWORD mode = PIPE_READMODE_MESSAGE;
    check(::SetNamedPipeHandleState(pipe.get(), &mode, nullptr, nullptr),
          "SetNamedPipeHandleState");
    return pipe;
}

// A further handle of the same, which may be waited for and nothing else.
unique_handle without_rights(HANDLE handle)
{
    HANDLE result = nullptr;
    check(::DuplicateHandle(::GetCurrentProcess(), handle, ::GetCurrentProcess(), &result,
                            SYNCHRONIZE, TRUE, 0),
          "DuplicateHandle");
    return unique_handle{result};
}

} // namespace

class piped_program::implementation
{
public:
    implementation(const std::filesystem::path& program, const std::filesystem::path& output,
                   const std::filesystem::path& error_output, unusable stream)
    {
        const auto name = unique_name();
        pipe = create_pipe(name);
        const auto in = open_to_read(name);
        const auto out = open_inheritable(output, GENERIC_WRITE, OPEN_EXISTING);
        const auto err = open_inheritable(error_output, GENERIC_WRITE, OPEN_EXISTING);
        const auto useless = without_rights(stream == unusable::output ? out.get() : in.get());
        standard_handles handles{in.get(), out.get(), err.get()};
        if (stream == unusable::input)
            handles.input = useless.get();
        if (stream == unusable::output)
            handles.output = useless.get();
        running = std::make_unique<uncontrolled_program>(program, L"", handles, nullptr);
    }

    unique_file pipe;
    std::unique_ptr<uncontrolled_program> running;
};

piped_program::piped_program(const std::filesystem::path& program, unusable stream)
    : implementation_(
          std::make_unique<implementation>(program, output_.path(), error_output_.path(), stream))
{
}

piped_program::~piped_program() = default;

void piped_program::write(std::string_view bytes)
{
    DWORD written = 0;
    check(::WriteFile(implementation_->pipe.get(), bytes.data(), static_cast<DWORD>(bytes.size()),
                      &written, nullptr),
          "WriteFile");
}

void piped_program::close()
{
    implementation_->pipe.reset();
}

DWORD piped_program::exit_code()
{
    const auto code = implementation_->running->exit_code();
    if (!code)
        throw std::runtime_error("the program does not end; so far it has printed \"" + output() +
                                 "\" and, as errors, \"" + error_output() + "\"");
    return *code;
}

} // namespace winipc::testing
