# shellcheck shell=bash
# Redis: one server; a primary with two replicas and three sentinels that watch them; or a Redis Cluster of three primaries
# with a replica each.

redis_port=6390
first_sentinel_port=26390
redis_servers=3
sentinels=3
cluster_primaries=3
cluster_servers=6

# The kind of the cluster's Redis: single, sentinel or cluster.
redis_kind() {
    # shellcheck disable=SC2154 # set by layout.sh
    if [ -f "$state/redis-kind" ]; then cat "$state/redis-kind"; else echo single; fi
}

redis_services() {
    local k
    case $(redis_kind) in
        single) echo redis ;;
        sentinel)
            for ((k = 1; k <= redis_servers; k++)); do echo "redis-$k"; done
            for ((k = 1; k <= sentinels; k++)); do echo "sentinel-$k"; done
            ;;
        cluster) for ((k = 1; k <= cluster_servers; k++)); do echo "redis-$k"; done ;;
    esac
}

is_redis_service() {
    local name
    for name in $(redis_services); do
        [ "$name" != "$1" ] || return 0
    done
    return 1
}

# The port of a server or sentinel.
redis_port_of() {
    case $1 in
        redis) echo "$redis_port" ;;
        redis-*) echo $((redis_port + ${1#redis-})) ;;
        sentinel-*) echo $((first_sentinel_port + ${1#sentinel-})) ;;
    esac
}

# What the nodes are given.
redis_url() {
    local k hosts=''
    case $(redis_kind) in
        single) echo "redis://127.0.0.1:$redis_port" ;;
        sentinel)
            for ((k = 1; k <= sentinels; k++)); do hosts+=,127.0.0.1:$(redis_port_of "sentinel-$k"); done
            echo "redis+sentinel://${hosts#,}/carts"
            ;;
        cluster)
            for ((k = 1; k <= cluster_primaries; k++)); do hosts+=,127.0.0.1:$(redis_port_of "redis-$k"); done
            echo "redis+cluster://${hosts#,}"
            ;;
    esac
}

# ask_redis NAME COMMAND...
ask_redis() {
    local port
    port=$(redis_port_of "$1")
    shift
    timeout 1 redis-cli -h 127.0.0.1 -p "$port" "$@" 2>/dev/null
}

is_redis_ready() {
    case $1 in
        sentinel-*) [[ $(ask_redis "$1" sentinel ckquorum carts) == OK* ]] ;;
        *)
            [ "$(ask_redis "$1" ping)" = PONG ] || return 1
            ! [ -f "$state/redis-formed" ] || [[ $(ask_redis "$1" cluster info) == *cluster_state:ok* ]]
            ;;
    esac
}

begin_redis_service() {
    case $1 in
        redis) begin_single_redis ;;
        redis-*) if [ "$(redis_kind)" = cluster ]; then begin_cluster_server "$1"; else begin_redis_server "$1"; fi ;;
        sentinel-*) begin_sentinel "$1" ;;
    esac
}

begin_single_redis() {
    mkdir -p "$state/redis/data"
    launch redis redis-server --bind 127.0.0.1 --port "$redis_port" --dir "$state/redis/data" --daemonize no \
        --save '' --appendonly yes --appendfsync everysec --maxmemory-policy noeviction
}

# The sentinels rewrite the file of a server when they give it another role.
begin_redis_server() {
    local file=$state/$1/redis.conf
    mkdir -p "$state/$1/data"
    if ! [ -f "$file" ]; then
        cat >"$file" <<END
bind 127.0.0.1
port $(redis_port_of "$1")
dir $state/$1/data
save ""
appendonly yes
appendfsync everysec
maxmemory-policy noeviction
min-replicas-to-write 1
min-replicas-max-lag 3
repl-diskless-sync-delay 0
END
        [ "$1" = redis-1 ] || echo "replicaof 127.0.0.1 $(redis_port_of redis-1)" >>"$file"
    fi
    launch "$1" redis-server "$file" --daemonize no
}

begin_cluster_server() {
    local file=$state/$1/redis.conf port
    port=$(redis_port_of "$1")
    mkdir -p "$state/$1/data"
    cat >"$file" <<END
bind 127.0.0.1
port $port
cluster-enabled yes
cluster-port $((port + 10000))
cluster-node-timeout 2000
cluster-require-full-coverage no
cluster-allow-reads-when-down no
dir $state/$1/data
save ""
appendonly yes
appendfsync everysec
maxmemory-policy noeviction
repl-diskless-sync-delay 0
END
    launch "$1" redis-server "$file" --daemonize no
}

# Makes a cluster of the servers, once, and waits until all of them know it.
form_redis_cluster() {
    local name k addresses=()
    if [ "$(redis_kind)" != cluster ] || [ -f "$state/redis-formed" ]; then return 0; fi
    for ((k = 1; k <= cluster_servers; k++)); do addresses+=("127.0.0.1:$(redis_port_of "redis-$k")"); done
    say "forming the Redis Cluster"
    redis-cli --cluster create "${addresses[@]}" --cluster-replicas $((cluster_servers / cluster_primaries - 1)) \
        --cluster-yes >"$state/redis-formed.log" 2>&1 || {
        tail -n 20 "$state/redis-formed.log" >&2
        die "the Redis Cluster cannot be formed"
    }
    touch "$state/redis-formed"
    # shellcheck disable=SC2046 # the names are words
    await_ready 30 $(redis_services)
}

begin_sentinel() {
    local file=$state/$1/sentinel.conf
    mkdir -p "$state/$1"
    if ! [ -f "$file" ]; then
        cat >"$file" <<END
bind 127.0.0.1
port $(redis_port_of "$1")
dir $state/$1
sentinel monitor carts 127.0.0.1 $(redis_port_of redis-1) 2
sentinel down-after-milliseconds carts 1000
sentinel failover-timeout carts 2000
sentinel parallel-syncs carts 1
END
    fi
    launch "$1" redis-server "$file" --sentinel --daemonize no
}
