# Sourced by scripts/test and scripts/try with $root set to the checkout.
# Leaves $python (3.11 or newer) and $uv (the one on PATH, else one of our own below .uv/).

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for python in python3.14 python3.13 python3.12 python3.11 python3 python; do
        if is_new_enough "$python"; then
            # Its full path: uv looks names up by rules of its own.
            python=$("$python" -c 'import sys; print(sys.executable)')
            return
        fi
    done
    # uv also knows the interpreters it installed itself, which are not on PATH.
    python=$(uv python find --no-python-downloads '>=3.11' 2>/dev/null) ||
        fail "Python 3.11 or newer is needed and none is on PATH: install one and run this again."
}

install_uv() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "$python cannot make environments: install uv, or its venv package (Debian, Ubuntu: apt install python3-venv)."
    "$python" -m venv --clear "$root/.uv/tool" &&
        "$root/.uv/tool/bin/python" -m pip install --quiet --disable-pip-version-check uv ||
        fail "uv could not be installed into $root/.uv: is a package index within reach?"
}

find_uv() {
    uv=uv
    if uv --version >/dev/null 2>&1; then return; fi
    uv=$root/.uv/tool/bin/uv
    if ! "$uv" --version >/dev/null 2>&1; then install_uv; fi
    PATH=$root/.uv/tool/bin:$PATH # nox calls it by name
    export PATH
}

find_python
# Without a home that can be written the cache stays in the checkout too.
if [ -z "${HOME:-}" ] || [ ! -w "$HOME" ]; then
    UV_CACHE_DIR=${UV_CACHE_DIR:-$root/.uv/cache}
    export UV_CACHE_DIR
fi
# An activated environment is somebody's own; everything here has its place below .uv/ and .nox/.
unset VIRTUAL_ENV UV_PYTHON
find_uv
