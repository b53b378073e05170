#!/bin/sh
# Puts one hook payload into FluxMirror's spool:  sh shim.sh KIND EVENT < payload
#
# It runs inside somebody else's program, on every tool call. So: built-ins around one `cat`, no
# output, no network, no lock, and exit 0 whatever happens. What it writes is told in
# fluxmirror_store/spool.py, where things lie in fluxmirror_core/paths.py; tests hold them together.
#
# A file whose last line does not repeat its first is torn: a kill, a full disk, no stdin, no `cat`.
# The drain counts it. Speaks dash, bash 3.2, busybox ash, zsh; Linux, macOS, Git-Bash.

set +eu
[ -z "${ZSH_VERSION-}" ] || emulate sh
umask 077
user_locale=${LC_ALL-}
export LC_ALL=C # `cat` need not load a locale; one meaning for [A-Z] and for the clock's point
PATH=/bin:/usr/bin${PATH:+:$PATH}

max_files=200000
max_kib=1048576
longest=4096
tab='	'
magic=fluxmirror-spool/1

# Sets $data and $spool.
find_places() {
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
    spool=$data/spool
    [ -z "${FLUXMIRROR_DB-}" ] || spool=$FLUXMIRROR_DB.spool
}

# Sets $name: unique without a process.
find_name() {
    IFS= read -r name </proc/sys/kernel/random/uuid ||
        name=$PPID-${RANDOM-}${RANDOM-}-${EPOCHREALTIME-}-$$
    case $name in
    '' | *[!A-Za-z0-9._-]*) name=$PPID-$$ ;; # a dash whose environment says RANDOM=…
    esac
}

# Adds $2 to $header after the separator $1, unless the header cannot hold it.
tell() {
    case $2 in
    *[[:cntrl:]]*) ;;
    *) [ ${#2} -gt $longest ] || header=$header$1$2 ;;
    esac
}

# Only these variables, ever: the rest of the environment may hold API keys.
tell_environment() {
    [ -z "${CLAUDE_PROJECT_DIR+set}" ] || tell "$tab" "CLAUDE_PROJECT_DIR=$CLAUDE_PROJECT_DIR"
    [ -z "${GEMINI_PROJECT_DIR+set}" ] || tell "$tab" "GEMINI_PROJECT_DIR=$GEMINI_PROJECT_DIR"
    [ -z "${QWEN_PROJECT_DIR+set}" ] || tell "$tab" "QWEN_PROJECT_DIR=$QWEN_PROJECT_DIR"
    [ -z "${COPILOT_PROJECT_DIR+set}" ] || tell "$tab" "COPILOT_PROJECT_DIR=$COPILOT_PROJECT_DIR"
    [ -z "${QWEN_CODE_NO_RELAUNCH+set}" ] || tell "$tab" "QWEN_CODE_NO_RELAUNCH=$QWEN_CODE_NO_RELAUNCH"
    [ -z "${AI_AGENT+set}" ] || tell "$tab" "AI_AGENT=$AI_AGENT"
    [ -z "${QWEN_CODE_STARTUP_VERSION+set}" ] || tell "$tab" "QWEN_CODE_STARTUP_VERSION=$QWEN_CODE_STARTUP_VERSION"
    [ -z "${COPILOT_CLI_BINARY_VERSION+set}" ] || tell "$tab" "COPILOT_CLI_BINARY_VERSION=$COPILOT_CLI_BINARY_VERSION"
    [ -z "${FLUXMIRROR_SKIP_SELF+set}" ] || tell "$tab" "FLUXMIRROR_SKIP_SELF=$FLUXMIRROR_SKIP_SELF"
    [ -z "${FLUXMIRROR_SELF_REPO+set}" ] || tell "$tab" "FLUXMIRROR_SELF_REPO=$FLUXMIRROR_SELF_REPO"
}

# Writes the event; fails when it could not, and leaves the payload on stdin then.
record() {
    find_name
    stem=$name
    header=
    tell '' "${1-}"
    [ -z "${2-}" ] || tell ' ' "$2"
    tell_environment
    created=
    attempt=0
    set -C
    while [ $attempt -lt 1000 ]; do
        {
            created=yes
            printf '%s\n' "$magic$tab$name$tab$header" && cat && printf '\n%s\n' "$magic$tab$name"
        } >"$spool/new/$name" && return 0
        [ -z "$created" ] || return 1
        if [ -e "$spool/new/$name" ]; then
            attempt=$((attempt + 1))
            name=$stem.$attempt
        else
            mkdir -p "$spool/new" || return 1
            attempt=$((attempt + 500)) # twice at most: it may be there and not ours to write to
        fi
    done
    return 1
}

# Runs "$@" in a session of its own with no descriptor of the agent's, as far as POSIX can name them.
# Not by `set -m`: that reaches for the agent's terminal.
detach() {
    if command -v setsid; then
        set -- setsid "$@"
    elif command -v perl; then # macOS has no setsid
        # shellcheck disable=SC2016 # Perl's variables
        set -- perl -MPOSIX=setsid -e 'setsid; exec { $ARGV[0] } @ARGV' "$@"
    else
        trap '' HUP
    fi
    "$@" </dev/null 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
}

# Marks the spool full when it is; a process or two, so for one event in 256.
measure() {
    # shellcheck disable=SC2016 # for the inner shell to expand
    detach sh -c '
        umask 077
        set -- "$1" "$2" "$3" "$1"/new/*
        [ $(($# - 3)) -gt "$2" ] || du -sk "$1/new" | { read -r kib _; [ "$kib" -gt "$3" ]; } &&
            : >>"$1/full"
    ' sh "$spool" $max_files $max_kib
}

# Lets the program read the spool; the event is complete by then.
start_drain() {
    program=
    IFS= read -r program <"$data/program"
    if [ ! -f "$program" ] || [ ! -x "$program" ]; then
        command -v fluxmirror || return
        program=fluxmirror
    fi
    if [ -n "$user_locale" ]; then LC_ALL=$user_locale; else unset LC_ALL; fi
    detach "$program" drain --quiet
}

main() {
    find_places
    name=
    if [ -e "$spool/full" ]; then
        printf . >>"$spool/refused"
        cat # the agent's write must not break
    else
        record "$@" || cat
    fi
    case $name in *00) measure ;; esac
    case ${2-} in Stop | SessionEnd | AfterAgent | agentStop | sessionEnd) start_drain ;; esac
}

main "$@" >/dev/null 2>&1
exit 0
