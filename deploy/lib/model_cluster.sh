# shellcheck shell=bash
# Builds and runs the checker of docs/model/cluster. Sourced by scripts/model, which sets $root and $folder.

cluster_runs=$root/docs/model/cluster/runs.txt

# cluster_names [SIZE]: the names of the runs, all or of that size.
cluster_names() {
    awk -v size="${1:-}" '!/^#/ && NF && (size == "" || $2 == size) { print $1 }' "$cluster_runs"
}

# cluster_bounds NAME: the run's bounds, or nothing.
cluster_bounds() {
    awk -v name="$1" '!/^#/ && $1 == name { $1 = $2 = ""; print }' "$cluster_runs"
}

# checker SHARDS: builds the checker for so many shards, if its sources are newer, and prints its path.
checker() {
    local sources=$root/docs/model/cluster binary=$root/.build/model/cluster-$1
    if [ ! -x "$binary" ] || [ -n "$(find "$sources" -newer "$binary" -name '*pp')" ]; then
        mkdir -p "${binary%/*}"
        nice -n 15 clang++ -std=c++20 -O2 -Wall -Wextra -Werror "-DSHARDS=$1" -o "$binary" "$sources/main.cpp"
    fi
    say "$binary"
}

# run_cluster NAME [RULE|BOUND=VALUE]: sets outcome to complete, cut, or the promise that is broken, and numbers.
run_cluster() {
    local status=0 shards=2 binary bounds change=()
    bounds=$(cluster_bounds "$1")
    case $bounds in *shards=3*) shards=3 ;; esac
    bounds=${bounds//shards=3/}
    binary=$(checker "$shards")
    case ${2:-} in
        '') ;;
        *=*) change=("$2") ;;
        *) change=(--without "$2") ;;
    esac
    # shellcheck disable=SC2086 # bounds are words
    nice -n 15 "$binary" $bounds "${change[@]}" "seconds=$seconds" --trace >"$folder/log" || status=$?
    [ "$status" -le 2 ] || die "the checker failed with $status: $(head -n 1 "$folder/log")"
    outcome=$(sed -n '1s/:.*//p' "$folder/log")
    numbers=$(sed -n '1s/^[^:]*: //p' "$folder/log")
}

cluster_trace() {
    sed 1d "$folder/log"
}
