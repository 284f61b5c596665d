#include "testing/pseudo_console.h"

#include "screen.h"
#include "testing/programs.h"
#include "uncontrolled.h"
#include "winipc/error.h"
#include "winipc/inheritance.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <condition_variable>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

namespace winipc::testing {
namespace {

constexpr COORD size{120, 50}; // characters

// What on_console writes when the program has ended.
constexpr std::string_view end_of_run = "[end of the run]";

struct pipe
{
    pipe()
    {
        HANDLE reading = nullptr;
        HANDLE writing = nullptr;
        check(::CreatePipe(&reading, &writing, nullptr, 0), "CreatePipe");
        read_end.reset(reading);
        write_end.reset(writing);
    }

    unique_handle read_end;
    unique_handle write_end;
};

// Draws what comes from a pipe, on a thread of its own, which outlives this object where the pipe
// does not end. Thread-safe.
class picture
{
public:
    explicit picture(unique_handle source) : shared_(std::make_shared<shared>())
    {
        shared_->source = std::move(source);
        std::thread(read_all, shared_).detach();
    }

    // False when it has not come within the guard.
    [[nodiscard]] bool wait_until_shown(std::string_view text) const
    {
        std::unique_lock lock(shared_->mutex);
        return shared_->changed.wait_for(
            lock, guard, [&] { return shared_->drawn.text().find(text) != std::string::npos; });
    }

    [[nodiscard]] std::string text() const
    {
        const std::lock_guard lock(shared_->mutex);
        return shared_->drawn.text();
    }

private:
    struct shared
    {
        unique_handle source;
        std::mutex mutex; // for what follows
        std::condition_variable changed;
        screen drawn{static_cast<std::size_t>(size.X), static_cast<std::size_t>(size.Y)};
    };

    static void read_all(const std::shared_ptr<shared>& all)
    {
        char part[1024];
        DWORD length = 0;
        while (::ReadFile(all->source.get(), part, sizeof part, &length, nullptr)) {
            const std::lock_guard lock(all->mutex);
            all->drawn.write({part, length});
            all->changed.notify_all();
        }
    }

    std::shared_ptr<shared> shared_;
};

class console_handle
{
public:
    console_handle(HANDLE input, HANDLE output)
    {
        const HRESULT result = ::CreatePseudoConsole(size, input, output, 0, &console_);
        if (FAILED(result))
            throw std::system_error(HRESULT_CODE(result), std::system_category(),
                                    "CreatePseudoConsole");
    }
    console_handle(const console_handle&) = delete;
    console_handle& operator=(const console_handle&) = delete;
    ~console_handle() { ::ClosePseudoConsole(console_); }

    [[nodiscard]] HPCON get() const { return console_; }

private:
    HPCON console_ = nullptr;
};

} // namespace

class pseudo_console::implementation
{
public:
    implementation(const std::filesystem::path& program, const console_streams& streams)
    {
        pipe keyboard_pipe;
        pipe screen_pipe;
        console.emplace(keyboard_pipe.read_end.get(), screen_pipe.write_end.get());
        keyboard = std::move(keyboard_pipe.write_end);
        shown.emplace(std::move(screen_pipe.read_end));

        unique_file in;
        unique_file out;
        standard_handles handles;
        if (!streams.input.empty()) {
            in = open_inheritable(streams.input, GENERIC_READ, OPEN_EXISTING);
            handles.input = in.get();
        }
        if (!streams.output.empty()) {
            out = open_inheritable(streams.output, GENERIC_WRITE, OPEN_EXISTING);
            handles.output = out.get();
        }
        ctrl_c.reset(::CreateEventW(nullptr, FALSE, FALSE, L"Local\\winipc-testing-ctrl-c"));
        if (!ctrl_c)
            throw_last_error("CreateEventW");
        running.emplace(tool("on_console"), program.native(), handles, console->get());
    }

    unique_handle ctrl_c;
    // Destroyed from the last to the first: the program, then what it runs on.
    unique_handle keyboard;
    std::optional<picture> shown;
    std::optional<console_handle> console;
    std::optional<uncontrolled_program> running;
};

pseudo_console::pseudo_console(const std::filesystem::path& program, const console_streams& streams)
    : implementation_(std::make_unique<implementation>(program, streams))
{
}

pseudo_console::~pseudo_console() = default;

void pseudo_console::type(std::string_view text)
{
    DWORD written = 0;
    check(::WriteFile(implementation_->keyboard.get(), text.data(), static_cast<DWORD>(text.size()),
                      &written, nullptr),
          "WriteFile");
}

void pseudo_console::press_ctrl_c()
{
    check(::SetEvent(implementation_->ctrl_c.get()), "SetEvent");
}

void pseudo_console::wait_until_shown(std::string_view text) const
{
    if (!implementation_->shown->wait_until_shown(text))
        throw std::runtime_error("'" + std::string(text) +
                                 "' does not appear; the console shows:\n" + shown());
}

DWORD pseudo_console::exit_code()
{
    const auto code = implementation_->running->exit_code();
    if (!code)
        throw std::runtime_error("the program does not end; the console shows:\n" + shown());
    // The console draws when it likes: the last text that it is given tells that all is drawn. It
    // may outlive the program: Wine's did, until other programs had ended as well.
    if (!implementation_->shown->wait_until_shown(end_of_run))
        throw std::runtime_error("the program has ended with exit code " + std::to_string(*code) +
                                 ", but the console does not draw all; it shows:\n" + shown());
    return *code;
}

std::string pseudo_console::shown() const
{
    const auto text = implementation_->shown->text();
    return text.substr(0, text.find(end_of_run));
}

} // namespace winipc::testing
