#!/usr/bin/env bash
# Makes .venv-models ready for the tests of engines that need PyTorch, which the base has not.
# Does nothing when it is ready already. Needs what deploy/setup.sh needs, and 2.5 GB of disk.
#
#   deploy/xtts/setup.sh
#
# A CPU build of torch is enough; which build pip finds is up to pip's own configuration.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly VENV=.venv-models
readonly PYTHON=${PYTHON:-python3}
readonly ENGINE=("coqui-tts" "torch" "six") # coqui-tts imports six and does not ask for it
readonly SUITE=(pydantic pydantic-settings structlog pyyaml pytest pytest-asyncio pytest-timeout)
# coqui-tts wants them present: the first for arithmetic alone, the second it never calls here,
# since sipagent reads recordings itself. Without their dependencies: they would bring their torch.
readonly BESIDE=(torchaudio torchcodec)
# FlagEmbedding imports what it trains with. Without their dependencies: those that are left out
# are for training and for models that sipagent does not run.
readonly RETRIEVAL=(FlagEmbedding accelerate datasets dill multiprocess pandas peft pyarrow xxhash)

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 2; }

fingerprint() {
    { cat deploy/xtts/setup.sh deploy/xtts/constraints.txt constraints.txt
      "$PYTHON" --version; pwd; } | sha256sum | cut -c1-16
}

imports() { "$VENV/bin/python" -W ignore -c "import $1" 2>/dev/null; }

# torchaudio's compiled part is built for CUDA and does not load beside a CPU build of torch. What
# XTTS uses of torchaudio is Python; without the compiled part it says so and goes on.
unbind_cuda() {
    imports torchaudio && return
    "$VENV/bin/python" -c 'import torch, sys; sys.exit(torch.version.cuda is not None)' ||
        fail "torchaudio does not load beside this torch; choose versions that belong together"
    rm -f "$VENV"/lib/python*/site-packages/torchaudio/lib/*.so
    imports torchaudio || fail "torchaudio does not load, with or without its compiled part"
    say "torchaudio: compiled part removed, it was built for CUDA"
}

want=$(fingerprint)
[ "$(cat "$VENV/.ready" 2>/dev/null)" = "$want" ] && exit 0
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$PYTHON is older than 3.11; set PYTHON to a newer one"
rm -f "$VENV/.ready"
[ -x "$VENV/bin/python" ] || "$PYTHON" -m venv "$VENV"
printf '*\n' >"$VENV/.gitignore"
export PIP_CONSTRAINT="constraints.txt deploy/xtts/constraints.txt"
pip=("$VENV/bin/python" -m pip --disable-pip-version-check --quiet)
say "PyTorch, coqui-tts and FlagEmbedding (some minutes, 2.5 GB)"
"${pip[@]}" install "${ENGINE[@]}" "${SUITE[@]}"
"${pip[@]}" install --no-deps "${BESIDE[@]}" "${RETRIEVAL[@]}"
unbind_cuda
imports TTS.tts.models.xtts || fail "coqui-tts does not import"
imports FlagEmbedding || fail "FlagEmbedding does not import"
printf '%s' "$want" >"$VENV/.ready"
say "ready"
