# shellcheck shell=bash
# Starting and stopping the whole cluster.

cluster_up() {
    local count
    count=$(node_count)
    local wanted=$((count > 0 ? count : 3)) with_prometheus=false kind
    kind=$(redis_kind)
    while [ $# -gt 0 ]; do
        case $1 in
            --with-prometheus) with_prometheus=true ;;
            --redis=*) kind=${1#*=} ;;
            --redis) kind=${2:-} && shift $(($# > 1)) ;;
            --nodes=*) wanted=${1#*=} ;;
            --nodes) wanted=${2:-} && shift $(($# > 1)) ;;
            *) die "unknown option: $1" ;;
        esac
        shift
    done
    if ! [[ $wanted =~ ^[1-9][0-9]?$ ]] || [ "$wanted" -gt "$most_nodes" ]; then
        die "--nodes is a number from 1 to $most_nodes, not '$wanted'"
    fi
    [[ $kind =~ ^(single|sentinel|cluster)$ ]] || die "--redis is single, sentinel or cluster, not '$kind'"
    if [ "$count" -gt 0 ] && [ "$kind" != "$(redis_kind)" ]; then
        die "the cluster has another kind of Redis, $(redis_kind) (deploy/cluster down stops it)"
    fi
    [ "$wanted" -ge "$count" ] || die "the cluster has $count nodes already (deploy/cluster down stops them)"

    need redis-server redis-server
    need haproxy haproxy
    need curl curl
    if [ "$with_prometheus" = true ] || wants_prometheus; then need_prometheus; fi
    [ -n "${CART_NODE_BINARY:-}" ] || need_toolchain
    install_missing
    build_node
    prepare_state "$wanted" "$kind"
    if [ "$with_prometheus" = true ]; then touch "$state/with-prometheus"; fi
    up_services
    show_addresses
}

build_node() {
    if [ -n "${CART_NODE_BINARY:-}" ]; then
        [ -x "$CART_NODE_BINARY" ] || die "CART_NODE_BINARY is not a program: $CART_NODE_BINARY"
        return 0
    fi
    say "building cart-node in release mode (the first build takes some minutes)"
    (cd "$root" && swift build -c release --product cart-node)
}

prepare_state() {
    mkdir -p "$state"
    chmod 700 "$state"
    echo "$2" >"$state/redis-kind"
    echo "$1" >"$state/nodes"
    [ -s "$state/secret" ] || (umask 077 && od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$state/secret")
}

up_services() {
    local name
    for name in $(all_services); do
        if is_paused "$name"; then service_resume "$name"; fi
        # Restart what does not know all nodes.
        if [ "$name" = gateway ] && gateway_is_outdated; then service_stop gateway; fi
        if [ "$name" = prometheus ] && prometheus_is_outdated; then service_stop prometheus; fi
        if is_node "$name"; then form_redis_cluster; fi
        if ! is_running "$name"; then
            say "starting $name"
            begin "$name"
        fi
        # Sentinels know each other only after a while, and nodes wait for them.
        case $name in redis*) await_ready 30 "$name" ;; esac
    done
    # shellcheck disable=SC2046 # the names are words
    await_ready 60 $(all_services)
}

show_addresses() {
    local k
    say
    say "The cluster is ready."
    say "  gateway  http://127.0.0.1:$gateway_port   gRPC 127.0.0.1:$gateway_grpc_port"
    for ((k = 1; k <= $(node_count); k++)); do
        say "  node $k   http://127.0.0.1:$(http_port "$k")   gRPC 127.0.0.1:$(grpc_port "$k")   operations http://127.0.0.1:$(ops_port "$k")"
    done
    say "  redis    $(redis_url)"
    ! wants_prometheus || say "  metrics  http://127.0.0.1:$prometheus_port   (Prometheus)"
    cat <<END

Try it:
  curl -i -X PUT http://127.0.0.1:$gateway_port/v1/carts/my-first-cart
  curl -s -X POST http://127.0.0.1:$gateway_port/v1/carts/my-first-cart/lines -H 'Content-Type: application/json' \\
       -d '{"sku": "tea-100", "quantity": 2, "unitPrice": {"amount": 450, "currency": "EUR"}, "name": "Green tea"}'
  deploy/cluster kill 1
  curl -i http://127.0.0.1:$gateway_port/v1/carts/my-first-cart

  deploy/cluster demo     shows a longer example
  deploy/cluster status   shows the services
  deploy/cluster down     stops the cluster and removes its files
END
}

cluster_down() {
    local name
    [ $# -eq 0 ] || die "unknown option: $1"
    [ -d "$state" ] || {
        say "there is no cluster here"
        return 0
    }
    end_all gateway
    # shellcheck disable=SC2046 # the names are words
    end_all $(all_nodes)
    # shellcheck disable=SC2046 # the names are words
    end_all $(redis_services | tac) prometheus
    rm -rf "$state"
    say "the cluster is stopped and its files are removed"
}

# end_all NAME...: asks all of them at once to end, and kills those that do not.
end_all() {
    local name
    for name in "$@"; do
        is_running "$name" || continue
        say "stopping $name"
        # A paused process handles the signal only after it resumes; a process that has ended needs neither.
        { send TERM "$name" && send CONT "$name"; } || true
    done
    for name in "$@"; do
        await_end "$name" 60 && continue
        warn "$name did not end in time and is killed"
        send KILL "$name" || true
        await_end "$name" 10 || die "$name cannot be stopped; its files stay in $state"
    done
}
