# shellcheck shell=bash
# Carts that a test writes to. Each has one line, whose quantity is the number of the latest round. They show when all carts
# are writable again and that reads return the last write.

canaries=24
round=1

# canary CART METHOD PATH BODY: sets status and answer.
# shellcheck disable=SC2154 # set by the script that sources this
canary() {
    answer=$(curl -sS --max-time 3 -w '\n%{http_code}' -X "$2" "$gateway/v1/carts/$1$3" \
        -H 'Content-Type: application/json' ${4:+-d "$4"} 2>/dev/null) || true
    status=${answer##*$'\n'} answer=${answer%$'\n'*}
}

make_canaries() {
    local k
    for ((k = 1; k <= canaries; k++)); do
        canary "canary-$k" PUT ''
        [ "$status" = 201 ] || die "canary $k was not created: $status $answer"
        canary "canary-$k" POST /lines '{"sku":"seed","name":"Seed","quantity":1,"unitPrice":{"amount":1,"currency":"EUR"}}'
        [ "$status" = 201 ] || die "canary $k has no line: $status $answer"
    done
}

# await_writable FROM LIMIT: sets recovery, the seconds from FROM (an EPOCHREALTIME) until every canary was written.
await_writable() {
    local from=${1/./} limit=$2 k now
    round=$((round + 1))
    for ((k = 1; k <= canaries; k++)); do
        while true; do
            canary "canary-$k" PATCH /lines/1 "{\"quantity\":$round}"
            now=${EPOCHREALTIME/./}
            [ "$status" != 200 ] || break
            [ $((now - from)) -lt $(((limit + 20) * 1000000)) ] || die "canary $k is still not writable: $status $answer"
            sleep 0.1
        done
    done
    # shellcheck disable=SC2034 # read by the script that sources this
    recovery=$(printf '%d.%d' $(((now - from) / 1000000)) $(((now - from) / 100000 % 10)))
    [ $((now - from)) -le $((limit * 1000000)) ]
}

# Succeeds if each canary has its last written quantity.
canaries_are_kept() {
    local k
    for ((k = 1; k <= canaries; k++)); do
        canary "canary-$k" GET ''
        if [ "$status" != 200 ] || [[ $answer != *"\"totals\":{\"lines\":1,\"quantity\":$round,"* ]]; then
            warn "canary $k should have quantity $round: $status $answer"
            return 1
        fi
    done
}
