#!/bin/sh
# What ./learn says and does, with good and bad input: run in a clean, built checkout. It edits
# lessons and puts the starters back.
#
#   sh common/author/front_door.sh [group...]
#
# A group is a function of this file, as arguments or wine; without any, all of them run.
set -u
groups="arguments first hints running judging verdicts targets resetting cut_off long_output old_files folders owners environment flood missing pages at_work explorer tables wine descriptors moved"
cd "$(dirname "$0")/../.."
home=$PWD
mkdir -p .learn
log=.learn/front_door.log
program=lessons/01_raw_mapping/mapping.cpp
kept=$(mktemp -d)
cp -r lessons solutions "$kept"
trap 'cd "$home" && cp -r "$kept/lessons" "$kept/solutions" .; WINEPREFIX=$kept/prefix wineserver -k; rm -rf "$kept"' EXIT
trap 'exit 1' HUP INT TERM
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
    printf '#include <windows.h>\nint wmain(int, wchar_t** arguments)\n{\n%s\n}\n' \
        "(void)arguments; $1" >"$program"
}

check() # check <what is wrong if the command fails> <command...>
{
    wrong=$1
    shift
    "$@" || {
        faults=$((faults + 1))
        echo "$wrong"
    }
}

arguments()
{
    expect 1 "there is no lesson '44': there are 1 to" 44 && cleanly
    expect 1 "there is no lesson 'x?y': there are 1 to" hint "x;y" && cleanly
    expect 1 "there is no command 'frobnicate'" frobnicate && cleanly
    expect 1 "there is no command 'C:/a" 'C:\a' && cleanly
    expect 1 "which lesson?" hint && cleanly
    expect 1 "one lesson at a time" diff 1 2 && cleanly
    expect 1 "takes no argument" test 1 && cleanly
    expect 1 "lesson 1 has no program 'nobody': it has mapping" run 1 nobody && cleanly
    expect 1 "'bench' takes no argument but quick" bench slow && cleanly
    expect 1 "only './learn run' passes arguments" hint 1 -- x && cleanly
    expect 0 "./learn diff 4" help
    expect 0 "the course map" --help
}

