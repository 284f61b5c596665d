#!/bin/sh
# Every header and source includes what it uses: what another header happens to bring along is not
# there with the next compiler. An include too many is no fault: a starter has some.
#
#   common/author/includes.sh [file...]     when build/linux-clang is configured
#
# By clang-tidy's misc-include-cleaner (19, which Debian 12 and 13 both have).
set -u
cd "$(dirname "$0")/../.."
database=build/linux-clang/compile_commands.json
log=.learn/includes.log
mkdir -p .learn
: >$log

if [ ! -e $database ]; then
    echo "includes: first cmake --preset linux-clang -D CMAKE_EXPORT_COMPILE_COMMANDS=ON" >&2
    exit 1
fi
[ $# -gt 0 ] || set -- $(git ls-files '*.cpp' '*.h')

# Two lists: <windows.h> stands for all of the system's headers, where it is included.
with=
without=
for file; do
    case $file in
        *.cpp) grep -q "/$file\"" $database || continue ;; # of another configuration
    esac
    # Boost brings <intrin.h> along, and that of Debian 12 is not for the clang of this clang-tidy.
    grep -q '^#include <boost/' "$file" && continue
    if grep -q '^#include <windows.h>' "$file"; then
        with="$with $file"
    else
        without="$without $file"
    fi
done

googletest=$(grep -o -- '-isystem [^ ]*/include' $database | grep google | sort -u |
    sed 's/-isystem /--extra-arg=-isystem/')
code=0
look() # look <regular expression: headers that need not be included> <files>
{
    # For a header the command of a source near by is taken, which may look in fewer folders.
    printf '%s\n' $2 | xargs -r -P 2 -n 8 clang-tidy-19 -quiet -p build/linux-clang \
        --checks=-*,misc-include-cleaner --warnings-as-errors= \
        --config="{CheckOptions: {misc-include-cleaner.IgnoreHeaders: '$1'}}" \
        "--extra-arg=-I$PWD/common/winipc/include" \
        "--extra-arg=-I$PWD/common/interleave/include" \
        "--extra-arg=-I$PWD/common/testing/include" $googletest >>$log 2>&1 || code=1
}
look '.*/mingw-w64/include/.*' "$with"
look '' "$without"

if [ $code -ne 0 ]; then grep -A 2 'error:' $log || tail -n 20 $log; fi
# std::erase has overloads in <string> and <vector>, which clang-tidy does not tell apart, and it
# does not know where literals such as 3s come from.
missing=$(sed -n "s|^$PWD/||"';s/^\(.*\):[0-9]*: warning: no header providing "\(.*\)" is .*/\1: \2/p' $log |
    grep -v 'std::erase\|operator""' | sort -u)
[ -z "$missing" ] || code=1
[ -z "$missing" ] || printf 'Used, and not included:\n%s\n' "$missing"
exit $code
