# shellcheck shell=bash
# How the scripts talk: what they do to stdout, what is wrong to stderr.

say() {
    printf '%s\n' "$*"
}

warn() {
    printf '%s\n' "${0##*/}: $*" >&2
}

die() {
    warn "$@"
    exit 1
}