hints()
{
    rm -f .learn/hints/01 .learn/solved/01
    expect 0 "hint 1 of 3" hint 1
    expect 0 "hint 2 of 3" hint 01
    expect 0 "hint 3 of 3" hint 01_raw_mapping
    expect 0 "      const HANDLE section" hint 1 # code keeps its indent
    expect 0 "> 1  One section" # the map: next

    # Every hint of every lesson is shown whole.
    for hints in lessons/*/hints.md; do
        number=$(basename "$(dirname "$hints")" | cut -c1-2)
        rm -f ".learn/hints/$number"
        for level in 1 2 3; do
            expect 0 "" hint "$number"
            check "hint $level of lesson $number upsets CMake" sh -c "! grep -q 'CMake Error' $log"
        done
    done
}

first() # before the first verdict: a map at once, few steps, and no packages but the compiler's and Wine's
{
    git clone -q . "$kept/first"
    cd "$kept/first" || exit
    mkdir .learn
    expect 0 "check  ./learn 1"
    check "the map has something built" [ ! -e build ]
    cmake --preset linux-wine >"$log" 2>&1
    steps=$(ninja -C build/linux-wine -n ground01 test01 lesson01 | grep -c Building)
    check "before lesson 1's first verdict $steps files are compiled" [ "$steps" -le 30 ]
    mkdir "$kept/bin"
    printf '#!/bin/sh\necho cmake version 3.22.1\n' >"$kept/bin/cmake"
    chmod +x "$kept/bin/cmake"
    PATH=$kept/bin:$PATH ./learn >"$log" 2>&1
    check "an old CMake: $(cat "$log")" grep -q "CMake 3.25 or newer is needed, and this is 3.22" "$log"
    cleanly
    cd "$home" || exit
}

verdicts() # solved is what all tests have said, whatever the environment says
{
    rm -f .learn/solved/01
    for set in GTEST_REPEAT=0 GTEST_FILTER=-\* GTEST_LIST_TESTS=1 GTEST_BREAK_ON_FAILURE=1 \
        GTEST_FAIL_FAST=0 GTEST_OUTPUT=xml GTEST_BRIEF=1; do
        export "$set"
        expect 1 "NO  One section" 1
        expect 1 "lesson 1 is not solved yet" 1
        check "$set leaves a mark" [ ! -e .learn/solved/01 ]
        unset "${set%%=*}"
    done
    GTEST_TOTAL_SHARDS=100 GTEST_SHARD_INDEX=99
    export GTEST_TOTAL_SHARDS GTEST_SHARD_INDEX
    expect 1 "lesson 1 is not solved yet" 1
    cp solutions/01_raw_mapping/mapping.cpp "$program"
    expect 0 "11 of 11 tests have passed" 1
    unset GTEST_TOTAL_SHARDS GTEST_SHARD_INDEX

    # A test program that does nothing, and says that all is well.
    printf 'int main() {}' >"$kept/nothing.cpp"
    x86_64-w64-mingw32-g++-posix "$kept/nothing.cpp" -o "$kept/nothing.exe"
    cp build/linux-wine/bin/test01.exe "$kept"
    cp "$kept/nothing.exe" build/linux-wine/bin/test01.exe
    rm -f .learn/solved/01
    expect 1 "have not been run to their end" 1
    check "no test has run, and the lesson is solved" [ ! -e .learn/solved/01 ]
    cp "$kept/test01.exe" build/linux-wine/bin/test01.exe
}

targets() # what an IDE builds says what ./learn says
{
    for what in "1 lesson 1 is not solved yet" "0 Lesson 1 is solved"; do
        timeout 300 cmake --build --preset linux-wine --target lesson01-check >"$log" 2>&1 </dev/null
        code=$? # of the build tool: 1 with Ninja, 2 with others
        check "lesson01-check ends with exit code $code" [ $((code != 0)) -eq "${what%% *}" ]
        check "lesson01-check does not say ${what#* }: $(cat "$log")" grep -q "${what#* }" "$log"
        check "lesson01-check shows GoogleTest's words" sh -c "! grep -q 'RUN  ' $log"
        cp solutions/01_raw_mapping/mapping.cpp "$program"
    done
}

running()
{
    expect 1 "lesson 1 is not solved yet" 1
    expect 0 "+++ solutions/01_raw_mapping/mapping.cpp" diff 1
    expect 0 "the second view shows: hello" run 1 solution
    expect 0 'the second view shows: a  b;c $x \ [d] "q"' run 1 solution -- 'a  b;c $x \ [d] "q"' 512
    expect 1 "does not fit into 16 bytes" run 1 solution -- "two words" 16
    expect 0 "the second view shows: hello" run 1 solution --
    expect 1 "OpenFileMappingW" run 3 solution reader --

    # Every character arrives as one, whatever the locale: 2 and a blank and 1.
    main "    return lstrlenW(arguments[1]) * 10 + (arguments[1][0] == 0x4f60);"
    expect 41 "exit code 41" run 1 -- "你好 é"
    LC_ALL=C
    export LC_ALL
    expect 41 "exit code 41" run 1 -- "你好 é"
    unset LC_ALL

    # What a program leaves behind is ended.
    main '    if (arguments[1]) ::Sleep(INFINITE);
        wchar_t path[MAX_PATH]; ::GetModuleFileNameW(nullptr, path, MAX_PATH);
        wchar_t line[] = L"mapping left"; STARTUPINFOW startup{}; PROCESS_INFORMATION child{};
        startup.cb = sizeof startup;
        return ::CreateProcessW(path, line, 0, 0, FALSE, 0, 0, 0, &startup, &child) ? 7 : 1;'
    expect 7 "learn: mapping.exe was still running: it has been ended" run 1

    # A program that another one starts is built as well.
    rm -f build/linux-wine/bin/solution07/child.exe
    expect 0 "Running parent, the first of parent, child" run 7 solution
}

judging()
{
    printf '#include <windows.h>\nint begin() { return 0; }\n' >"$program"
    expect 1 "one of your programs has no wmain" 1
    main "
    return missing;"
    expect 1 "mapping.cpp:5:12: error" 1
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
}

resetting()
{
    backups() { ls -d .learn/backups/01_raw_mapping-* 2>/dev/null | wc -l; }
    before=$(backups)
    cp solutions/01_raw_mapping/mapping.cpp "$program"
    : >.learn/solved/01
    expect 0 "Your files are kept in .learn/backups/01_raw_mapping-" reset 1
    backup=$(sed -n 's/.*are kept in //p' "$log")
    check "reset has not kept the learner's file" \
        cmp -s "$backup/mapping.cpp" solutions/01_raw_mapping/mapping.cpp
    check "reset has not put the starter back" cmp -s "$program" "$kept/$program"
    expect 0 "> 1  One section"
    expect 0 "Its files are as you got them" reset 1
    for number in 1 2 3; do
        main "    return $number;"
        expect 0 "Your files are kept in" reset 1
    done
    check "four resets of changed files have made $(($(backups) - before)) backups" \
        [ "$(backups)" -eq $((before + 4)) ]
    check "reset has written over a backup" \
        [ "$(cat .learn/backups/01_raw_mapping-*/mapping.cpp | grep -c 'return [123];')" -ge 3 ]

    # Saved at any time, before, with or after the starter that reset unpacks.
    for seconds in 0 1 2 3; do
        main "    return $seconds;"
        touch -d "+$seconds seconds" "$program"
        expect 0 "Your files are kept in" reset 1
        check "reset has reset nothing" cmp -s "$program" "$kept/$program"
    done
}

