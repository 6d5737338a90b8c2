"""A node that only listens: ``python -m tests.peers.listener PORT RTP_PORT FOLDER [plain]``.

The node's own endpoint and audio port, without a conversation behind them: every call is
answered, and what the agent would have heard is written down with the moment of each read.
``plain`` turns concealment off, for a baseline.
"""

import asyncio
import json
import signal
import struct
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from sipagent.config import MediaSettings, SipSettings, Trunk
from sipagent.events import Event, HungUp, Ringing
from sipagent.sip.endpoint import Endpoint
from sipagent.sip.leg import SipLeg
from tests.peers.processes import free_port, running

RATE_HZ: Final = 8000
FRAME: Final = 160
READ_S: Final = 0.005
LOOK_S: Final = 1.0
LOUD: Final = 8000
MARK: Final = struct.Struct("<dq")  # when it was read (monotonic), and samples so far
TRUNK: Final = Trunk(name="peer", networks=(ip_network("127.0.0.0/8"),))


class Hearing:
    """One call being heard: its sound, when each piece came, and PJSIP's figures of it."""

    def __init__(self, leg: SipLeg, folder: Path, name: str) -> None:
        self.leg = leg
        self.over = False
        self._samples = 0
        self._sound: BinaryIO = (folder / f"{name}.pcm").open("wb", buffering=0)
        self._marks: BinaryIO = (folder / f"{name}.marks").open("wb", buffering=0)
        self._figures = (folder / f"{name}.jsonl").open("w", buffering=1)
        leg.subscribe(self._on_event)

    def _on_event(self, event: Event) -> None:
        self.over = self.over or isinstance(event, HungUp)

    def read(self) -> None:
        pcm = self.leg.port.read()
        if pcm:
            self._samples += len(pcm) // 2
            self._sound.write(pcm)
            self._marks.write(MARK.pack(time.monotonic(), self._samples))

    def look(self) -> None:
        """On the PJSIP thread."""
        call: Any = self.leg._call
        if call is None:
            return
        with suppress(self.leg._pj.Error):
            statistics = call.getStreamStat(0)
            buffer, received = statistics.jbuf, statistics.rtcp.rxStat
            figures = {
                "at": time.monotonic(),
                **{name: getattr(buffer, name) for name in ("size", "burst", "lost", "discard")},
                "empty": buffer.empty,
                "delay_ms": buffer.avgDelayMsec,
                "received": received.pkt,
                "missing": received.loss,
                "jitter_ms": received.jitterUsec.mean / 1000,
            }
            self._figures.write(json.dumps(figures) + "\n")

    def close(self) -> None:
        for file in (self._sound, self._marks, self._figures):
            file.close()


async def listen(port: int, rtp_port: int, folder: Path, *, concealed: bool) -> None:
    """Answer and hear until SIGTERM."""
    sip = SipSettings(bind="127.0.0.1", port=port)
    media = MediaSettings(clock_hz=RATE_HZ, rtp_port_min=rtp_port, rtp_port_max=rtp_port + 199)
    new: asyncio.Queue[tuple[SipLeg, str]] = asyncio.Queue()

    def on_invite(leg: SipLeg, ringing: Ringing, dialled: tuple[str, ...]) -> None:
        new.put_nowait((leg, ringing.dialled))

    endpoint = Endpoint(sip, media, (TRUNK,), on_invite)
    await endpoint.start()
    if not concealed:
        await endpoint.run(lambda: _without_concealment(endpoint))
    await endpoint.admit(ready=True)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    print("Ready.", flush=True)
    heard: list[Hearing] = []
    next_look = 0.0
    while not stopped.is_set():
        while not new.empty():
            leg, name = new.get_nowait()
            await leg.answer()
            heard.append(Hearing(leg, folder, name.lstrip("+")))
        for hearing in heard:
            with suppress(Exception):  # no audio yet
                hearing.read()
        if time.monotonic() > next_look:
            next_look = time.monotonic() + LOOK_S
            await endpoint.run(lambda: _look(heard))
        await asyncio.sleep(READ_S)
    await endpoint.stop()
    for hearing in heard:
        hearing.close()


def _look(heard: Sequence[Hearing]) -> None:
    for hearing in heard:
        if not hearing.over:
            hearing.look()


def _without_concealment(endpoint: Endpoint) -> None:
    for codec in endpoint._endpoint.codecEnum2():
        parameters = endpoint._endpoint.codecGetParam(codec.codecId)
        parameters.setting.plc = False
        endpoint._endpoint.codecSetParam(codec.codecId, parameters)


# ----------------------------------------------------------------------- from a test


@dataclass(frozen=True, slots=True)
class Ear:
    """A listening node, and what it has heard so far."""

    port: int
    folder: Path

    @property
    def address(self) -> tuple[str, int]:
        return ("127.0.0.1", self.port)

    def sound(self, name: str) -> NDArray[np.int16]:
        return np.fromfile(self.folder / f"{name}.pcm", "<i2")

    def clicks(self, name: str, last_s: float = 1e6) -> NDArray[np.float64]:
        """When the frame of each click of the last seconds was read (monotonic)."""
        heard = np.memmap(self.folder / f"{name}.pcm", "<i2", "r")
        marks = np.fromfile(self.folder / f"{name}.marks", np.dtype("<f8, <i8"))
        start = max(0, len(heard) - round(last_s * RATE_HZ))
        loud = start + np.flatnonzero(heard[start:] > LOUD)
        first = loud[np.diff(loud, prepend=-RATE_HZ) > RATE_HZ // 4]
        ends = marks["f1"]
        read = np.minimum(np.searchsorted(ends, first, side="right"), len(ends) - 1)
        frames_after = (ends[read] - first - 1) // FRAME
        times: NDArray[np.float64] = marks["f0"][read] - frames_after * FRAME / RATE_HZ
        return times

    def figures(self, name: str) -> list[dict[str, float]]:
        """PJSIP's, one a second."""
        lines = (self.folder / f"{name}.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines if line.endswith("}")]


@contextmanager
def listener(folder: Path, *, concealed: bool = True) -> Iterator[Ear]:
    """Run one until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    port, rtp = free_port(), 20000 + free_port() % 20000 // 2 * 2
    command = [sys.executable, "-m", "tests.peers.listener", str(port), str(rtp), str(folder)]
    with running([*command, *(() if concealed else ("plain",))], folder / "log", "Ready."):
        yield Ear(port, folder)


def main(arguments: Sequence[str]) -> None:
    port, rtp_port, folder, *how = arguments
    asyncio.run(listen(int(port), int(rtp_port), Path(folder), concealed=not how))


if __name__ == "__main__":
    main(sys.argv[1:])
