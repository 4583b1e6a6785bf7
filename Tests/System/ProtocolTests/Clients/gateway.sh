#!/usr/bin/env bash
# HAProxy before some nodes, configured as in deploy/cluster: gateway.sh FILE HTTP GRPC NODE...
# Each NODE is HTTP:GRPC:OPERATIONS, the node's ports.
# shellcheck disable=SC2034 # what is set here is used by the configuration
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../../.." && pwd)
# shellcheck source=deploy/lib/gateway.sh
source "$root/deploy/lib/gateway.sh"
PATH=$PATH:/usr/sbin

file=$1 gateway_port=$2 gateway_grpc_port=$3 state=${1%/*}
nodes=("${@:4}")
part() { cut -d : -f "$2" <<<"${nodes[$1 - 1]}"; }
node_count() { echo "${#nodes[@]}"; }
http_port() { part "$1" 1; }
grpc_port() { part "$1" 2; }
ops_port() { part "$1" 3; }

gateway_configuration >"$file"
exec haproxy -db -f "$file"
