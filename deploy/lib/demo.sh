# shellcheck shell=bash
# The demo. Each step announces what it does, does it, shows the answer and checks it.

cluster_demo() {
    local name
    [ "$(node_count)" -ge 3 ] || die "the demo needs a cluster of three nodes (deploy/cluster up)"
    for name in $(all_services); do
        is_ready "$name" || die "$name is not ready (run deploy/cluster up)"
    done

    local node1 node2 node3 id cart
    node1=http://127.0.0.1:$(http_port 1) node2=http://127.0.0.1:$(http_port 2) node3=http://127.0.0.1:$(http_port 3)

    tell "A customer creates a cart at node 1. Node 1 owns it and keeps it in memory."
    request 201 '"lines":[]' -X POST "$node1/v1/carts"
    id=$(sed -n 's/.*"id":"\([^"]*\)".*/\1/p' <<<"$body")
    [ -n "$id" ] || die "the answer names no cart"
    cart=v1/carts/$id

    tell "She adds two packets of tea. Node 1 answers after Redis has stored the change."
    request 201 '"quantity":2' -X POST "$node1/$cart/lines" "${json[@]}" \
        -d '{"sku":"tea-100","name":"Green tea","quantity":2,"unitPrice":{"amount":450,"currency":"EUR"}}'

    tell "Node 1 is killed."
    command_line kill 1
    service_kill node-1

    tell "She asks node 2. It waits until the lease of node 1 has run out, and restores the cart from Redis."
    request_until 200 '"sku":"tea-100"' "$node2/$cart"

    tell "She adds a cup. Node 2 owns the cart now and changes it in memory."
    request 201 '"sku":"cup-1"' -X POST "$node2/$cart/lines" "${json[@]}" \
        -d '{"sku":"cup-1","name":"Cup","quantity":1,"unitPrice":{"amount":1200,"currency":"EUR"}}'

    tell "Node 2 is redeployed: it releases its carts and exits."
    command_line stop 2
    service_stop node-2

    tell "She asks node 3, which restores the cart at once. Two teas and a cup: 21.00 EUR."
    request 200 '"amount":2100' "$node3/$cart"

    tell "Both nodes return. Through the gateway she needs to know no node."
    command_line start 1
    service_start node-1 | tail -n 1
    command_line start 2
    service_start node-2 | tail -n 1
    await_ready 10 gateway
    request 200 '"amount":2100' "http://127.0.0.1:$gateway_port/$cart"

    say
    say "Done: the cart survived both nodes that owned it and lost nothing."
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

# show_command WORD...: prints the command line.
show_command() {
    local word
    printf '   $'
    for word in "$@"; do
        if [[ $word =~ ^[A-Za-z0-9:/._=-]+$ ]]; then printf ' %s' "$word"; else printf " '%s'" "$word"; fi
    done
    printf '\n'
}

# fetch ARGUMENTS...: sets status, server and body from the answer.
fetch() {
    local answer
    answer=$(curl -sS --max-time 10 -w '\n%{http_code} %header{cart-node}' "$@") || answer=$'\n000 '
    body=${answer%$'\n'*}
    read -r status server <<<"${answer##*$'\n'}" || true
}

show() {
    printf '   %s%s\n   %s\n' "$status" "${server:+ from $server}" "$body"
}

# request STATUS TEXT ARGUMENTS...: fails unless the answer has this status and its body contains this text.
request() {
    local expected=$1 text=$2
    shift 2
    show_command curl "$@"
    fetch "$@"
    show
    holds "$expected" "$text" || die "unexpected answer: expected $expected and $text"
}

holds() { [ "$status" = "$1" ] && [[ $body == *"$2"* ]]; }

# request_until STATUS TEXT ARGUMENTS...: the same, but retries for a while after 503 and 504.
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
    holds "$expected" "$text" || die "unexpected answer: expected $expected and $text"
}

# seconds_between FROM TO: the difference of two EPOCHREALTIMEs in seconds, without an external program.
seconds_between() {
    local from=${1/./} to=${2/./}
    printf '%d.%03d' $(((to - from) / 1000000)) $(((to - from) / 1000 % 1000))
}