missing()
{
    folder=lessons/13_hostile_peer
    for file in "" /lesson.md /hints.md /CMakeLists.txt /tests /tests/message_test.cpp /tests/reading_test.cpp /parent.cpp /message.h; do
        rm -r "$folder$file"
        for command in 13 "run 13 solution" "hint 13" "diff 13" "explore 13"; do
            expect 1 "$folder$file is missing: ./learn reset 13 puts it back" $command && cleanly
        done
        expect 0 " 1  One section" # the map
        expect 0 "What was missing is back" reset 13
        check "reset has not brought back $folder$file" diff -r "$folder" "$kept/$folder"
    done
    # What a learner adds behind a lesson's call does not upset the front door.
    echo 'add_executable(mine mine.cpp)' >>"$folder/CMakeLists.txt"
    expect 1 "lesson 13 has no program 'mine': it has parent, child" run 13 mine && cleanly
    rm -r "$folder"
    expect 1 "$folder is missing: ./learn reset 13 puts it back" 1 && cleanly

    # A command is a row and a file: without the file it says so, and the layout check finds both kinds.
    rm -rf "$kept/part"
    mkdir -p "$kept/part/.learn"
    cp -r "$kept/lessons" "$kept/solutions" learn common docs README.md "$kept/part"
    cd "$kept/part" || exit
    cmake -DROOT="$PWD" -P common/author/layout.cmake >"$log" 2>&1
    check "the layout check finds something in what is whole: $(cat "$log")" [ ! -s "$log" ]
    cd common/learn/commands && mv hint.cmake clue.cmake && cd "$kept/part" || exit
    expect 1 "common/learn/commands/hint.cmake is missing: git checkout common puts it back" hint 1 && cleanly
    expect 0 "the next hint" help
    cmake -DROOT="$PWD" -P common/author/layout.cmake >"$log" 2>&1
    check "the layout check misses a command without its file" \
        grep -q "^common/learn/commands/hint.cmake is missing" "$log"
    check "the layout check misses a file that is no command" \
        grep -q "^common/learn/commands/clue.cmake: no row" "$log"
    cd "$home" || exit
}

pages()
{
    # Each page as text, with all that it shows. No picture, no command of Doxygen's.
    for page in lessons/*/lesson.md; do
        number=$(basename "$(dirname "$page")" | cut -c1-2)
        expect 0 "## The next question" page "$number"
        check "the page of lesson $number shows Doxygen's commands" \
            sh -c "! grep -qE '^.(snippet|include|dot|msc|ref)|.ref ' $log"
    done
    expect 0 "    the second view shows: hello" page 1
    expect 0 "WaitForSingleObject winipc-message-ready" page 8

    # The next question of lesson 10 shows a timeline, on the page.
    cp solutions/10_handshake/* lessons/10_handshake/
    expect 0 "(Shown on the page.)" 10
    check "the pages' own words are on the screen" sh -c "! grep -q 'include capture' $log"
    expect 0 "Your files are kept in" reset 10
    expect 1 "lesson 10 is not solved yet" 10
}

at_work()
{
    # Another learn at work: it holds the lock while it builds.
    main "    $(seq -s ";" 1 50000 | sed 's/[0-9]*/(void)0/g'); return 0;"
    ./learn 1 >/dev/null 2>&1 </dev/null &
    until pgrep -f "target lesson01" >/dev/null; do sleep 0.05; done
    expect 1 "another ./learn is at work in this folder" 1 && cleanly
    wait
}

