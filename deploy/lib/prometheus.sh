# shellcheck shell=bash
# Prometheus beside the cluster, which scrapes every node: for whoever starts the cluster with --with-prometheus.

# shellcheck disable=SC2154 # layout.sh sets what is not set here

wants_prometheus() { [ -f "$state/with-prometheus" ]; }

need_prometheus() {
    command -v prometheus >/dev/null || command -v apt-get >/dev/null \
        || die "there is no prometheus on the PATH: take it from https://prometheus.io/download or from the package of your system"
    need prometheus prometheus
}

begin_prometheus() {
    mkdir -p "$state/prometheus"
    prometheus_configuration >"$state/prometheus/prometheus.yml"
    launch prometheus prometheus --config.file "$state/prometheus/prometheus.yml" \
        --storage.tsdb.path "$state/prometheus/data" --storage.tsdb.retention.time 1d \
        --web.listen-address "127.0.0.1:$prometheus_port" --log.level warn
}

# Succeeds if Prometheus runs with an outdated configuration.
prometheus_is_outdated() {
    is_running prometheus && ! prometheus_configuration | cmp --silent - "$state/prometheus/prometheus.yml"
}

# Prints the configuration: that of the folder, with the rules where they are and all nodes of the cluster.
prometheus_configuration() {
    local k targets=''
    for ((k = 1; k <= $(node_count); k++)); do targets+="${targets:+, }127.0.0.1:$(ops_port "$k")"; done
    sed -e "s|alerts\.yml|$root/deploy/observability/alerts.yml|" -e "s|targets: \[.*\]|targets: [$targets]|" \
        "$root/deploy/observability/prometheus.yml"
}
