"""Nothing of this machine is told to the makers of its libraries."""

import os
import subprocess
import sys
from pathlib import Path

LOADS_THE_ENGINES = """
import sipagent
from sipagent.engines import load
from sipagent.media.vad import SileroVad, VadState
SileroVad(8000).probabilities([bytes(512)], [VadState(8000)])
load("transcriber", "whisper", {})
import onnxruntime, os
assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
"""


def test_the_engines_write_no_telemetry(tmp_path: Path) -> None:
    """onnxruntime keeps a device's id and a queue of events in the user's cache, and sends them."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    subprocess.run([sys.executable, "-c", LOADS_THE_ENGINES], env=environment, check=True)
    assert not [path for path in tmp_path.rglob("*") if "onnxruntime" in path.name]
