# shellcheck shell=bash
# The gateway: HAProxy in front of all nodes.

begin_gateway() {
    mkdir -p "$state/gateway"
    gateway_configuration >"$state/gateway/haproxy.cfg"
    launch gateway haproxy -db -f "$state/gateway/haproxy.cfg"
}

# Succeeds if the gateway runs with an outdated configuration.
gateway_is_outdated() {
    is_running gateway && ! gateway_configuration | cmp --silent - "$state/gateway/haproxy.cfg"
}

# Prints the configuration.
gateway_configuration() {
    local k
    cat <<END
global
    log stdout format raw local0 notice
    maxconn 8192

defaults
    mode http
    log global
    option dontlog-normal
    timeout connect 1s
    timeout client 30s
    timeout http-request 10s
    timeout http-keep-alive 30s
    timeout check 500ms
    timeout queue 2s
    # The node's own deadline of a request is 2 s: a node that is silent for longer will not answer.
    timeout server 5s

frontend carts
    bind 127.0.0.1:$gateway_port
    monitor-uri /gateway/health
    monitor fail if { nbsrv(nodes) lt 1 }
    default_backend nodes

backend nodes
    # /v1/carts/ID/...: the same cart goes to the same node as long as that node is ready; requests without an id are distributed.
    balance hash path,field(4,/)
    hash-type consistent sdbm avalanche
    option forwardfor

    # A node that is not ready gets no new requests. A draining node still answers the requests that it has.
    option httpchk
    http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host readyz
    http-check expect status 200
    default-server inter 250ms fall 1 rise 1

    # A failed connection carried no request: try another node at once. A request without an answer may have been applied:
    # only requests that change nothing are repeated.
    option redispatch 1
    retries 3
    retry-on conn-failure empty-response
    http-request disable-l7-retry unless METH_GET

    # Like the nodes, every 5xx of the gateway states the outcome of the request. 503: no node was reached.
    http-error status 502 content-type application/problem+json hdr Retry-After 1 string '{"type":"urn:cart-node:problem:gateway-no-answer","title":"A node closed the connection","status":502,"detail":"the node ended while it processed the request","outcome":"unknown"}'
    http-error status 503 content-type application/problem+json hdr Retry-After 1 string '{"type":"urn:cart-node:problem:gateway-no-node","title":"No node is ready","status":503,"detail":"no node accepted the request","outcome":"not-applied"}'
    http-error status 504 content-type application/problem+json hdr Retry-After 1 string '{"type":"urn:cart-node:problem:gateway-timeout","title":"A node did not answer","status":504,"detail":"the node received the request and did not answer in time","outcome":"unknown"}'

END
    for ((k = 1; k <= $(node_count); k++)); do
        echo "    server node-$k 127.0.0.1:$(http_port "$k") check addr 127.0.0.1 port $(ops_port "$k")"
    done
    cat <<END

# gRPC is balanced by connection, not by call: in HTTP/2 mode HAProxy answers REFUSED_STREAM ("never begun") for calls of a
# node that broke off. Clients then repeat the calls although the node may have applied them (docs/decisions/0032).
frontend calls
    mode tcp
    bind 127.0.0.1:$gateway_grpc_port
    timeout client 1h
    default_backend callees

backend callees
    mode tcp
    balance leastconn
    option httpchk
    http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host readyz
    http-check expect status 200
    default-server inter 250ms fall 1 rise 1
    # A watch (grpc.health.v1) is silent as long as nothing changes; a node announces the end of its connections.
    timeout server 1h
    option redispatch 1
    retries 3

END
    for ((k = 1; k <= $(node_count); k++)); do
        echo "    server node-$k 127.0.0.1:$(grpc_port "$k") check addr 127.0.0.1 port $(ops_port "$k")"
    done
}
