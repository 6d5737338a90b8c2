"""Who is called: a node, and beside it the plain pjsua2 answerer."""

import sys
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from tests.peers.processes import free_port, node, running

MOST_CALLS: Final = 900  # far over any load, so that its limit is none
RTP_PORTS: Final = 2000
SENTENCE: Final = (
    "Our branches are open from 8 in the morning to 5 in the evening on working days. "
)
LONG: Final = SENTENCE * 12  # over a minute


@dataclass(frozen=True, slots=True)
class Answerer:
    pid: int
    address: tuple[str, int]
    rtp_ports: tuple[int, int]
    log: Path


@contextmanager
def our_node(
    folder: Path,
    *,
    module: str = "sipagent",
    greeting: str = LONG,
    callers: tuple[str, ...] = ("127.0.0.0/8",),
    **settings: str,
) -> Iterator[Answerer]:
    """A node that takes calls from the networks ``callers`` and says ``greeting`` to them."""
    folder.mkdir(parents=True, exist_ok=True)
    knowledge = Path(__file__).parent.parent.parent / "kb" / "demo"
    networks = ", ".join(f'"{network}"' for network in callers)
    config = folder / "sipagent.toml"
    config.write_text(
        f'[[trunks]]\nname = "callers"\nnetworks = [{networks}]\n'
        '[[tenants]]\nname = "bench"\nnumbers = ["+97142000000"]\nlanguages = ["en"]\n'
        f'knowledge = "{knowledge}"\ndesk = "sip:desk@127.0.0.1:5070"\n'
        f'[tenants.greeting]\nen = "{greeting}"\n'
    )
    rtp = _rtp_port()
    settings = {
        "SIP__MAX_CALLS": str(MOST_CALLS),
        "MEDIA__RTP_PORT_MIN": str(rtp),
        "MEDIA__RTP_PORT_MAX": str(rtp + RTP_PORTS - 1),
        **settings,
    }
    with node(folder, module, config, **settings) as served:
        ports = (rtp, rtp + RTP_PORTS - 1)
        yield Answerer(served.process.pid, served.address, ports, served.log)


@contextmanager
def plain(folder: Path, calls: int = MOST_CALLS) -> Iterator[Answerer]:
    """The plain pjsua2 answerer of at most ``calls`` at once, looping a tone."""
    folder.mkdir(parents=True, exist_ok=True)
    file, log = folder / "prompt.wav", folder / "plain.log"
    with wave.open(str(file), "wb") as prompt:
        prompt.setnchannels(1)
        prompt.setsampwidth(2)
        prompt.setframerate(8000)
        time_s = np.arange(8000 * 20) / 8000
        voice = 8000 * np.sin(2 * np.pi * 220 * time_s) * np.sin(2 * np.pi * 3 * time_s)
        prompt.writeframes(voice.astype("<i2").tobytes())
    port, rtp = free_port(), _rtp_port()
    settings = (str(port), str(rtp), str(RTP_PORTS), str(calls), str(file))
    command = [sys.executable, "-m", "tests.bench.plain_answerer", *settings]
    with running(command, log, "Ready.") as process:
        yield Answerer(process.pid, ("127.0.0.1", port), (rtp, rtp + RTP_PORTS - 1), log)


def _rtp_port() -> int:
    """Under the ports that the system hands out, and under the callers'."""
    return 20_000 + free_port() % 10_000 // 2 * 2
