#!/bin/sh
# Compiles every source of the project, starters included, in MSVC mode: by clang-cl, on Linux, with
# headers that you have. Nothing is linked or run. On demand: the headers of Microsoft's C++ library
# are not part of the project, nor of what it installs.
#
#   common/author/msvc_mode.sh <folder of the C++ library's headers>
#                                    [<folder of the C runtime's headers> <folder of windows.h>]
#
# Where the last two are left out: Wine's headers (package libwine-dev). The compiler: clang-cl-19
# (package clang-tools-19), or what CLANG_CL names. It must be new enough for the library: that of Visual
# Studio 2022 17.14 wants 19 (yvals_core.h says so). Prints the warnings; the last line counts them.
set -u
cd "$(dirname "$0")/../.."
library=${1:?say where the headers of the C++ library are: the folder that holds yvals_core.h}
runtime=${2:-/usr/include/wine/wine/msvcrt}
windows=${3:-/usr/include/wine/wine/windows}
compiler=${CLANG_CL:-clang-cl-19}
for file in "$library/yvals_core.h" "$runtime/stdlib.h" "$windows/windows.h"; do
    [ -e "$file" ] || { echo "msvc_mode: there is no $file" >&2; exit 2; }
done
work=$PWD/.learn/msvc_mode
rm -rf "$work"
mkdir -p "$work/gaps"
export library runtime windows compiler work

# Wine's headers are for GCC and for C: here a function has the name of an intrinsic of clang-cl, and a
# keyword of C++ is a macro.
sed 's/_InterlockedCompareExchange128/wine&/' "$windows/winnt.h" >"$work/gaps/winnt.h"
sed 's/^# *define inline __inline//' "$windows/windef.h" >"$work/gaps/windef.h"

