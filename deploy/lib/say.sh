# shellcheck shell=bash
# Output of the scripts: progress to stdout, errors to stderr.

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
