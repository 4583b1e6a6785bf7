# shellcheck shell=bash
# Builds the program of the load test and finds the cluster for it.

load_binary() {
    # shellcheck disable=SC2154 # set by whoever sources this
    echo "${CART_LOAD_BINARY:-$root/.build/release/cart-load}"
}

build_load() {
    if [ -n "${CART_LOAD_BINARY:-}" ]; then
        [ -x "$CART_LOAD_BINARY" ] || die "CART_LOAD_BINARY is not a program: $CART_LOAD_BINARY"
        return 0
    fi
    need_toolchain
    install_missing
    say "building cart-load in release mode (the first build takes some minutes)"
    (cd "$root" && swift build -c release --product cart-load)
}

asks_for_help() {
    case " $* " in *' --help '* | *' -h '* | *' help '*) return 0 ;; esac
    return 1
}

# names_target ARGUMENT...: succeeds if the command line names a target.
names_target() {
    local argument
    for argument in "$@"; do
        case $argument in
            --target | --target=* | --gateway | --gateway=*) return 0 ;;
        esac
    done
    return 1
}

# Prints the arguments that name the cluster of this checkout, one per line; nothing if it is not ready for load.
find_cluster() {
    local line service='"name":"([a-z0-9-]+)"' port='"http":([0-9]+)' found=false
    while read -r line; do
        [[ $line =~ $service ]] || continue
        found=true
        local name=${BASH_REMATCH[1]}
        [[ $line == *'"ready":true'* ]] || die "$name is not ready (run deploy/cluster up)"
        [[ $line =~ $port ]] || continue
        if [ "$name" = gateway ]; then echo --gateway; else echo --target; fi
        echo "http://127.0.0.1:${BASH_REMATCH[1]}"
    done < <("$root/deploy/cluster" status --json)
    [ "$found" = true ] || die "there is no cluster here: deploy/cluster up starts one, --target URL names another"
}
