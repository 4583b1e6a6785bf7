#!/usr/bin/env bash
# The AWS retail store's cart API by curl, row by row: retail.sh BASE
set -euo pipefail
base=$1
json='Content-Type: application/json'

# expect STATUS BODY ARGUMENTS...: BODY is compared where it is not "-".
expect() {
    local status=$1 body=$2 answer
    shift 2
    answer=$(curl -sS --max-time 5 -w '\n%{http_code}' "$@")
    if [ "${answer##*$'\n'}" != "$status" ] || { [ "$body" != - ] && [ "${answer%$'\n'*}" != "$body" ]; }; then
        echo "curl $*: expected $status $body, got $answer" >&2
        exit 1
    fi
}

expect 200 '{"customerId":"c 1","items":[]}' "$base/carts/c%201"
expect 200 '[]' "$base/carts/c%201/items"
expect 404 - "$base/carts/c%201/items/x"
expect 201 '{"itemId":"x","quantity":2,"unitPrice":150}' -H "$json" -d '{"itemId":"x","quantity":2,"unitPrice":150}' "$base/carts/c%201/items"
expect 201 '{"itemId":"x","quantity":5,"unitPrice":150}' -H "$json" -d '{"itemId":"x","quantity":3,"unitPrice":150}' "$base/carts/c%201/items"
expect 200 '{"itemId":"x","quantity":5,"unitPrice":150}' "$base/carts/c%201/items/x"
expect 202 '' -X PATCH -H "$json" -d '{"itemId":"x","quantity":1,"unitPrice":99}' "$base/carts/c%201/items"
expect 200 '{"customerId":"c 1","items":[{"itemId":"x","quantity":1,"unitPrice":99}]}' "$base/carts/c%201"
expect 202 '' -X DELETE "$base/carts/c%201/items/x"
expect 200 '[]' "$base/carts/c%201/items"
expect 201 - -H "$json" -d '{"itemId":"y","quantity":1,"unitPrice":1}' "$base/carts/c%201/items"
expect 202 '{"customerId":"c 1","items":[]}' -X DELETE "$base/carts/c%201"
expect 200 '{"customerId":"c 1","items":[]}' "$base/carts/c%201"
expect 422 - -H "$json" -d '{"itemId":"y","quantity":0}' "$base/carts/c%201/items"
expect 405 - -X PUT "$base/carts/c%201"
expect 201 - -H "$json" -d '{"itemId":"z","quantity":2,"unitPrice":7}' "$base/carts/guest/items"
for quantity in 2 3; do
    expect 202 '' "$base/carts/c%201/merge?sessionId=guest"
    expect 202 '' "$base/carts/c%201/merge?sessionId=guest"
    expect 200 '[{"itemId":"z","quantity":'$quantity',"unitPrice":7}]' "$base/carts/c%201/items"
    expect 200 '[]' "$base/carts/guest/items"
    expect 201 - -H "$json" -d '{"itemId":"z","quantity":1,"unitPrice":7}' "$base/carts/guest/items"
done
expect 422 - "$base/carts/c%201/merge"
echo "all of it holds"
# The probes of the shop's charts.
expect 200 '{"status":"UP"}' "$base/actuator/health/liveness"
expect 200 '{"status":"UP"}' "$base/actuator/health/readiness"
expect 200 '{"status":"UP","groups":["liveness","readiness"]}' "$base/actuator/health"
expect 200 '{"persistenceProvider":"redis","dynamodbTable":"N/A","dynamodbEndpoint":"N/A"}' "$base/topology"
expect 200 - --head "$base/actuator/health/readiness"
expect 200 '' -X OPTIONS "$base/actuator/health/readiness"
