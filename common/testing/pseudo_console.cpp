#include "testing/pseudo_console.h"

#include "testing/programs.h"
#include "uncontrolled.h"
#include "winipc/error.h"
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

// Reads a pipe to its end, on a thread of its own, which outlives this object where the pipe does
// not end. Thread-safe.
class drain
{
public:
    explicit drain(unique_handle source) : shared_(std::make_shared<shared>())
    {
        shared_->source = std::move(source);
        std::thread(read_all, shared_).detach();
    }

    // False when no content that satisfies it has come within the guard.
    template <class Predicate>
    [[nodiscard]] bool wait_until(Predicate predicate) const
    {
        std::unique_lock lock(shared_->mutex);
        return shared_->changed.wait_for(lock, guard, [&] { return predicate(shared_->content); });
    }

    [[nodiscard]] std::string content() const
    {
        const std::lock_guard lock(shared_->mutex);
        return shared_->content;
    }

private:
    struct shared
    {
        unique_handle source;
        std::mutex mutex; // for what follows
        std::condition_variable changed;
        std::string content;
    };

    static void read_all(const std::shared_ptr<shared>& all)
    {
        char part[1024];
        DWORD length = 0;
        while (::ReadFile(all->source.get(), part, sizeof part, &length, nullptr)) {
            const std::lock_guard lock(all->mutex);
            all->content.append(part, length);
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
        constexpr COORD size{120, 50}; // characters
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

// The length of the sequence at the beginning of text, which starts with ESC.
// Source: "Console Virtual Terminal Sequences".
std::size_t sequence_length(std::string_view text)
{
    const char kind = text.size() < 2 ? '\0' : text[1];
    std::size_t end = 1;
    if (kind == '[') { // parameters, and a letter or the like
        end = 2;
        while (end < text.size() && (text[end] < '@' || text[end] > '~'))
            ++end;
    } else if (kind == ']') { // the window's title: up to BEL or ESC and backslash
        end = text.find_first_of("\a\\", 2);
    }
    return end >= text.size() ? text.size() : end + 1;
}

std::string without_sequences(std::string_view text)
{
    std::string result;
    while (!text.empty()) {
        const bool is_sequence = text.front() == '\x1b';
        const std::size_t length = is_sequence ? sequence_length(text) : 1;
        if (!is_sequence)
            result += text.front();
        text.remove_prefix(length);
    }
    return result;
}

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
        screen.emplace(std::move(screen_pipe.read_end));

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
    std::optional<drain> screen;
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
    if (!implementation_->screen->wait_until([&](const std::string& content) {
            return without_sequences(content).find(text) != std::string::npos;
        }))
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
    if (!implementation_->screen->wait_until([](const std::string& content) {
            return without_sequences(content).find(end_of_run) != std::string::npos;
        }))
        throw std::runtime_error("the program has ended with exit code " + std::to_string(*code) +
                                 ", but the console does not draw all; it shows:\n" + shown());
    return *code;
}

std::string pseudo_console::shown() const
{
    const auto text = without_sequences(implementation_->screen->content());
    return text.substr(0, text.find(end_of_run));
}

} // namespace winipc::testing
