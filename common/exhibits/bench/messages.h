#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace bench {

// The messages of a run, number 1 first: the same in both processes. Neighbours differ in every
// byte or nearly so, and a message has its number at both ends: so one that is lost, repeated,
// torn or damaged is found out.
class message_source
{
public:
    // @pre size is a multiple of 8, at least 16 bytes
    explicit message_source(std::size_t size)
    {
        std::uint64_t state = size;
        for (auto& pattern : patterns_) {
            pattern.resize(size);
            for (std::size_t at = 0; at < size; at += sizeof state) {
                state = state * 6'364'136'223'846'793'005 + 1'442'695'040'888'963'407;
                std::memcpy(&pattern[at], &state, sizeof state);
            }
        }
    }

    // Valid until the fourth call from now.
    std::string_view message(std::uint32_t number)
    {
        auto& bytes = patterns_[number % patterns_.size()];
        std::memcpy(bytes.data(), &number, sizeof number);
        std::memcpy(bytes.data() + bytes.size() - sizeof number, &number, sizeof number);
        return {bytes.data(), bytes.size()};
    }

private:
    std::array<std::vector<char>, 4> patterns_;
};

// Compares what arrives, byte for byte, with what was sent.
class message_check
{
public:
    explicit message_check(std::size_t size) : source_(size) {}

    void take(std::string_view message)
    {
        if (message == source_.message(next_)) {
            ++right_;
            ++next_;
            return;
        }
        const auto number = number_of(message);
        const bool is_whole = message == source_.message(number);
        if (is_whole && number > next_) { // those between are lost
            ++right_;
            next_ = number + 1;
            return;
        }
        ++wrong_;
        if (!is_whole) // and no repetition
            ++next_;
    }
    // For a way that carries no bytes.
    void count() { ++right_, ++next_; }

    // The number of the message that comes next, if none is lost.
    [[nodiscard]] std::uint32_t next() const { return next_; }
    [[nodiscard]] std::uint32_t right() const { return right_; }
    [[nodiscard]] std::uint32_t wrong() const { return wrong_; }

private:
    static std::uint32_t number_of(std::string_view message)
    {
        std::uint32_t number = 0;
        if (message.size() >= sizeof number)
            std::memcpy(&number, message.data(), sizeof number);
        return number;
    }

    message_source source_;
    std::uint32_t next_ = 1;
    std::uint32_t right_ = 0;
    std::uint32_t wrong_ = 0;
};

} // namespace bench
