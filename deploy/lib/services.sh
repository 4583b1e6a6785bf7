# shellcheck shell=bash
# Starting, stopping and probing each kind of service.

ask() { curl -sS --max-time 1 "$@" 2>/dev/null; }

# is_ready NAME
is_ready() {
    is_running "$1" || return 1
    case $1 in
        redis | redis-* | sentinel-*) is_redis_ready "$1" ;;
        gateway) ask -f "http://127.0.0.1:$gateway_port/gateway/health" >/dev/null ;;
        prometheus) ask -f "http://127.0.0.1:$prometheus_port/-/ready" >/dev/null ;;
        *) ask -f "http://127.0.0.1:$(ops_port "$(number_of "$1")")/readyz" >/dev/null ;;
    esac
}

# begin NAME: starts a service that is not running.
begin() {
    refuse_taken "$1"
    case $1 in
        redis | redis-* | sentinel-*) begin_redis_service "$1" ;;
        gateway) begin_gateway ;;
        prometheus) begin_prometheus ;;
        *) begin_node "$(number_of "$1")" ;;
    esac
}

begin_node() {
    local lease=()
    # Longer than a fail-over with the node timeout of begin_cluster_server.
    [ "$(redis_kind)" != cluster ] || lease=("CART_LEASE_LENGTH=${CART_LEASE_LENGTH:-7s}")
    launch "node-$1" env "REDIS_URL=$(redis_url)" "CART_CLUSTER_SECRET_FILE=$state/secret" "${lease[@]}" \
        "$(node_binary)" \
        --node-name "node-$1" --data-dir "$state/node-$1/data" \
        --http-port "$(http_port "$1")" --grpc-port "$(grpc_port "$1")" --ops-port "$(ops_port "$1")" --link-port "$(link_port "$1")"
}

node_binary() {
    echo "${CART_NODE_BINARY:-$root/.build/release/cart-node}"
}

# await_ready SECONDS NAME...: shows the services that are not ready yet; fails if one ended or time ran out.
await_ready() {
    local deadline=$((SECONDS + $1)) name waiting shown=''
    shift
    while true; do
        waiting=''
        for name in "$@"; do
            is_ready "$name" && continue
            is_running "$name" || fail_start "$name" "ended right after its start"
            waiting+=" $name"
        done
        [ -n "$waiting" ] || break
        [ "$waiting" = "$shown" ] || say "waiting for$waiting"
        shown=$waiting
        # shellcheck disable=SC2086 # the names are words
        [ "$SECONDS" -lt "$deadline" ] || fail_start ${waiting%% *} "is not ready yet"
        sleep 0.1
    done
}

fail_start() {
    tail -n 20 "$state/$1/log" >&2
    die "$1 $2; above is the end of its log, $state/$1/log"
}

service_start() {
    if is_running "$1"; then
        say "$1 is already running"
    else
        begin "$1"
    fi
    is_paused "$1" && die "$1 is paused (use deploy/cluster resume)"
    await_ready 60 "$1"
    say "$1 is ready"
}

service_stop() {
    send TERM "$1" || die "$1 is not running"
    # A paused process handles the signal only after it resumes.
    send CONT "$1" || true
    await_end "$1" 60 || die "$1 has not ended within a minute; its log is $state/$1/log"
    say "$1 has ended"
}

service_kill() {
    send KILL "$1" || die "$1 is not running"
    await_end "$1" 10 || die "$1 cannot be killed"
    say "$1 is killed"
}

service_pause() {
    send STOP "$1" || die "$1 is not running"
    say "$1 is paused"
}

service_resume() {
    send CONT "$1" || die "$1 is not running"
    say "$1 is resumed"
}

cluster_logs() {
    local name
    [ $# -ge 1 ] || die "usage: deploy/cluster logs SERVICE [-f]"
    name=$(name_of "$1")
    [ -f "$state/$name/log" ] || die "$name has no log yet"
    case ${2:-} in
        '') cat "$state/$name/log" ;;
        -f) exec tail -n +1 -f "$state/$name/log" ;;
        *) die "unknown option: $2" ;;
    esac
}