explorer()
{
    expect 1 "lesson 4 has nothing to explore" explore 4 && cleanly
    expect 1 "there is no option '--frobnicate'" explore 10 solution --frobnicate && cleanly
    expect 1 "there is no process 'chil' to kill: lesson 10 has parent and child" \
        explore 10 solution --kill chil && cleanly
    expect 1 "--preemptions takes a number from 0 to 1000, and not 'x'" \
        explore 10 solution --preemptions x && cleanly
    expect 0 "all 7 schedules have passed: up to 1 preemption" explore 10 solution --preemptions 1
    expect 0 "all 10 schedules have passed: a random choice, seed 1" explore 10 solution --random 1 10
    expect 1 "deadlock, found by schedule" explore 10 solution --kill child --preemptions 0
    expect 1 "check failed, found by schedule" explore 8 solution --json .learn/record.json
    check "explore --json has written no record" grep -q '"version": 1' .learn/record.json
    replay=$(sed -n 's/^replay: //p' "$log" | head -n 1)
    expect 1 "$replay" explore 8 solution --replay "$replay"
    expect 1 "divergence" explore 10 solution --replay "$replay"
    expect 1 "cannot write" explore 8 solution --json .learn/nowhere/record.json && cleanly
}

tables()
{
    expect 0 "Throughput, in megabytes a second" bench quick
    expect 1 "'faults' takes no argument" faults 7 && cleanly
    expect 0 "96 of 100: child ends with 4" faults
}

launcher() # in a prefix of its own
{
    timeout "$@" sh common/cmake/wine "$kept/prefix" cmd /c exit 7 >"$kept/open" 2>&1 </dev/null
}

left_open() # what Wine's server and services have open of this script's; how many they are
{
    count=0
    for process in $(grep -lsz "^WINEPREFIX=$kept/prefix\$" /proc/[0-9]*/environ); do
        count=$((count + 1))
        ls -l "${process%environ}fd" 2>/dev/null | grep -F "$kept/open"
    done
    echo "$count"
}

wine()
{
    for end in "INT 0.05" "KILL 0.1" "INT 0.35" "KILL 0.5" "INT 1" "KILL 2"; do
        launcher --signal $end
        launcher 60
        check "Wine does not start after the end of its start by (signal, seconds) $end" [ $? -eq 7 ]
        WINEPREFIX=$kept/prefix wineserver -k # the prefix stays
    done
}

descriptors()
{
    # Ninja gives descriptor 4, and a higher one if it has more to do.
    bash -c "exec 4>'$kept/open' 12>'$kept/open'; sh common/cmake/wine '$kept/prefix' cmd /c exit" \
        >"$kept/open" 2>&1
    found=$(left_open)
    check "what Wine has taken from who started it: $found" [ "$found" -gt 2 ]
}

old_files()
{
    cp solutions/01_raw_mapping/mapping.cpp "$program"
    expect 0 "Lesson 1 is solved" 1
    # An older file put back with its time.
    cp "$kept/$program" "$kept/old.cpp"
    touch -d 2020-02-02 "$kept/old.cpp"
    cp -p "$kept/old.cpp" "$program"
    expect 1 "lesson 1 is not solved yet" 1
    main "    return 41;"
    touch -d 2019-02-02 "$program"
    expect 41 "exit code 41" run 1
    cp -p "$kept/old.cpp" "$program"
    rm build/linux-wine/built_from/01 # as after a build that was stopped
    expect 1 "lesson 1 is not solved yet" 1
    # A time to come.
    touch -d "+2 days" "$program"
    expect 1 "lesson 1 is not solved yet" 1
    cp solutions/01_raw_mapping/mapping.cpp "$program"
    expect 0 "Lesson 1 is solved" 1
}

