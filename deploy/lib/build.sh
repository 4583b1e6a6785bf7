# shellcheck shell=bash
# Builds.

# swift_build OPTION...: `swift build` in the current folder, as quick as a cold build can be: a module at a time, without
# the index that editors ask for, and without debug information (a crash still names its functions). A build folder that has
# an index is a developer's, and keeps the developer's options: with other ones everything would be built anew.
swift_build() {
    local -a options=()
    if [ ! -d "$(swift build --show-bin-path)/index" ]; then
        options=(--disable-index-store -debug-info-format none)
        # The package manager expects an object per file, which a compiler of whole modules makes only with threads. It also
        # asks for batches, and the compiler would warn in each module that it makes none.
        options+=(-Xswiftc -whole-module-optimization -Xswiftc -num-threads -Xswiftc 1 -Xswiftc -disable-batch-mode)
        # A module's interface comes from the process that compiles it; one of its own would read and check everything again.
        options+=(-Xswiftc -no-emit-module-separately-wmo)
    fi
    swift build "${options[@]}" "$@"
}
