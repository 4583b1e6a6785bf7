# shellcheck shell=bash
# Redis: one server, or a primary with two replicas and three sentinels that watch them.

redis_port=6390
first_sentinel_port=26390
redis_servers=3
sentinels=3

# The kind of the cluster's Redis: single or sentinel.
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
        *) [ "$(ask_redis "$1" ping)" = PONG ] ;;
    esac
}

begin_redis_service() {
    case $1 in
        redis) begin_single_redis ;;
        redis-*) begin_redis_server "$1" ;;
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