long_output()
{
    main "$(seq -f '    int a%g = nullptr;' 1 1500)"
    expect 1 "mapping.cpp:4:31: error: cannot convert" 1
    check "the second error is shown" sh -c "! grep -q a2 $log"
    expect 1 "more lines: .learn/build.log)" 1
    check "all errors are shown" [ "$(wc -c <"$log")" -lt 8000 ]
    check "not all errors are in the log" grep -q a1500 .learn/build.log

    # A line of 300 kB, a byte that is zero, and one that is no UTF-8.
    main "    return missing; // $(seq -s + 60000)"
    expect 1 "mapping.cpp:4:29: error: " 1
    check "the whole line is shown" [ "$(wc -c <"$log")" -lt 8000 ]
    { cat "$kept/$program" && printf 'a\0b\377c\n'; } >"$program"
    expect 1 "error: stray" 1
    check "the log is no text" sh -c "! LC_ALL=C grep -qP '\x00' $log"

    for encoding in UTF-16 UTF-16LE UTF-16BE; do
        iconv -t $encoding "$kept/$program" >"$program"
        expect 1 "$program is saved as UTF-16: save it as UTF-8" 1 && cleanly
    done

    # What is not the learner's fault.
    cp "$kept/$program" "$program"
    echo "missing" >>solutions/01_raw_mapping/mapping.cpp
    expect 1 "the build has failed, and not for your code" run 1 solution
}

cut_off() # whoever reads only the first line is told the same verdict
{
    cp solutions/01_raw_mapping/mapping.cpp "$program"
    rm -f .learn/solved/01
    { ./learn 1 </dev/null; echo $? >"$log"; } 2>/dev/null | head -n 1 >/dev/null
    check "solved, but not to a pipe: exit code $(cat "$log")" grep -qx 0 "$log"
    check "what a pipe has been told is not kept" [ -e .learn/solved/01 ]
    cp "$kept/$program" "$program"
    { ./learn 1 </dev/null; echo $? >"$log"; } 2>/dev/null | head -n 1 >/dev/null
    check "not solved, but to a pipe: exit code $(cat "$log")" grep -qx 1 "$log"
}

folders() # any path, or a line that says which character does not do
{
    for name in 'a b' 'ümläut 你好' "it's" 'p%a(r)e&n' 'a+b,c=d' 'a@b@{c}~^!' '-lead' 'co:lon' \
        'd"q' 'do$lar' 'se;mi' 'ha#sh' 'pi|pe' 'l<t' 'g>t' 'br[a' 'br]a' 'gr`ave' 'st*r' 'que?' 'b\s'; do
        rm -rf "$kept/place"
        mkdir -p "$kept/place/$name"
        cp -r learn CMakeLists.txt CMakePresets.json common docs lessons solutions "$kept/place/$name"
        cd "$kept/place/$name" || exit
        mkdir .learn
        case $name in
            *[]\"\$\;#\|\<\>[\`*?\\]*)
                for command in help 1 "hint 1"; do
                    expect 1 "the path of this folder holds a character" $command && cleanly
                done
                mkdir -p build
                code=build/code
                cmake -D EXIT_FILE=$code -P common/learn/learn.cmake -- help >"$log" 2>&1
                # CMake itself finds no script behind a backslash.
                [ "$name" = 'b\s' ] || check "learn.cmake takes the folder $name" \
                    grep -q "holds a character" "$log"
                ;;
            *)
                expect 0 "Lesson 1, hint 1" hint 1
                ;;
        esac
        cd "$home" || exit
    done
    # Built as well, in all of them at once.
    all="-it's ümläut 你好 & 50% (a+b), c:d=@e@{f}~^!"
    mv "$kept/place/$name" "$kept/$all"
    cd "$kept/$all" || exit
    rm -rf build
    expect 0 "the second view shows: hello" run 1 solution
    cd "$home" || exit
}

owners() # the first ./learn with sudo, the next without; a disk that is full, or read only
{
    [ "$(id -u)" -eq 0 ] || return 0
    copy
    chmod 755 "$kept"
    for command in "" 1 "hint 1" "run 1" "reset 1"; do
        # shellcheck disable=SC2086
        setpriv --reuid 65534 --regid 65534 --clear-groups ./learn $command >"$log" 2>&1
        check "a foreign folder: $(cat "$log")" grep -q "^learn: .*chown -R nobody '$kept/copy'" "$log"
        cleanly
    done
    chown -R nobody .
    expect 1 "chown -R root '$kept/copy'" 1 && cleanly # Wine takes no prefix of another user
    rm -rf .learn build
    setpriv --reuid 65534 --regid 65534 --clear-groups ./learn hint 1 >"$kept/own.log" 2>&1
    check "one's own folder: $(cat "$kept/own.log")" grep -q "Lesson 1, hint 1" "$kept/own.log"

    mkdir "$kept/disk"
    if mount -t tmpfs -o size=40k tmpfs "$kept/disk" 2>/dev/null; then
        cp learn "$kept/disk"
        cd "$kept/disk" || exit
        mkdir .learn
        cat /dev/zero >filled 2>/dev/null
        ./learn 1 >"$kept/disk.log" 2>&1
        check "a full disk: $(cat "$kept/disk.log")" grep -q "^learn: .*is the disk full" "$kept/disk.log"
        mount -o remount,ro "$kept/disk"
        ./learn 1 >"$kept/disk.log" 2>&1
        check "read only: $(cat "$kept/disk.log")" grep -q "^learn: .*write" "$kept/disk.log"
        cd "$kept" || exit
        umount "$kept/disk"
    fi
    cd "$home" || exit
}

