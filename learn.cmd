@echo off
rem The front door on Windows: ".\learn help" says what it can do.
rem
rem This file only finds CMake, Visual Studio's if there is no other; the rest is
rem common\cmake\learn.cmake. No path stands inside of parentheses: one of its own would end them.
setlocal DisableDelayedExpansion
cd /d "%~dp0"

for %%f in (cmake.exe) do set "cmake=%%~$PATH:f"
if defined cmake goto found
set "PATH=%PATH%;%ProgramFiles(x86)%\Microsoft Visual Studio\Installer"
for %%f in (vswhere.exe) do if "%%~$PATH:f"=="" goto missing
set "inside=Common7\IDE\CommonExtensions\Microsoft\CMake\CMake\bin\cmake.exe"
for /f "delims=" %%f in ('vswhere -latest -products * -find %inside%') do set "cmake=%%f"
if defined cmake goto found

:missing
echo learn: CMake is missing: install Visual Studio with "Desktop development with C++" 1>&2
exit /b 1

:found
if not exist .learn mkdir .learn 2>nul
if exist .learn goto start
echo learn: cannot write in "%CD%": is it yours, and is the disk full? 1>&2
exit /b 1

:start
rem CMake's own exit code cannot be chosen: learn.cmake leaves it in a file.
set "code=exit-%RANDOM%%RANDOM%"
"%cmake%" -D "EXIT_FILE=.learn/%code%" -P common/learn/learn.cmake -- %*
set "status=1"
if exist ".learn\%code%" set /p status=<".learn\%code%"
if exist ".learn\%code%" del ".learn\%code%"
exit /b %status%
