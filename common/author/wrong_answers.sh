#!/bin/sh
# Wrong answers that a learner is likely to give: each is the solution with one edit, and the lesson's tests
# must reject it. Tries those in the tests/wrong_answers.txt of all lessons, and prints a table.
#
#   common/author/wrong_answers.sh [lesson number] [K/N]     in a clean, built checkout
#
# The second argument: only those whose number, counted over all these lessons, divided by N leaves K.
#
# In the files stands a line "<file>: what is wrong", and below it a Perl program that edits the whole file
# in $_; empty lines and those that begin with # are for the reader.
set -u
cd "$(dirname "$0")/../.."
mkdir -p .learn
build=build/linux-wine
log=.learn/wrong_answer.log
only=${1:-[0-9][0-9]}
part=${2:-0/1}
kept=$(mktemp -d)
cp -r lessons "$kept"
trap 'cp -r "$kept/lessons" .; rm -rf "$kept"' EXIT
trap 'exit 1' HUP INT TERM
number=0
tried=0
accepted=0

try() # try <lesson> <file> <what is wrong> <Perl program>
{
    folder=$(basename lessons/"$1"_*)
    for file in solutions/"$folder"/*; do # but for those that are equal: they would be compiled again
        cmp -s "$file" "lessons/$folder/${file##*/}" || cp "$file" "lessons/$folder"
    done
    perl -0pi -e "$4" "lessons/$folder/$2"
    if cmp -s "lessons/$folder/$2" "solutions/$folder/$2"; then
        verdict="THE EDIT CHANGES NOTHING"
    elif ! timeout 300 cmake --build $build --target "lesson$1" "test$1" >"$log" 2>&1; then
        verdict="DOES NOT COMPILE: $(grep -m 1 'error' "$log")"
    else
        WINIPC_PROGRAMS=lesson$1 WINIPC_OUTPUT=learner timeout 300 common/cmake/wine \
            $build/wine-prefix $build/bin/test"$1".exe --gtest_fail_fast \
            --gtest_filter=-*DEEP_* >"$log" 2>&1 </dev/null
        code=$?
        verdict=$(sed -n 's/^  NO  //p' "$log" | head -n 1)
        [ "$code" -ne 0 ] || verdict="ACCEPTED"
        if [ -z "$verdict" ]; then
            verdict="NO TEST HAS SAID WHY ($code)"
            tail -n 20 "$log"
        fi
    fi
    tried=$((tried + 1))
    case $verdict in [A-Z][A-Z]*" "*) accepted=$((accepted + 1)) ;; ACCEPTED) accepted=$((accepted + 1)) ;; esac
    printf '| %s | %s | %s |\n' "$1" "$3" "$verdict"
}

printf '| lesson | wrong answer | rejected by |\n|---|---|---|\n'
for list in lessons/$only"_"*/tests/wrong_answers.txt; do
    [ -e "$list" ] || continue # no such lesson
    lesson=${list#lessons/}
    lesson=${lesson%%_*}
    while IFS= read -r line; do
        case $line in
            "#"*) ;;
            *": "*)
                IFS= read -r program
                number=$((number + 1))
                if [ $((number % ${part#*/})) -eq "${part%/*}" ]; then
                    try "$lesson" "${line%%: *}" "${line#*: }" "$program"
                fi
                ;;
        esac
    done <"$list"
done

echo "$tried wrong answers, $accepted not rejected by a test"
[ "$tried" -gt 0 ] && [ "$accepted" -eq 0 ]
