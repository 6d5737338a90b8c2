"""Real programs that a test starts on loopback, and ends by their process ids."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.demo.processes import free_port as free_port
from tools.demo.processes import unconfigured

START_S = 20.0
STOP_S = 10.0
RTP_PORTS = 1200


def wait_for(said: str, log: Path, process: "subprocess.Popen[bytes]") -> None:
    """Wait until ``process`` has written ``said``. Raises with its output if it ends first."""
    until = time.monotonic() + START_S
    while said not in log.read_text(errors="replace"):
        if process.poll() is not None or time.monotonic() > until:
            raise AssertionError(f"{process.args!r} did not say {said!r}:\n{log.read_text()}")
        time.sleep(0.02)


@contextmanager
def running(
    command: Sequence[str], log: Path, said: str, env: Mapping[str, str] | None = None
) -> "Iterator[subprocess.Popen[bytes]]":
    """Run a program from when it says that it is ready until the block ends."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            env={**unconfigured(), "PYTHONUNBUFFERED": "1", **(env or {})},
        )
    try:
        wait_for(said, log, process)
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"{command[0]} did not stop:\n{log.read_text()}") from None


@dataclass(frozen=True, slots=True)
class Node:
    """A ``sipagent serve`` of its own."""

    process: "subprocess.Popen[bytes]"
    port: int
    rtp_ports: tuple[int, int]
    data: Path
    log: Path

    @property
    def address(self) -> tuple[str, int]:
        return ("127.0.0.1", self.port)


@contextmanager
def node(
    folder: Path, module: str = "sipagent", config: Path | None = None, **settings: str
) -> Iterator[Node]:
    """Serve the demo tenant on a free port; ``settings`` are ``SECTION__NAME=value``.

    Without a ``config``, an empty file stands in for a ``sipagent.toml`` of the user's.
    """
    port, rtp = free_port(), 20000 + free_port() % 20000 // 2 * 2
    data = folder / "data"
    env = {
        "SIPAGENT_SIP__PORT": str(port),
        "SIPAGENT_DATA_DIR": str(data),
        "SIPAGENT_SIP__DRAIN_S": "5",
        "SIPAGENT_MEDIA__RTP_PORT_MIN": str(rtp),
        "SIPAGENT_MEDIA__RTP_PORT_MAX": str(rtp + RTP_PORTS - 1),
        **{f"SIPAGENT_{name}": value for name, value in settings.items()},
    }
    log = folder / "node.log"
    command = [sys.executable, "-m", module, "serve", "--config", str(config or os.devnull)]
    with running(command, log, "Ready.", env) as process:
        yield Node(process, port, (rtp, rtp + RTP_PORTS - 1), data, log)
