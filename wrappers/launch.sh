#!/bin/sh
# Runs FluxMirror for a slash command of an agent:  sh launch.sh COMMAND [TEXT]
#
# TEXT is what the person typed after the command, all of it one argument: the program splits it,
# no shell does. What the program says goes to stdout, errors too, and the exit code is 0: agents
# drop the output of a command that fails.
#
# The program is the one that `fluxmirror install` recorded, else the one on PATH. Else it is fetched
# for this call if the person allowed that, by the word `uvx` or `pipx` in the file `launch` beside
# the database; unasked nothing is downloaded.
# Speaks dash, bash 3.2, busybox ash, zsh; Linux, macOS, Git-Bash.

set +eu
[ -z "${ZSH_VERSION-}" ] || emulate sh

# Sets $data, as shim.sh does.
find_data() {
    home=${HOME:-${USERPROFILE:-/tmp}}
    if [ -n "${FLUXMIRROR_HOME-}" ]; then
        data=$FLUXMIRROR_HOME
    elif [ -d /System/Library/CoreServices ]; then # macOS, without asking `uname`
        data="$home/Library/Application Support/fluxmirror"
    else
        case "${OS-} ${OSTYPE-}" in
        'Windows_NT '* | *' msys'* | *' cygwin'*) data=${APPDATA:-$home/AppData/Roaming}/fluxmirror ;;
        *)
            case ${XDG_DATA_HOME-} in
            /*) data=$XDG_DATA_HOME/fluxmirror ;;
            *) data=$home/.local/share/fluxmirror ;;
            esac
            ;;
        esac
    fi
}

# Sets $line to the first line of the file $1, without the carriage return that Windows may add.
read_line() {
    line=
    [ ! -r "$1" ] || IFS= read -r line <"$1"
    line=${line%"$(printf '\r')"}
}

# Runs the program with "$@"; fails when there is none.
run_program() {
    read_line "$data/program"
    if [ -f "$line" ] && [ -x "$line" ]; then
        "$line" "$@"
    elif command -v fluxmirror >/dev/null 2>&1; then
        fluxmirror "$@"
    else
        fetch_program "$@"
    fi
    [ $? -ne 127 ] # what says that it could not be started at all
}

# Runs it by the tool that the person named; fails when they named none that is there.
fetch_program() {
    read_line "$data/launch"
    command -v "$line" >/dev/null 2>&1 || return 127
    case $line in
    uvx) uvx fluxmirror "$@" ;;
    pipx) pipx run fluxmirror "$@" ;;
    *) return 127 ;;
    esac
}

main() {
    find_data
    command=${1-}
    [ $# -eq 0 ] || shift
    # An agent that forgot the quotes hands over several words: they are one text all the same.
    text=$*
    run_program slash "$command" ${text:+"$text"} 2>&1 ||
        echo 'FluxMirror is not installed: run `pipx install fluxmirror`, then `fluxmirror install`.'
}

main "$@" </dev/null
exit 0
