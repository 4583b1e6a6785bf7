# shellcheck shell=bash
# Builds.

# swift_build OPTION...: `swift build` in the current folder. The index that editors ask for takes a tenth of a debug build's
# time: a build folder that has none does without.
swift_build() {
    local -a options=()
    [ -d "$(swift build --show-bin-path)/index" ] || options=(--disable-index-store)
    swift build "${options[@]}" "$@"
}
