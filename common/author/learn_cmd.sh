#!/bin/sh
# learn.cmd, run by Wine's cmd in folders with odd names, with a program in place of CMake that notes its
# arguments. Wine's cmd is not that of Windows: what fails here is wrong, what passes is not proved.
#
#   common/author/learn_cmd.sh <build folder> [folder of another learn.cmd]
set -u
cd "$(dirname "$0")/../.."
root=$PWD
build=$(cd "$1" && pwd)
learn=${2:-$root}/learn.cmd
work=$build/learn_cmd
failed=0
rm -rf "$work"
mkdir -p "$work/tools" "$work/programs/Microsoft Visual Studio/Installer"

cat >"$work/tool.cpp" <<'source'
#include <fstream>
#include <iostream>
#include <string>

int main(int count, char** arguments)
{
    const std::string name = arguments[0];
    if (name.find("vswhere") != name.npos) {
        std::cout << std::ifstream("../cmake_of_visual_studio").rdbuf();
        return 0;
    }
    std::ofstream noted("arguments", std::ios::binary);
    for (int i = 1; i < count; ++i) {
        const std::string argument = arguments[i];
        noted << '[' << argument << "]\n";
        if (argument.starts_with("EXIT_FILE="))
            std::ofstream(argument.substr(10)) << "7\n";
    }
}
source
x86_64-w64-mingw32-g++-posix -std=c++20 -static "$work/tool.cpp" -o "$work/tools/cmake.exe" || exit 1
cp "$work/tools/cmake.exe" "$work/programs/Microsoft Visual Studio/Installer/vswhere.exe"

in_windows() # in_windows <path>: as Wine names it
{
    echo "Z:$1" | tr / '\\'
}

run() # run <folder> <folders with programs> [arguments]: a copy of learn.cmd with the ends of its lines
{
    mkdir -p "$work/$1"
    sed 's/\r*$/\r/' "$learn" >"$work/$1/learn.cmd"
    printf '@set "ProgramFiles(x86)=%s"\r\n@learn.cmd %%*\r\n' "$(in_windows "$work/programs")" \
        >"$work/$1/wrapper.cmd"
    folder=$1
    path=$2
    shift 2
    (
        cd "$work/$folder" &&
            WINEPATH=$path timeout 60 "$root/common/cmake/wine" "$build/wine-prefix" \
                cmd /c wrapper.cmd "$@" >out 2>&1 </dev/null
    )
    code=$?
}

check() # check <what> <command>...
{
    what=$1
    shift
    "$@" && return
    failed=$((failed + 1))
    echo "learn.cmd: $what"
    cat "$work/$folder/out"
}

tools=$(in_windows "$work/tools")
for name in plain "winipc (1)" "a & b" "100%" ü "it's, = ^ !"; do
    run "$name" "$tools" explore 10 --replay "'v1:P2!1,.'" "two words"
    check "in '$name' it ends with $code, and not with CMake's 7" [ $code -eq 7 ]
    check "in '$name' CMake gets other arguments" [ "$(sed 1,5d "$work/$name/arguments" | tr -d '\n')" = \
        "[explore][10][--replay]['v1:P2!1,.'][two words]" ]
    check "in '$name' the file with the exit code is left" [ -z "$(ls "$work/$name/.learn")" ]
done

in_windows "$work/tools/cmake.exe" >"$work/cmake_of_visual_studio"
run "of Visual Studio (x86)" "C:\\windows" help
check "CMake of Visual Studio is not found ($code)" [ $code -eq 7 ]

: >"$work/cmake_of_visual_studio"
run "no CMake" "C:\\windows" help
check "without CMake it ends with $code, and not with 1" [ $code -eq 1 ]
check "without CMake it does not say so" grep -q "CMake is missing" "$work/no CMake/out"

# Wine's cmd does not mind this: a path with a parenthesis ends the block in which it is used.
folder=plain
check "a block in parentheses" sh -c '! grep -n "($(printf "\r")*$" "$1"' sh "$learn"

# What learn.cmake says there, as far as CMake can be made to believe that this is Windows.
front_door()
{
    cmake -D CMAKE_HOST_WIN32=ON -D EXIT_FILE="$work/exit" -P common/learn/learn.cmake -- "$@" \
        >"$work/plain/out" 2>&1
}
front_door help
check "the help does not name .\\learn" grep -q '^  [.][\]learn 4 ' "$work/plain/out"
check "the help names ./learn" sh -c '! grep "[.]/learn" "$1"' sh "$work/plain/out"
check "the help quotes for a Unix shell" grep -q '[-]-replay "STRING"' "$work/plain/out"
front_door what
check "an error does not name .\\learn" grep -q "'what': [.][\\]learn help" "$work/plain/out"
cat >"$work/shorten.cmake" <<'script'
include(${WORDS})
set(root "D:/winipc (1)")
set(text "D:\\winipc (1)\\lessons\\a.cpp(1,2): error C2065: 'x [0]': what [D:\\winipc (1)\\build\\a.vcxproj] [D:\\b.vcxproj]")
shorten(text)
message(NOTICE "${text}")
script
cmake -D WORDS="$root/common/learn/parts/words.cmake" -P "$work/shorten.cmake" >"$work/plain/out" 2>&1
check "what a compiler says is not shortened" \
    [ "$(cat "$work/plain/out")" = "lessons\\a.cpp(1,2): error C2065: 'x [0]': what" ]

[ $failed -eq 0 ] && rm -rf "$work"
echo "learn.cmd: $failed faults"
[ $failed -eq 0 ]