# What lies between the library, the C runtime and the compiler, and what Wine's headers lack, declared as
# the documentation has it.
cat >"$work/gaps/vcruntime.h" <<'header'
#pragma once
#define _MSVC_CONSTEXPR [[msvc::constexpr]]
#define _HAS_EXCEPTIONS 1
#define _HAS_NODISCARD 1
#define _HAS_CXX17 1
#define _HAS_CXX20 1
#define _HAS_CXX23 0
#define _HAS_CXX26 0
#define _STL_LANG __cplusplus
#define _NODISCARD [[nodiscard]]
#define _CRT_BEGIN_C_HEADER extern "C" {
#define _CRT_END_C_HEADER }
#define __CLRCALL_PURE_OR_CDECL __cdecl
#define __CLRCALL_OR_CDECL __cdecl
#define __CLR_OR_THIS_CALL
#define __CRTDECL __cdecl
#define _VCRTIMP
#define _CRTIMP2 __declspec(dllimport)
#define _MRTIMP2 __declspec(dllimport)
#define _PGLOBAL
#define _CRT_SATELLITE_1
#define _CRT_SATELLITE_2
#define _CRT_SATELLITE_CODECVT_IDS
#define _CRT_SATELLITE_CODECVT_IDS_NOIMPORT
#define _CRT_INSECURE_DEPRECATE(x)
#define _CRT_GUARDOVERFLOW
#define _CRT_STRINGIZE_(x) #x
#define _CRT_STRINGIZE(x) _CRT_STRINGIZE_(x)
#define _Analysis_assume_(x)
#define _Check_return_opt_
#define _Field_z_
#define _Guarded_by_(x)
#define _Pre_satisfies_(x)
#define PIPE_REJECT_REMOTE_CLIENTS 8
#define _CALL_REPORTFAULT 2
#define _CRTDBG_MODE_FILE 1
#define _CRTDBG_MODE_DEBUG 2
#define _CRTDBG_MODE_WNDW 4
#define _CRTDBG_REPORT_MODE -1
#define _CRTDBG_REPORT_FLAG -1
#define _CRTDBG_ALLOC_MEM_DF 1
#define _CRTDBG_FILE_STDERR ((void*)-5)
#define GetExceptionCode _exception_code
#include <crtdefs.h>
#include <errno.h>
#include <math.h>
#include <sal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <vadefs.h>
#include <wchar.h>
#undef fpclassify
#undef isfinite
#undef isgreater
#undef isgreaterequal
#undef isinf
#undef isless
#undef islessequal
#undef islessgreater
#undef isnan
#undef isnormal
#undef isunordered
#undef signbit
typedef mbstate_t _Mbstatet;
typedef float float_t;
typedef double double_t;
struct timespec
{
    time_t tv_sec;
    long tv_nsec;
};
struct PUBLIC_OBJECT_BASIC_INFORMATION
{
    unsigned long Attributes, GrantedAccess, HandleCount, PointerCount, Reserved[10];
};
extern "C" {
using terminate_handler = void(__cdecl*)();
[[noreturn]] void terminate();
terminate_handler set_terminate(terminate_handler);
terminate_handler _get_terminate();
[[noreturn]] void _invoke_watson(const wchar_t*, const wchar_t*, const wchar_t*, unsigned, uintptr_t);
[[noreturn]] void quick_exit(int);
int at_quick_exit(void(__cdecl*)());
int timespec_get(timespec*, int);
int localtime_s(tm*, const time_t*);
unsigned _set_abort_behavior(unsigned, unsigned);
void* _CrtSetReportFile(int, void*);
int vfscanf(FILE*, const char*, va_list);
int vscanf(const char*, va_list);
int vsscanf(const char*, const char*, va_list);
int vfwscanf(FILE*, const wchar_t*, va_list);
int vwscanf(const wchar_t*, va_list);
int vswscanf(const wchar_t*, const wchar_t*, va_list);
int fwide(FILE*, int);
int mbsinit(const mbstate_t*);
int _get_stream_buffer_pointers(FILE*, char***, char***, int**);
unsigned short RtlCaptureStackBackTrace(unsigned long, unsigned long, void**, unsigned long*);
float erfcf(float);
float fmaf(float, float, float);
float nanf(const char*);
float nexttowardf(float, long double);
double erfc(double);
double nan(const char*);
double nexttoward(double, long double);
long double fmal(long double, long double, long double);
long double frexpl(long double, int*);
long double ldexpl(long double, int);
long double modfl(long double, long double*);
long double nanl(const char*);
long double remquol(long double, long double, int*);
long double scalbnl(long double, int);
long double scalblnl(long double, long);
long double wcstold(const wchar_t*, wchar_t**);
int ilogbl(long double);
long lrintl(long double);
long lroundl(long double);
long long llrintl(long double);
long long llroundl(long double);
header
for function in acos acosh asin asinh atan atanh cbrt ceil cos cosh erf erfc exp exp2 expm1 fabs floor \
    lgamma log log10 log1p log2 logb nearbyint rint round sin sinh sqrt tan tanh tgamma trunc; do
    echo "long double ${function}l(long double);"
done >>"$work/gaps/vcruntime.h"
for function in atan2 copysign fdim fmax fmin fmod hypot nextafter nexttoward pow remainder; do
    echo "long double ${function}l(long double, long double);"
done >>"$work/gaps/vcruntime.h"
cat >>"$work/gaps/vcruntime.h" <<'header'
}
inline long abs(long x) { return labs(x); }
inline long long abs(long long x) { return llabs(x); }
template <class T> int fpclassify(T) noexcept;
template <class T> bool isfinite(T) noexcept;
template <class T> bool isinf(T) noexcept;
template <class T> bool isnan(T) noexcept;
template <class T> bool isnormal(T) noexcept;
template <class T> bool signbit(T) noexcept;
template <class T, class U> bool isgreater(T, U) noexcept;
template <class T, class U> bool isgreaterequal(T, U) noexcept;
template <class T, class U> bool isless(T, U) noexcept;
template <class T, class U> bool islessequal(T, U) noexcept;
template <class T, class U> bool islessgreater(T, U) noexcept;
template <class T, class U> bool isunordered(T, U) noexcept;
header
cat >"$work/gaps/vcruntime_exception.h" <<'header'
#pragma once
#include <vcruntime.h>
namespace std {
class exception
{
public:
    exception() noexcept;
    explicit exception(const char*) noexcept;
    exception(const char*, int) noexcept;
    exception(const exception&) noexcept;
    exception& operator=(const exception&) noexcept;
    virtual ~exception() noexcept;
    virtual const char* what() const;
};
struct bad_exception : exception
{
    bad_exception() noexcept;
};
class bad_alloc : public exception
{
public:
    bad_alloc() noexcept;

protected:
    bad_alloc(const char*) noexcept;
};
struct bad_array_new_length : bad_alloc
{
    bad_array_new_length() noexcept;
};
}
header
cat >"$work/gaps/vcruntime_typeinfo.h" <<'header'
#pragma once
#include <vcruntime_exception.h>
class type_info
{
public:
    type_info(const type_info&) = delete;
    type_info& operator=(const type_info&) = delete;
    virtual ~type_info();
    size_t hash_code() const noexcept;
    bool operator==(const type_info&) const noexcept;
    bool before(const type_info&) const noexcept;
    const char* name() const noexcept;
    const char* raw_name() const noexcept;
};
namespace std {
using ::type_info;
struct bad_cast : exception
{
    bad_cast() noexcept;
};
struct bad_typeid : exception
{
    bad_typeid() noexcept;
};
}
header
cat >"$work/gaps/vcruntime_new.h" <<'header'
#pragma once
#include <vcruntime.h>
namespace std {
struct nothrow_t
{
    explicit nothrow_t() = default;
};
extern const nothrow_t nothrow;
enum class align_val_t : size_t {};
}
void* operator new(size_t);
void* operator new[](size_t);
void* operator new(size_t, const std::nothrow_t&) noexcept;
void* operator new[](size_t, const std::nothrow_t&) noexcept;
void* operator new(size_t, std::align_val_t);
void* operator new[](size_t, std::align_val_t);
void* operator new(size_t, std::align_val_t, const std::nothrow_t&) noexcept;
void operator delete(void*) noexcept;
void operator delete[](void*) noexcept;
void operator delete(void*, size_t) noexcept;
void operator delete[](void*, size_t) noexcept;
void operator delete(void*, std::align_val_t) noexcept;
void operator delete(void*, size_t, std::align_val_t) noexcept;
inline void* operator new(size_t, void* at) noexcept { return at; }
inline void* operator new[](size_t, void* at) noexcept { return at; }
inline void operator delete(void*, void*) noexcept {}
inline void operator delete[](void*, void*) noexcept {}
header

