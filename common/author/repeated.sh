#!/bin/sh
# No stretch of more than eight lines stands twice, outside of starters and solutions, which repeat on
# purpose. Prints where the others are.
#
#   common/author/repeated.sh
#
# Blank lines, comments, includes and lone punctuation do not count.
set -u
cd "$(dirname "$0")/../.."
git ls-files '*.cpp' '*.h' '*.cmake' '*.sh' '*.txt' |
    grep -v '^solutions/\|^lessons/[^/]*/[^/]*\.\(cpp\|h\)$\|wrong_answers.txt$' |
    xargs awk '
    FNR == 1 { count = 0; last_end = 0 }
    {
        line = $0
        gsub(/[ \t]+/, "", line)
        if (line == "" || line ~ /^(\/\/|#|[][(){};,]+$)/ && line !~ /^#(define|if)/)
            next
        text[count % 9] = line
        number[count % 9] = FNR
        if (++count < 9)
            next
        stretch = ""
        for (i = count - 9; i < count; ++i)
            stretch = stretch text[i % 9] "\n"
        begin = number[count % 9]
        if (!(stretch in first)) {
            first[stretch] = FILENAME ":" begin
        } else if (begin > last_end) {
            print FILENAME ":" begin " repeats " first[stretch]
            last_end = FNR
            found = 1
        }
    }
    END { exit found }'