environment() # what was set for another project steers nothing
{
    cp solutions/01_raw_mapping/mapping.cpp "$program"
    mkdir -p "$kept/a b"
    for set in CXXFLAGS=-Dwmain=other CPLUS_INCLUDE_PATH=/usr/include CMAKE_GENERATOR=none VERBOSE=1 \
        CMAKE_TOOLCHAIN_FILE=none DESTDIR=/none CC=none CXX=none CLICOLOR_FORCE=1 GIT_DIR=/none \
        WINEPREFIX=/none WINEDEBUG=+relay WINESERVER=/none WINEARCH=win32 LANG=de_DE LC_ALL=C \
        "TMPDIR=$kept/a b" TMPDIR=/none HOME=; do # each of them alone
        echo >>"$program"
        export "$set"
        expect 0 "Lesson 1 is solved" 1
        check "$set is seen" sh -c "[ \$(wc -l <$log) -lt 40 ]"
        unset "${set%%=*}"
        HOME=$kept
    done
    rm .learn/solved/01 build/linux-wine/configured # and configuring
    CXXFLAGS=-Dwmain=other CXX=none CMAKE_GENERATOR=none CMAKE_BUILD_TYPE=none
    export CXXFLAGS CXX CMAKE_GENERATOR CMAKE_BUILD_TYPE
    expect 0 "Lesson 1 is solved" 1
    unset CXXFLAGS CXX CMAKE_GENERATOR CMAKE_BUILD_TYPE
    unset HOME
    expect 0 "Lesson 1 is solved" 1
    HOME=$kept
    GIT_DIR=/none
    export GIT_DIR HOME
    expect 0 "Your files are kept in" reset 1
    unset GIT_DIR
}

flood() # what a program prints without end is not shown without end
{
    flood='static char flooded[5000000]; for (char\& c : flooded) c = 97; DWORD n = 0;'
    flood="$flood ::WriteFile(::GetStdHandle(STD_OUTPUT_HANDLE), flooded, sizeof flooded, \\&n, nullptr);"
    sed -e "s/view shows/& now/" -e "/^int wmain/{n;s/{/{ $flood/}" solutions/01_raw_mapping/mapping.cpp >"$program"
    expect 1 "bytes left out: all of it is in .learn" 1
    check "5 MB are shown" [ "$(wc -c <"$log")" -lt 20000 ]
    check "5 MB are not in the file" [ "$(wc -c <.learn/failure.txt)" -gt 5000000 ]
}

# A copy of this folder with what was built, to do things to.
copy()
{
    rm -rf "$kept/copy"
    mkdir "$kept/copy"
    cp -a learn CMakeLists.txt CMakePresets.json common docs lessons solutions .learn build .git \
        "$kept/copy"
    cd "$kept/copy" || exit
}

moved()
{
    cp solutions/01_raw_mapping/mapping.cpp "$program"
    expect 0 "Lesson 1 is solved" 1
    copy
    cp "$kept/$program" "$program"
    expect 1 "lesson 1 is not solved yet" 1

    # Another compiler, as after an upgrade of the system; and configuring fails.
    cp CMakeLists.txt "$kept"
    echo 'message(FATAL_ERROR "no luck")' >CMakeLists.txt
    echo "g++ 1 1970" >build/linux-wine/configured
    expect 1 "the project cannot be configured" 1
    check "programs of another compiler are kept" [ ! -e build/linux-wine/bin ]
    expect 1 "the project cannot be configured" 1
    cp "$kept/CMakeLists.txt" .
    echo "half" >build/linux-wine/CMakeCache.txt
    expect 1 "lesson 1 is not solved yet" 1
    cd "$home" || exit
}

for group in ${*:-$groups}; do
    cp -r "$kept/lessons" "$kept/solutions" .
    $group
done
echo "the front door: $faults faults"
[ "$faults" -eq 0 ]
