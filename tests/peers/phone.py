"""``sipagent call`` as a test's caller: runs it, and reads what it measured."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.peers.processes import Node


@dataclass(frozen=True, slots=True)
class Talk:
    """A call that was made: the phone's own result, and what it printed."""

    status: int
    result: dict[str, Any]
    printed: str
    wav: Path

    def said(self, who: str) -> list[dict[str, Any]]:
        utterances: list[dict[str, Any]] = self.result["utterances"]
        return [item for item in utterances if item["who"] == who]


class Phone:
    """One call in a process of its own, from its start to ``talk()``."""

    def __init__(
        self, node: Node, folder: Path, *steps: str, options: tuple[str, ...] = ()
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._json, self._wav = folder / "call.json", folder / "call.wav"
        command = [
            *(sys.executable, "-m", "sipagent", "call", "+97142000000", *steps),
            *("--server", f"127.0.0.1:{node.port}", *options),
            *("--json", str(self._json), "--wav", str(self._wav)),
        ]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def talk(self, timeout_s: float = 110) -> Talk:
        """Wait until the call has ended."""
        try:
            printed, _ = self._process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise AssertionError(f"the phone did not end: {self._process.communicate()}") from None
        assert self._json.is_file(), printed
        return Talk(
            self._process.returncode, json.loads(self._json.read_text()), printed, self._wav
        )
