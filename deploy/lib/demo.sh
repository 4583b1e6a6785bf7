# shellcheck shell=bash
# The story, told step by step. Each step says what it does, does it, shows the answer and checks it.

cluster_demo() {
    local name
    [ "$(node_count)" -ge 3 ] || die "the story needs a cluster of three nodes (deploy/cluster up)"
    for name in $(all_services); do
        is_ready "$name" || die "$name is not ready (deploy/cluster up makes it so)"
    done

    local node1 node2 node3 id cart
    node1=http://127.0.0.1:$(http_port 1) node2=http://127.0.0.1:$(http_port 2) node3=http://127.0.0.1:$(http_port 3)

    tell "A customer gets a cart, from node 1. From now on it lives in node 1's memory."
    request 201 '"lines":[]' -X POST "$node1/v1/carts"
    id=$(sed -n 's/.*"id":"\([^"]*\)".*/\1/p' <<<"$body")
    [ -n "$id" ] || die "the answer names no cart"
    cart=v1/carts/$id

    tell "She puts two packets of tea into it. Node 1 answers when Redis has the change too."
    request 201 '"quantity":2' -X POST "$node1/$cart/lines" "${json[@]}" \
        -d '{"sku":"tea-100","name":"Green tea","quantity":2,"unitPrice":{"amount":450,"currency":"EUR"}}'

    tell "Node 1 dies without a word."
    command_line kill 1
    service_kill node-1

    tell "She asks node 2. It waits until nobody can still believe that node 1 owns the cart, and restores it from Redis."
    request_until 200 '"sku":"tea-100"' "$node2/$cart"

    tell "She adds a cup. Node 2 owns the cart now, and changes it in its own memory."
    request 201 '"sku":"cup-1"' -X POST "$node2/$cart/lines" "${json[@]}" \
        -d '{"sku":"cup-1","name":"Cup","quantity":1,"unitPrice":{"amount":1200,"currency":"EUR"}}'

    tell "Node 2 is redeployed: it hands its carts over and leaves in order."
    command_line stop 2
    service_stop node-2

    tell "She asks node 3, which has everything, at once. Two teas and a cup: 21.00 EUR."
    request 200 '"amount":2100' "$node3/$cart"

    tell "The two nodes come back. Through the gateway she never needed to know any of this."
    command_line start 1
    service_start node-1 | tail -n 1
    command_line start 2
    service_start node-2 | tail -n 1
    await_ready 10 gateway
    request 200 '"amount":2100' "http://127.0.0.1:$gateway_port/$cart"

    say
    say "That was the story: the cart has outlived both nodes that it lived on, and lost nothing."
}

json=(-H 'Content-Type: application/json')
chapter=0
tell() {
    chapter=$((chapter + 1))
    printf '\n%d. %s\n' "$chapter" "$*"
}

command_line() {
    show_command deploy/cluster "$@"
    printf '   '
}

# show_command WORD...: as one would type it.
show_command() {
    local word
    printf '   $'
    for word in "$@"; do
        if [[ $word =~ ^[A-Za-z0-9:/._=-]+$ ]]; then printf ' %s' "$word"; else printf " '%s'" "$word"; fi
    done
    printf '\n'
}

# fetch ARGUMENTS...: sets status, server and body of the answer.
fetch() {
    local answer
    answer=$(curl -sS --max-time 10 -w '\n%{http_code} %header{cart-node}' "$@") || answer=$'\n000 '
    body=${answer%$'\n'*}
    read -r status server <<<"${answer##*$'\n'}" || true
}

show() {
    printf '   %s%s\n   %s\n' "$status" "${server:+ from $server}" "$body"
}

# request STATUS TEXT ARGUMENTS...: the answer must have this status, and its body this text.
request() {
    local expected=$1 text=$2
    shift 2
    show_command curl "$@"
    fetch "$@"
    show
    holds "$expected" "$text" || die "that is not as told: expected $expected and $text"
}

holds() { [ "$status" = "$1" ] && [[ $body == *"$2"* ]]; }

# request_until STATUS TEXT ARGUMENTS...: the same, asked again for a while where the answer is "not yet".
request_until() {
    local expected=$1 text=$2 began=$EPOCHREALTIME deadline=$((SECONDS + 20))
    shift 2
    show_command curl "$@"
    fetch "$@"
    while [[ $status =~ ^50[34]$ ]] && [ "$SECONDS" -lt "$deadline" ]; do
        sleep 0.1
        fetch "$@"
    done
    show
    printf '   (after %.1f s)\n' "$(seconds_between "$began" "$EPOCHREALTIME")"
    holds "$expected" "$text" || die "that is not as told: expected $expected and $text"
}

# Seconds between two times, without a calculator.
seconds_between() {
    local from=${1/./} to=${2/./}
    printf '%d.%03d' $(((to - from) / 1000000)) $(((to - from) / 1000 % 1000))
}