# Which sources there are, with which folders and definitions, the other compiler's commands tell.
cmake --preset linux-wine -B "$work/build" -D CMAKE_EXPORT_COMPILE_COMMANDS=ON -D WINIPC_UNITY=OFF >"$work/log" 2>&1 ||
    { cat "$work/log"; exit 1; }

# One source. What MSVC warns of and clang's /W4 does not: C4702 (code that is never reached: a loop
# that returns in its first round), C4456 to C4459 (a name that hides another).
cat >"$work/one" <<'one'
command=$(printf '%s\n' "$1" | sed 's/\\\(.\)/\1/g') # JSON's quotes
eval "set -- $command"
options=
while [ $# -gt 0 ]; do
    case $1 in
        -D* | -I*) options="$options '$1'" ;;
        -isystem) options="$options -imsvc '$2'" ;;
        -c) source=$2 ;;
    esac
    shift
done
eval "set -- $options"
case $source in
    "$PWD"/*) warnings="/W4 -Wshadow -Wunreachable-code -Wunreachable-code-loop-increment" ;;
    *) warnings=/W0 ;;
esac
"$compiler" --target=x86_64-pc-windows-msvc -fms-compatibility-version=19.44 /nologo /Zs /std:c++20 \
    /permissive- /utf-8 /EHsc /MDd $warnings -D_CRT_SECURE_NO_WARNINGS -DWINE_UNICODE_NATIVE "$@" \
    /FI vcruntime.h \
    -imsvc "$library" -imsvc "$work/gaps" -imsvc "$runtime" -imsvc "$windows" "$source" 2>&1 ||
    echo "$source: not compiled"
one
sed -n 's/^ *"command": "\(.*\)",$/\1/p' "$work/build/compile_commands.json" >"$work/commands"
tr '\n' '\0' <"$work/commands" | xargs -0 -n 1 -P "$(nproc)" sh "$work/one" >>"$work/log" 2>&1

grep -E 'warning:|error:|not compiled' "$work/log" | sort -u
sources=$(wc -l <"$work/commands")
broken=$(grep -c 'not compiled' "$work/log")
warnings=$(grep 'warning:' "$work/log" | sort -u | wc -l)
echo "$sources sources, $broken not compiled, $warnings warnings (all of it: .learn/msvc_mode/log)"
[ "$sources" -gt 0 ] && [ "$broken" -eq 0 ] && [ "$warnings" -eq 0 ]
