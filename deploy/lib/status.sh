# shellcheck shell=bash
# The status of the cluster, as a table and as JSON.

cluster_status() {
    case ${1:-} in
        '') status_table ;;
        --json) status_json ;;
        *) die "unknown option: $1" ;;
    esac
}

# look NAME: sets pid, condition, ready and live, as JSON values.
look() {
    pid=null condition=ended ready=false live=null
    local found answer
    found=$(pid_of "$1") || return 0
    pid=$found condition=running
    if is_paused "$1"; then
        condition=paused
        return 0
    fi
    is_ready "$1" && ready=true
    is_node "$1" || return 0
    answer=$(ask "http://127.0.0.1:$(ops_port "$(number_of "$1")")/status") || return 0
    [[ $answer =~ \"liveCarts\":\ ?([0-9]+) ]] && live=${BASH_REMATCH[1]}
    return 0
}

status_table() {
    local name pid condition ready live
    [ "$(node_count)" -gt 0 ] || {
        say "there is no cluster here (deploy/cluster up starts one)"
        return 0
    }
    printf '%-10s %-8s %-6s %8s  %-24s %s\n' name state ready pid ports 'live carts'
    for name in $(all_services); do
        look "$name"
        printf '%-10s %-8s %-6s %8s  %-24s %s\n' "$name" "$condition" "$(yes_no "$ready")" "${pid/null/-}" \
            "$(ports_of "$name" | paste -sd ' ')" "${live/null/-}"
    done
    ! wants_prometheus || say "prometheus is at http://127.0.0.1:$prometheus_port"
}

yes_no() { if [ "$1" = true ]; then echo yes; else echo no; fi; }

status_json() {
    local name pid condition ready live separator=''
    printf '['
    for name in $(all_services); do
        look "$name"
        printf '%s\n  {"name":"%s","state":"%s","pid":%s,"ports":%s,"ready":%s,"liveCarts":%s}' \
            "$separator" "$name" "$condition" "$pid" "$(ports_json "$name")" "$ready" "$live"
        separator=,
    done
    printf '\n]\n'
}

ports_json() {
    local k
    case $1 in
        redis | redis-*) printf '{"redis":%s}' "$(redis_port_of "$1")" ;;
        sentinel-*) printf '{"sentinel":%s}' "$(redis_port_of "$1")" ;;
        gateway) printf '{"http":%s,"grpc":%s}' "$gateway_port" "$gateway_grpc_port" ;;
        prometheus) printf '{"http":%s}' "$prometheus_port" ;;
        *)
            k=$(number_of "$1")
            printf '{"http":%s,"grpc":%s,"operations":%s,"link":%s}' \
                "$(http_port "$k")" "$(grpc_port "$k")" "$(ops_port "$k")" "$(link_port "$k")"
            ;;
    esac
}
