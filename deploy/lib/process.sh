# shellcheck shell=bash
# Processes that we started, and no others. The system reuses process ids, so each is recorded with its start time:
# a process is ours only while both match.

# start_time PID: in ticks since boot; nothing for a process that has ended, or is a zombie.
start_time() {
    local line
    line=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    # The program's name stands in parentheses and may hold anything; what follows is regular.
    read -r -a fields <<<"${line##*) }"
    [ "${fields[0]}" != Z ] && [ "${fields[0]}" != X ] && echo "${fields[19]}"
}

# pid_of NAME: the process id of a running service.
pid_of() {
    local pid started
    # shellcheck disable=SC2154 # layout.sh sets `state` for scripts with services
    read -r pid started 2>/dev/null <"$state/$1/pid" || return 1
    [ "$(start_time "$pid")" = "$started" ] && echo "$pid"
}

is_running() { pid_of "$1" >/dev/null; }

is_paused() {
    local line pid
    pid=$(pid_of "$1") && line=$(cat "/proc/$pid/stat" 2>/dev/null) && line=${line##*) } && [ "${line:0:1}" = T ]
}

# launch NAME COMMAND...: starts a process that outlives the script, in its own session, with its output in its log.
launch() {
    local name=$1 pid started
    shift
    mkdir -p "$state/$name"
    (cd "$root" && exec setsid "$@") >>"$state/$name/log" 2>&1 </dev/null 9<&- &
    pid=$!
    started=$(start_time "$pid") || die "$name did not start; its log is $state/$name/log"
    echo "$pid $started" >"$state/$name/pid"
}

# send SIGNAL NAME: fails if the service is not running.
send() {
    local pid
    pid=$(pid_of "$2") && kill -s "$1" "$pid" 2>/dev/null
}

# await_end NAME SECONDS: succeeds if the service ends in time.
await_end() {
    local deadline=$((SECONDS + $2))
    while is_running "$1"; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.05
    done
    rm -f "$state/$1/pid"
}

is_taken() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# refuse_taken NAME: fails if another process listens on a port of the service, and names that process.
refuse_taken() {
    local port holder
    for port in $(ports_of "$1"); do
        is_taken "$port" || continue
        holder=$(ss -Hltnp "sport = :$port" 2>/dev/null | sed -n 's/.*users:((\([^)]*\)).*/ by \1/p' | head -n 1)
        die "port $port, which $1 needs, is taken${holder:- by another process}"
    done
}
