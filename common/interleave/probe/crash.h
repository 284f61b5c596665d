#pragma once

// The probe's part of how a program dies: an exception of the system's that nobody handles, and one
// of C++ that nobody catches. Both become a point, with the same words whatever compiler has built
// the program.

namespace interleave::probe {

/// Reports crashes from now on, and the uncaught exceptions of this thread. Called before any code
/// of the program's own.
void report_crashes();

/// Reports the uncaught exceptions of a new thread as well, unless the program sees to them: with
/// Microsoft's library each thread has a handler of its own. Source: "set_terminate (CRT)".
void report_uncaught_exceptions();

} // namespace interleave::probe
