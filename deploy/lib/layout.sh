# shellcheck shell=bash
# The services of the cluster: names, folders and ports. Everything listens on 127.0.0.1.

# shellcheck disable=SC2154 # set by whoever sources this
state=$root/.cluster
most_nodes=20
gateway_port=8080
gateway_grpc_port=7070
prometheus_port=9990

http_port() { echo $((8080 + $1)); }
ops_port() { echo $((9090 + $1)); }
link_port() { echo $((7170 + $1)); }
grpc_port() { echo $((7070 + $1)); }

# The number of nodes; 0 if there is no cluster.
node_count() {
    if [ -f "$state/nodes" ]; then cat "$state/nodes"; else echo 0; fi
}

is_node() { [ "${1#node-}" != "$1" ]; }
number_of() { echo "${1#node-}"; }

all_nodes() {
    local k
    for ((k = 1; k <= $(node_count); k++)); do echo "node-$k"; done
}

all_services() {
    [ "$(node_count)" -gt 0 ] || return 0
    redis_services
    all_nodes
    echo gateway
    if wants_prometheus; then echo prometheus; fi
}

# name_of ARGUMENT: the service that a command line names.
name_of() {
    local count
    count=$(node_count)
    [ "$count" -gt 0 ] || die "there is no cluster here (deploy/cluster up starts one)"
    case $1 in
        gateway) echo "$1" ;;
        redis | redis-* | sentinel-*)
            is_redis_service "$1" || die "unknown service: $1 (Redis is $(redis_services | paste -sd ' '))"
            echo "$1"
            ;;
        prometheus)
            wants_prometheus || die "there is no prometheus here (deploy/cluster up --with-prometheus starts one)"
            echo prometheus
            ;;
        *)
            if ! [[ ${1#node-} =~ ^[1-9][0-9]?$ ]] || [ "${1#node-}" -gt "$count" ]; then
                die "unknown service: $1 (there are the nodes 1 to $count, $(redis_services | paste -sd ' '), gateway and prometheus)"
            fi
            echo "node-${1#node-}"
            ;;
    esac
}

ports_of() {
    case $1 in
        redis | redis-* | sentinel-*) redis_port_of "$1" ;;
        gateway) echo "$gateway_port" && echo "$gateway_grpc_port" ;;
        prometheus) echo "$prometheus_port" ;;
        *)
            http_port "$(number_of "$1")" && grpc_port "$(number_of "$1")" && ops_port "$(number_of "$1")" \
                && link_port "$(number_of "$1")"
            ;;
    esac
}
