#include "testing/free_program.h"

#include "uncontrolled.h"
#include "winipc/inheritance.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace winipc::testing {

class free_program::implementation
{
public:
    implementation(const std::filesystem::path& program, const std::filesystem::path& input,
                   const std::filesystem::path& output, const std::filesystem::path& error_output)
        : in(open_inheritable(input, GENERIC_READ, OPEN_EXISTING)),
          out(open_inheritable(output, GENERIC_WRITE, OPEN_EXISTING)),
          err(open_inheritable(error_output, GENERIC_WRITE, OPEN_EXISTING)),
          running(program, L"", {in.get(), out.get(), err.get()}, nullptr)
    {
    }

    unique_file in;
    unique_file out;
    unique_file err;
    uncontrolled_program running;
};

free_program::free_program(const std::filesystem::path& program, std::string_view input)
    : input_(input), implementation_(std::make_unique<implementation>(
                         program, input_.path(), output_.path(), error_output_.path()))
{
}

free_program::~free_program() = default;

DWORD free_program::exit_code()
{
    for (std::size_t printed = 0;;) {
        if (const auto code = implementation_->running.exit_code())
            return *code;
        const auto more = output().size();
        if (more == printed)
            throw std::runtime_error("the program hangs; the end of what has been printed is\n" +
                                     output().substr(more - std::min<std::size_t>(more, 200)) +
                                     "\n" + error_output());
        printed = more;
    }
}

std::string free_program::output() const
{
    auto text = output_.content();
    std::erase(text, '\r');
    return text;
}

} // namespace winipc::testing
