#!/bin/sh
# What ./learn says and does, with good and bad input: run in a clean, built checkout. It edits
# lesson 1 and puts the starter back.
set -u
cd "$(dirname "$0")/../../.."
log=.learn/front_door.log
program=lessons/01_raw_mapping/mapping.cpp
kept=$(mktemp)
cp "$program" "$kept"
trap 'cp "$kept" "$program"; rm -f "$kept"' EXIT
faults=0

# expect <exit code> <text in the output> <arguments of learn...>
expect()
{
    wanted=$1
    text=$2
    shift 2
    timeout 300 ./learn "$@" >"$log" 2>&1 </dev/null
    code=$?
    if [ "$code" -ne "$wanted" ] || ! grep -qF -- "$text" "$log"; then
        faults=$((faults + 1))
        echo "./learn $*: exit code $code (wanted $wanted), and no '$text' in:"
        cat "$log"
    fi
}

cleanly() # the last output was one line, and not CMake's
{
    if [ "$(wc -l <"$log")" -ne 1 ] || grep -q "CMake Error" "$log"; then
        faults=$((faults + 1))
        echo "more than one clear line:"
        cat "$log"
    fi
}

main() # main <statements>: lesson 1 becomes this program
{
    printf '#include <windows.h>\nint wmain()\n{\n%s\n}\n' "$1" >"$program"
}

expect 1 "there is no lesson '44': there are 1 to" 44 && cleanly
expect 1 "there is no lesson 'x?y': there are 1 to" hint "x;y" && cleanly
expect 1 "there is no command 'frobnicate'" frobnicate && cleanly
expect 1 "there is no command 'C:/a" 'C:\a' && cleanly
expect 1 "which lesson?" hint && cleanly
expect 1 "one lesson at a time" diff 1 2 && cleanly
expect 1 "takes no argument" test 1 && cleanly
expect 1 "lesson 1 has no program 'nobody': it has mapping" run 1 nobody && cleanly
expect 0 "./learn diff 4" help
expect 0 "the course map" --help

rm -f .learn/hints/01 .learn/solved/01
expect 0 "hint 1 of 3" hint 1
expect 0 "hint 2 of 3" hint 01
expect 0 "hint 3 of 3" hint 01_raw_mapping
expect 0 "hint 3 of 3" hint 1
expect 0 "> 1  One section" # the map: next

expect 1 "lesson 1 is not solved yet" 1
expect 0 "+++ solutions/01_raw_mapping/mapping.cpp" diff 1
expect 0 "the second view shows: hello" run 1 solution

main "    return missing;"
expect 1 "mapping.cpp:4:12: error" 1
main "    ::Sleep(1); volatile int* nowhere = nullptr; *nowhere = 1; return 0;"
expect 1 "0xC0000005" 1
expect 5 "exit code 5" run 1 # Wine keeps the last byte of 0xC0000005
main "    for (;;) {}"
expect 1 "never" 1
main "    ::WaitForSingleObject(::GetCurrentThread(), INFINITE); return 0;"
expect 1 "NO  One section" 1

cp solutions/01_raw_mapping/mapping.cpp "$program"
expect 0 "Lesson 1 is solved" 1
expect 0 "* 1  One section" # the map: solved
expect 0 "are the same" diff 1

expect 0 "Your files are kept in .learn/backups/01_raw_mapping-" reset 1
backup=$(ls -d .learn/backups/01_raw_mapping-* | tail -n 1)
cmp -s "$backup/mapping.cpp" solutions/01_raw_mapping/mapping.cpp || {
    faults=$((faults + 1))
    echo "reset has not kept the learner's file"
}
expect 0 "> 1  One section"

# Another learn at work: it holds the lock while it builds.
main "    $(seq -s ";" 1 50000 | sed 's/[0-9]*/(void)0/g'); return 0;"
./learn 1 >/dev/null 2>&1 </dev/null &
until pgrep -f "target lesson01" >/dev/null; do sleep 0.05; done
expect 1 "another ./learn is at work in this folder" 1 && cleanly
wait

echo "the front door: $faults faults"
[ "$faults" -eq 0 ]
