#!/bin/sh
# The one door to this project: makes .venv from hash-locked requirements, then does what is asked.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
venv=$root/.venv
python=$venv/bin/python

say_help() {
    cat <<'END'
Usage: sh dev.sh COMMAND [ARGUMENTS]

  demo    play a whole chat on this machine
  run     run the bot with your settings
  test    the quick tests (arguments go to pytest)
  check   format, lint, types, import rules, words: all of them, whatever fails
  bench   the measurements in tests/bench
  sim     simulated chats in which everything fails (--chats N --seed S)
  soak    100,000 of them, which takes hours
  lock    renew requirements*.lock from pyproject.toml (--upgrade: to the newest versions)
  help    this page
END
}

stop() {
    printf 'dev.sh: %s\n' "$2" >&2
    exit "$1"
}

# Say whether the Python called $1 is new enough and has the module $2.
suits() {
    "$1" -c "import sys, $2; sys.exit(sys.version_info < (3, 11))" >/dev/null 2>&1
}

# Print the first Python that can make a venv; Debian keeps ensurepip in a package of its own.
system_python() {
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if suits "$name" ensurepip; then
            echo "$name"
            return
        fi
    done
    stop 1 "needs Python 3.11 or newer with its venv module; on Debian or Ubuntu: apt install python3 python3-venv"
}

# A venv half made, or left behind by an older Python, is made anew.
make_venv() {
    if suits "$python" pip; then return; fi
    base=$(system_python)
    "$base" -m venv --clear "$venv"
}

# uv is ten times faster, but doesn't know pip's settings (a mirror, certificates): pip has the last word.
install() {
    if command -v uv >/dev/null && uv pip install --quiet --python "$python" "$@"; then return; fi
    "$python" -m pip install --quiet --disable-pip-version-check "$@"
}

# A stamp says which lock went in; a moved folder or a changed lock asks for a new install.
stamp() {
    { cat "$root/$1" "$root/pyproject.toml" && echo "$root"; } | cksum
}

is_ready() {
    [ "$(cat "$venv/$1.stamp" 2>/dev/null)" = "$(stamp "$1")" ] && "$python" -c '' 2>/dev/null
}

prepare() {
    if is_ready requirements-dev.lock || is_ready "$1"; then return; fi
    make_venv
    echo "dev.sh: installing $1 into .venv, once" >&2
    install --require-hashes --only-binary :all: -r "$root/$1"
    install --no-deps --no-build-isolation -e "$root"
    stamp "$1" >"$venv/$1.stamp"
}

# -P keeps the caller's folder off the import path: adapters/discord would hide the library.
bot() {
    prepare requirements.lock
    exec "$python" -P -m bot "$@"
}

run_tests() {
    prepare requirements-dev.lock
    cd "$root"
    exec "$python" -m pytest -n auto --dist worksteal -m "not slow" "$@"
}

check() {
    prepare requirements-dev.lock
    cd "$root"
    PATH=$venv/bin:$PATH
    failed=0
    ruff format --check . || failed=1
    ruff check . || failed=1
    mypy bot adapters || failed=1
    lint-imports --no-logo || failed=1
    python -m tests.check.words || failed=1
    return $failed
}

sim() {
    prepare requirements-dev.lock
    cd "$root"
    exec "$python" -m tests.sim "$@"
}

# Only uv writes a lock for every platform at once; without it, it is borrowed for this one job.
lock() {
    uv=$(command -v uv) || {
        borrowed=$(mktemp -d)
        trap 'rm -rf "$borrowed"' EXIT
        "$(system_python)" -m venv "$borrowed"
        "$borrowed/bin/python" -m pip install --quiet uv
        uv=$borrowed/bin/uv
    }
    cd "$root"
    # The runtime lock follows the larger one, so that going from one to the other changes no version.
    compile requirements-dev.lock --extra dev --extra postgres "$@"
    compile requirements.lock --constraints requirements-dev.lock "$@"
}

# The build backend is locked too: the project itself is built without isolation.
compile() {
    output=$1
    shift
    printf 'hatchling\neditables\n' | "$uv" pip compile --quiet --universal --python-version 3.11 \
        --generate-hashes --no-header --no-annotate --no-emit-index-url "$@" pyproject.toml - --output-file "$output"
}

command=${1:-help}
[ $# -eq 0 ] || shift
case $command in
    demo | run) bot "$command" "$@" ;;
    test) run_tests "$@" ;;
    check) check ;;
    bench) prepare requirements-dev.lock && cd "$root" && exec "$python" tests/bench/run.py "$@" ;;
    sim) sim "$@" ;;
    soak) sim --soak "$@" ;;
    lock) lock "$@" ;;
    help | -h | --help) say_help ;;
    *) say_help >&2 && stop 2 "there is no command $command" ;;
esac
