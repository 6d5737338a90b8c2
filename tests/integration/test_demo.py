"""``make demo`` as a person runs it: two whole calls with Kamailio and baresip as the desk."""

import json
import os
import subprocess
import sys
import wave
from pathlib import Path
from typing import Final

import numpy as np
import pytest

ROOT: Final = Path(__file__).parents[2]
CALLS: Final = ("english", "arabic")
SOUND: Final = 500  # what no silence and no codec noise reaches, of 32767
PNG: Final = b"\x89PNG\r\n\x1a\n"


@pytest.mark.timeout(300)
def test_the_demo_makes_two_calls_and_leaves_their_files(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.demo"],
        cwd=ROOT,
        env={**os.environ, "OUTPUT": str(tmp_path), "ASK": ""},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    received = [_received(call) for call in done.stdout.split("\n— A call in ")[1:]]
    assert len(received) == len(CALLS)
    tokens = {_token(headers) for headers in received}
    assert len(tokens) == len(CALLS)
    for name in CALLS:
        _both_are_heard(tmp_path / f"{name}.wav")
        assert (tmp_path / f"{name}.png").read_bytes().startswith(PNG)
        lines = (tmp_path / f"{name}.jsonl").read_text(encoding="utf-8").split("\n")
        events = [json.loads(line) for line in lines if line]
        assert events[0]["event"] == "Ringing"
        assert (events[-1]["event"], events[-1]["code"]) == ("Ended", "transferred")


def _received(call: str) -> dict[str, str]:
    """The headers that the softphone is said to have received in a call."""
    _, _, after = call.partition("The supervisor's softphone received\n")
    shown, _, _ = after.partition("Measured on RTP")
    return dict(line.strip().split(": ", 1) for line in shown.splitlines())


def _token(headers: dict[str, str]) -> str:
    """The token, which stands in all three places."""
    token = headers["X-Sipagent-Token"]
    assert len(token) == 32
    assert headers["Request-URI"].startswith("sip:desk@127.0.0.1:")
    assert f"desk+{token}@" in headers["To"]
    assert headers["User-to-User"] == f"00{token.encode().hex()};encoding=hex"
    assert "+97142000000" in headers["Referred-By"]
    return token


def _both_are_heard(path: Path) -> None:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 8000)
        stereo = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    assert len(stereo) > 10 * 8000
    for channel in stereo.T:
        seconds = channel[: len(channel) // 8000 * 8000].reshape(-1, 8000)
        assert (np.abs(seconds).max(axis=1) > SOUND).sum() >= 3
