# shellcheck shell=bash
# Installs the Debian packages that are needed and missing.

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# need PACKAGE COMMAND|FILE: records the package as missing if there is no such command or file.
missing=()
need() {
    if [ "${2#/}" = "$2" ]; then command -v "$2" >/dev/null; else [ -e "$2" ]; fi || missing+=("$1")
}

install_missing() {
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || die "missing: ${missing[*]} (and there is no apt-get to install them with)"
    say "installing: ${missing[*]}"
    hold_services
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    release_services
    missing=()
}

# Debian starts a packaged server on installation. The scripts start their own servers, so they prevent that.
policy=/usr/sbin/policy-rc.d
held=false
traps=false
hold_services() {
    [ ! -e "$policy" ] || return 0
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
    held=true
    # Who has a trap of its own releases them there.
    [ -z "$(trap -p EXIT)" ] || return 0
    trap release_services EXIT
    traps=true
}

release_services() {
    [ "$held" = true ] || return 0
    as_root rm -f "$policy"
    held=false
    [ "$traps" = false ] || trap - EXIT
    traps=false
}

# The folders of system servers are not on every user's PATH.
PATH=$PATH:/usr/sbin:/sbin

need_toolchain() {
    command -v swift >/dev/null || die "there is no swift on the PATH: install a Swift 6.3 toolchain (https://swift.org/install)"
    need libhiredis-dev /usr/include/hiredis/hiredis.h
}
