# shellcheck shell=bash
# Access to the docker engine and to docker compose or docker-compose.

find_compose() {
    docker info >/dev/null 2>&1 || die "no docker engine answers"
    if docker compose version >/dev/null 2>&1; then
        compose_command=(docker compose)
    elif command -v docker-compose >/dev/null; then
        compose_command=(docker-compose)
    else
        die "there is neither docker compose nor docker-compose"
    fi
}

# The files are those of COMPOSE_FILE, as compose itself has it, or docker-compose.yml.
# shellcheck disable=SC2154 # set by the script that sources this
compose() {
    if [ -n "${COMPOSE_FILE:-}" ]; then
        "${compose_command[@]}" "$@"
    else
        "${compose_command[@]}" --file "$root/docker-compose.yml" "$@"
    fi
}

# Finds the cluster's compose project, which labels its containers.
find_project() {
    project=${COMPOSE_PROJECT_NAME:-}
    [ -z "$project" ] || return 0
    local id
    id=$(compose ps --quiet gateway 2>/dev/null) || true
    [ -n "$id" ] || die "no cluster is running here (docker compose up --build starts one)"
    project=$(docker inspect --format '{{index .Config.Labels "com.docker.compose.project"}}' "$id")
}

# containers OPTION...: the running services of the cluster and their containers; with --all, also stopped ones.
containers() {
    docker ps --filter "label=com.docker.compose.project=$project" \
        --format '{{.Label "com.docker.compose.service"}} {{.ID}}' "$@" | sort
}

# container_of SERVICE: its container, running or not.
container_of() {
    local id
    id=$(containers --all --filter "label=com.docker.compose.service=$1" | cut -d ' ' -f 2)
    [ -n "$id" ] || die "there is no container of $1"
    echo "$id"
}

is_healthy() {
    [ "$(docker inspect --format '{{.State.Health.Status}}' "$(container_of "$1")")" = healthy ]
}

# await_healthy SECONDS SERVICE...
await_healthy() {
    local deadline=$((SECONDS + $1)) service
    shift
    for service in "$@"; do
        until is_healthy "$service"; do
            [ "$SECONDS" -lt "$deadline" ] || die "$service did not become healthy in time"
            sleep 0.2
        done
    done
}
