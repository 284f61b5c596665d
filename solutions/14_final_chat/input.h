#pragma once

#include "winipc/error.h"
#include "winipc/text.h"
#include "winipc/unique_handle.h"

#include <windows.h>

#include <process.h>

#include <cerrno>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <system_error>

//! [input]
// Reads lines on a thread of its own, so that the program can wait for the next line and for other
// things at once. The hand-over is that of the channel: two events, and one owner at a time.
class input_thread
{
public:
    // The input is not owned. Throws std::system_error.
    explicit input_thread(HANDLE input) : shared_(std::make_shared<shared>(input))
    {
        auto its_share = std::make_unique<std::shared_ptr<shared>>(shared_);
        thread_.reset(reinterpret_cast<HANDLE>(
            ::_beginthreadex(nullptr, 0, run, its_share.get(), 0, nullptr)));
        if (!thread_)
            throw std::system_error(errno, std::generic_category(), "_beginthreadex");
        static_cast<void>(its_share.release()); // it is the thread's now
    }
    input_thread(const input_thread&) = delete;
    input_thread& operator=(const input_thread&) = delete;

    // A thread that waits for its user ends now, one that waits for input ends with the program.
    ~input_thread()
    {
        if (is_reading_)
            return;
        shared_->is_over = true;
        ::SetEvent(shared_->wanted.get());
        ::WaitForSingleObject(thread_.get(), INFINITE);
    }

    // Signalled when the line that was asked for can be taken.
    [[nodiscard]] const winipc::unique_handle& ready() const { return shared_->ready; }

    // Asks for the next line. Throws std::system_error.
    void ask()
    {
        is_reading_ = true;
        winipc::check(::SetEvent(shared_->wanted.get()), "SetEvent");
    }

    // The line, when a wait for ready() has been satisfied; nothing at the end of the input.
    // Throws what winipc::line_reader throws.
    std::optional<std::wstring> take()
    {
        is_reading_ = false;
        if (shared_->failure)
            std::rethrow_exception(shared_->failure);
        return std::move(shared_->line);
    }

private:
    // Invariant: `wanted` gives the rest to the thread, `ready` to the user. At first: the user's.
    struct shared
    {
        explicit shared(HANDLE input) : lines(input)
        {
            if (!wanted || !ready)
                winipc::throw_last_error("CreateEventW");
        }

        void read_lines()
        {
            while (::WaitForSingleObject(wanted.get(), INFINITE) == WAIT_OBJECT_0 && !is_over) {
                try {
                    line = lines.next();
                } catch (...) {
                    failure = std::current_exception();
                }
                ::SetEvent(ready.get());
            }
        }

        winipc::unique_handle wanted{::CreateEventW(nullptr, FALSE, FALSE, nullptr)};
        winipc::unique_handle ready{::CreateEventW(nullptr, FALSE, FALSE, nullptr)};
        winipc::line_reader lines;
        std::optional<std::wstring> line;
        std::exception_ptr failure;
        bool is_over = false;
    };

    static unsigned __stdcall run(void* its_share)
    {
        const std::unique_ptr<std::shared_ptr<shared>> all(
            static_cast<std::shared_ptr<shared>*>(its_share));
        (*all)->read_lines();
        return 0;
    }

    std::shared_ptr<shared> shared_;
    winipc::unique_handle thread_;
    bool is_reading_ = false;
};
//! [input]
