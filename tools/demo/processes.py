"""Programs that the demo starts, and ends again whatever happens. Knows none of them by name."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sipagent.config import ENV_PREFIX

HOST: Final = "127.0.0.1"
READY_S: Final = 60.0
TERM_S: Final = 6.0
POLL_S: Final = 0.05

Process = subprocess.Popen[bytes]


class DemoFailed(Exception):
    """The demo cannot go on; the message says why, in one line."""


def program(name: str) -> str:
    """The path of an installed program; daemons often lie outside a user's PATH."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if found is None:
        raise DemoFailed(f"{name} is not installed; run: make peers")
    return found


def free_port() -> int:
    """A UDP port that nobody has, and nobody asked for since."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def unconfigured() -> dict[str, str]:
    """The environment without the settings of the user's own node."""
    return {
        name: value for name, value in os.environ.items() if not name.upper().startswith(ENV_PREFIX)
    }


@contextmanager
def running(
    command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[Process]:
    """A child in its own process group, its output in ``log``; ended on the way out."""
    with log.open("wb") as output:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**unconfigured(), **(environment or {})},
            start_new_session=True,
        )
    try:
        yield child
    finally:
        end(child)


def end(child: Process) -> None:
    """SIGTERM, then SIGKILL to whatever is left of the child's own group."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(TERM_S)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def wait_for_sip(name: str, port: int, child: Process, log: Path) -> None:
    """Until OPTIONS is answered, by whatever status. Raises ``DemoFailed``."""
    until = time.monotonic() + READY_S
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((HOST, 0))
        probe.connect((HOST, port))
        probe.settimeout(POLL_S)
        for count in range(1 << 30):
            if child.poll() is not None:
                raise DemoFailed(f"{name} ended with status {child.returncode}: {_last(log)}")
            if time.monotonic() > until:
                raise DemoFailed(f"{name} does not answer on UDP port {port}; see {log}")
            try:
                probe.send(_options(port, probe.getsockname()[1], count))
                if probe.recv(4096).startswith(b"SIP/2.0 "):
                    return
            except OSError:  # nobody listens yet, or nothing came in time
                time.sleep(POLL_S)


def _options(port: int, own_port: int, count: int) -> bytes:
    lines = (
        f"OPTIONS sip:{HOST}:{port} SIP/2.0",
        f"Via: SIP/2.0/UDP {HOST}:{own_port};branch=z9hG4bK-probe-{count};rport",
        "Max-Forwards: 10",
        f"From: <sip:probe@{HOST}>;tag=probe",
        f"To: <sip:probe@{HOST}>",
        f"Call-ID: probe-{own_port}-{count}",
        "CSeq: 1 OPTIONS",
        "Content-Length: 0",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _last(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "no output")
