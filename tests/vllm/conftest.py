"""A real vLLM server on loopback, for the tests beside this file: ``make test-vllm``.

``deploy/vllm/setup.sh`` makes its environment. Elsewhere these tests are not collected at all:
they need an install of 3.5 GB and a minute to start.
"""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2
import pytest

HERE: Final = Path(__file__).parent
WANTED: Final = "TEST_VLLM"
KEY: Final = "k3y"
MODEL: Final = "tiny"
HOST: Final = "127.0.0.1"
START_S: Final = 400.0
END_S: Final = 20.0
MAKE_S: Final = 200.0
RUNNING: Final = "vllm:num_requests_running{"
WAITING: Final = "vllm:num_requests_waiting{"

if WANTED not in os.environ:
    collect_ignore_glob = ["test_*.py"]


@dataclass(frozen=True, slots=True)
class Vllm:
    """The server's address, and what it says of itself."""

    port: int
    key: str = KEY
    model: str = MODEL

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/v1"

    @property
    def endless(self) -> dict[str, object]:
        """Random weights end a text by chance."""
        return {"ignore_eos": True}

    async def running(self) -> int:
        """How many requests run or wait."""
        async with httpx2.AsyncClient() as client:
            told = (await client.get(f"http://{HOST}:{self.port}/metrics")).text
        counts = (
            float(line.rpartition(" ")[2])
            for line in told.splitlines()
            if line.startswith((RUNNING, WAITING))
        )
        return round(sum(counts))


@pytest.fixture(scope="session")
def vllm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vllm]:
    """One server for all tests of a run."""
    folder = tmp_path_factory.mktemp("vllm")
    programs = Path(os.environ[WANTED]) / "bin"
    offline = {
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "VLLM_NO_USAGE_STATS": "1",
        "DO_NOT_TRACK": "1",
        "VLLM_CPU_KVCACHE_SPACE": "1",
        "VLLM_CPU_OMP_THREADS_BIND": "nobind",
        "OMP_NUM_THREADS": "1",
    }
    environment = {**os.environ, **offline}
    subprocess.run(
        [programs / "python", HERE / "tiny_model.py", folder / "model"],
        env=environment,
        check=True,
        timeout=MAKE_S,
        capture_output=True,
    )
    port = _free_port()
    command = [
        *(str(programs / "vllm"), "serve", str(folder / "model"), "--served-model-name", MODEL),
        *("--host", HOST, "--port", str(port), "--api-key", KEY),
        *("--enforce-eager", "--dtype", "float32", "--max-model-len", "4096"),
        *("--max-num-seqs", "16", "--enable-prompt-tokens-details"),
        *("--structured-outputs-config.backend", "xgrammar"),
        *("--structured-outputs-config.disable_any_whitespace", "true"),
        *("--enable-auto-tool-choice", "--tool-call-parser", "hermes"),
    ]
    with _served(command, environment, folder / "vllm.log", port):
        yield Vllm(port)


@pytest.fixture
def served(vllm: Vllm) -> Vllm:
    return vllm


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def _served(
    command: list[str], environment: Mapping[str, str], log: Path, port: int
) -> Iterator[None]:
    """The server while the block runs; nothing of its process group outlives it."""
    with log.open("wb") as output:
        child = subprocess.Popen(
            command, stdout=output, stderr=output, env=environment, start_new_session=True
        )
    try:
        _wait(child, port, log)
        yield
    finally:
        child.terminate()
        try:
            child.wait(END_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def _wait(child: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    """Until it answers; raises with the end of its log where it never does."""
    until = time.monotonic() + START_S
    while time.monotonic() < until and child.poll() is None:
        try:
            if httpx2.get(f"http://{HOST}:{port}/health", timeout=2).status_code == 200:
                return
        except httpx2.HTTPError:
            time.sleep(0.5)
    raise RuntimeError(f"vLLM did not start: {log.read_text(errors='replace')[-3000:]}")
