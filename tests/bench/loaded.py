"""100 live G.711 calls: what they cost, how even their packets are, how fast they are set up."""

import sys
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.bench.gaps import captured
from tests.bench.load import ROOM_DBFS, crowd, percentile
from tests.bench.process import cost
from tests.bench.report import Row
from tests.peers.processes import RTP_PORTS, free_port, node, running

CALLS, RATE, WINDOW_S = 100, 20, 20.0
STREET_DBFS = -42.0  # louder than the gate before the VAD lets pass unheard
LONG = "Our branches are open from 8 in the morning to 5 in the evening on working days. " * 8


@dataclass(frozen=True, slots=True)
class Load:
    """What 100 calls did to one answerer."""

    cpu_ms: float
    gap_ms: float
    largest_ms: float
    jitter_ms: float
    set_up_ms: float
    memory_mib: float


@dataclass(frozen=True, slots=True)
class Answerer:
    pid: int
    address: tuple[str, int]
    rtp_ports: tuple[int, int]


@contextmanager
def our_node(folder: Path, module: str = "sipagent") -> Iterator[Answerer]:
    """A node whose greeting lasts through the measurement."""
    folder.mkdir(parents=True, exist_ok=True)
    knowledge = Path(__file__).parent.parent.parent / "kb" / "demo"
    config = folder / "sipagent.toml"
    config.write_text(
        '[[tenants]]\nname = "bench"\nnumbers = ["+97142000000"]\nlanguages = ["en"]\n'
        f'knowledge = "{knowledge}"\ndesk = "sip:desk@127.0.0.1:5070"\n'
        f'[tenants.greeting]\nen = "{LONG}"\n'
    )
    with node(folder, module, config) as served:
        yield Answerer(served.process.pid, served.address, served.rtp_ports)


@contextmanager
def plain(folder: Path) -> Iterator[Answerer]:
    """The plain pjsua2 answerer, playing tones that last as long."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "prompt.wav"
    with wave.open(str(file), "wb") as prompt:
        prompt.setnchannels(1)
        prompt.setsampwidth(2)
        prompt.setframerate(8000)
        time_s = np.arange(8000 * 20) / 8000
        voice = 8000 * np.sin(2 * np.pi * 220 * time_s) * np.sin(2 * np.pi * 3 * time_s)
        prompt.writeframes(voice.astype("<i2").tobytes())
    port, rtp = free_port(), 20000 + free_port() % 20000 // 2 * 2
    command = [sys.executable, "-m", "tests.bench.plain_answerer", str(port), str(rtp), str(file)]
    with running(command, folder / "plain.log", "Ready.") as process:
        yield Answerer(process.pid, ("127.0.0.1", port), (rtp, rtp + RTP_PORTS))


def measure(answerer: Answerer, folder: Path, noise_dbfs: float = ROOM_DBFS) -> Load:
    """Put 100 calls on it and watch 20 s of them."""
    time.sleep(1.0)
    idle = cost(answerer.pid)
    callers = crowd(
        folder,
        answerer.address,
        calls=CALLS,
        rate=RATE,
        seconds=CALLS / RATE + WINDOW_S + 6,
        noise_dbfs=noise_dbfs,
    )
    time.sleep(CALLS / RATE + 2)
    with captured(folder, answerer.rtp_ports) as gaps:
        before = cost(answerer.pid)
        time.sleep(WINDOW_S)
        after = cost(answerer.pid)
    callers.wait(60)
    return Load(
        cpu_ms=1000 * (after.cpu_s - before.cpu_s) / (after.at_s - before.at_s) / CALLS,
        gap_ms=percentile(gaps.ms, 99.9),
        largest_ms=max(gaps.ms),
        jitter_ms=gaps.jitter_ms,
        set_up_ms=percentile(callers.set_up_ms(), 95),
        memory_mib=(after.rss_kib - idle.rss_kib) / 1024 / CALLS,
    )


def loaded(folder: Path) -> list[Row]:
    with plain(folder / "plain") as answerer:
        base = measure(answerer, folder / "plain")
    with our_node(folder / "node") as answerer:
        ours = measure(answerer, folder / "node")
    with our_node(folder / "street") as answerer:
        street = measure(answerer, folder / "street", STREET_DBFS)
    with our_node(folder / "busy", "tests.bench.busy_node") as answerer:
        busy = measure(answerer, folder / "busy")
    return [
        Row("CPU per call-second, 100 calls", "ms", ours.cpu_ms, 3, base.cpu_ms),
        Row("the same on noisy lines", "ms", street.cpu_ms, 3, base.cpu_ms),
        Row("gap between RTP packets, p99.9", "ms", ours.gap_ms, 25, base.gap_ms),
        Row("the same beside a JSON dump", "ms", busy.gap_ms, 25, base.gap_ms),
        Row("largest gap", "ms", ours.largest_ms, None, base.largest_ms),
        Row("largest gap beside a JSON dump", "ms", busy.largest_ms, None, base.largest_ms),
        Row("jitter (RFC 3550)", "ms", ours.jitter_ms, None, base.jitter_ms),
        Row("INVITE to 200 OK, p95, 20 a second", "ms", ours.set_up_ms, 50, base.set_up_ms),
        Row("memory per live call", "MiB", ours.memory_mib, 1.5, base.memory_mib),
    ]
