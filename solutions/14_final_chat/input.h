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
#include <utility>

//! [input]
// Reads lines, each on a thread of its own: so the program can wait for the next line and for other
// things at once. The end of the thread is the signal. Thread-safety: as an int.
class input_lines
{
public:
    // The input is not owned.
    explicit input_lines(HANDLE input) : shared_(std::make_shared<shared>(input)) {}

    // Asks for the next line. What is returned is signalled when the line can be taken.
    // Throws std::system_error.
    const winipc::unique_handle& ask()
    {
        auto its_share = std::make_unique<std::shared_ptr<shared>>(shared_);
        thread_.reset(reinterpret_cast<HANDLE>(
            ::_beginthreadex(nullptr, 0, read_line, its_share.get(), 0, nullptr)));
        if (!thread_)
            throw std::system_error(errno, std::generic_category(), "_beginthreadex");
        static_cast<void>(its_share.release()); // it is the thread's now
        return thread_;
    }

    // The line, or nothing at the end of the input. Throws what winipc::line_reader throws.
    std::optional<std::wstring> take()
    {
        if (shared_->failure)
            std::rethrow_exception(shared_->failure);
        return std::move(shared_->line);
    }

private:
    // Invariant: it is the thread's from its start to its end, and at all other times the user's.
    // It outlives the user while a thread still reads: that one ends with the program.
    struct shared
    {
        explicit shared(HANDLE input) : lines(input) {}

        winipc::line_reader lines;
        std::optional<std::wstring> line;
        std::exception_ptr failure;
    };

    static unsigned __stdcall read_line(void* its_share)
    {
        const std::unique_ptr<std::shared_ptr<shared>> owner(
            static_cast<std::shared_ptr<shared>*>(its_share));
        auto& here = **owner;
        try {
            here.line = here.lines.next();
        } catch (...) {
            here.failure = std::current_exception();
        }
        return 0;
    }

    std::shared_ptr<shared> shared_;
    winipc::unique_handle thread_;
};
//! [input]
