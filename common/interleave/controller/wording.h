#pragma once

// Words for what a record says. They are for people: no code reads them.

#include "interleave/record.h"

#include <cstdint>
#include <string>
#include <vector>

namespace interleave {

using object_list = std::vector<object_record>;

/// As "message-ready" or "event #1".
std::string object_words(const object_record& object);
std::string object_words(const object_list& objects, object_reference meant);
/// All of them, with commas between.
std::string object_words(const object_list& objects, const std::vector<object_reference>& meant);
/// What a point is about; for an access to memory with the offset, as "winipc-message+4".
std::string object_words(const object_list& objects, const point_record& point);

/// As "writer.cpp:41"; empty: unknown.
std::string line_words(const point_record& point);

/// As "exception 0xC0000005", or "an uncaught C++ exception".
std::string exception_words(const exception_record& exception);

/// As 0xC0000005.
std::string hex_words(std::uint64_t value);

/// As a number, or as 0xC0000005 where it is the code of an exception.
std::string exit_code_words(std::uint32_t code);

/// Where a thread stands, as "blocked in WaitForSingleObject message-ready, reader.cpp:22".
std::string position_words(const object_list& objects, const point_record& point);

/// How a process has ended.
/// @param crash where it has crashed; nullptr: it has not
std::string end_words(std::uint32_t exit_code, const point_record* crash);

/// The check at the end of a replay string: what the programs did.
std::string trace_hash(const execution_record& record);

} // namespace interleave
