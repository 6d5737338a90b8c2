"""G.711 as a real sender sends it: packet by packet, at the pace of a clock of its own.

Beside the RTP go RTCP reports, from which the other side tells its round trip. Knows no SIP.
"""

import audioop
import select
import socket
import struct
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Self

import numpy as np

PTIME_S: Final = 0.020
SAMPLES: Final = 160
PCMU: Final = 0
COMFORT_NOISE: Final = 13  # RFC 3389
SILENCE: Final = b"\xff" * SAMPLES
NTP_EPOCH: Final = 2_208_988_800
REPORT_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet to be sent in its turn; a turn without one is ``None``."""

    payload: bytes
    kind: int = PCMU
    marker: bool = False


def tone(seconds: float, hz: float = 400.0, level: int = 8000) -> list[Packet]:
    """A steady tone; ``level`` is its peak."""
    at = np.arange(round(seconds / PTIME_S) * SAMPLES) / 8000
    return packets((level * np.sin(2 * np.pi * hz * at)).astype("<i2").tobytes())


def packets(pcm: bytes) -> list[Packet]:
    """int16 mono at 8 kHz; what does not fill the last packet is left out."""
    coded = audioop.lin2ulaw(pcm, 2)
    whole = len(coded) // SAMPLES * SAMPLES
    return [Packet(coded[at : at + SAMPLES]) for at in range(0, whole, SAMPLES)]


def clicks(every: int) -> Iterator[Packet]:
    """Silence for ever, with a click at the start of each ``every``-th packet."""
    click = audioop.lin2ulaw(b"".join(struct.pack("<h", 20000) for _ in range(40)), 2)
    while True:
        yield Packet(click + SILENCE[len(click) :])
        for _ in range(every - 1):
            yield Packet(SILENCE)


def pause(seconds: float, noise_every: int = 25) -> list[Packet | None]:
    """Silence suppressed: a packet of comfort noise at every so many turns, or none at all."""
    noise = Packet(bytes([70]), kind=COMFORT_NOISE)  # at -70 dBov, without a spectrum
    turns = range(round(seconds / PTIME_S))
    return [noise if noise_every and turn % noise_every == 0 else None for turn in turns]


def resumed(sound: Sequence[Packet]) -> list[Packet]:
    """Sound after silence: its first packet has the marker bit (RFC 3551 4.1)."""
    return [replace(sound[0], marker=True), *sound[1:]]


@dataclass(slots=True)
class Stream:
    """Sends while the block runs, or until there is no more; ``sent`` has each packet's moment.

    ``ppm`` is how much faster than the machine's its clock runs; ``reports`` whether it sends
    RTCP.
    """

    rtp: socket.socket
    to: tuple[str, int]
    sound: Iterable[Packet | None]
    ppm: float = 0.0
    sequence: int = 1000
    ssrc: int = 0x5EED
    reports: bool = True
    sent: list[float] = field(default_factory=list)
    _rtcp: socket.socket = field(init=False)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread = field(init=False)
    _last_report: tuple[int, float] | None = None  # the middle of its NTP time, when it came

    def __enter__(self) -> Self:
        self._rtcp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._rtcp.bind((self.rtp.getsockname()[0], 0))
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        self._rtcp.close()

    def wait(self, timeout_s: float) -> None:
        """Until all is sent."""
        self._thread.join(timeout_s)
        assert not self._thread.is_alive(), "the stream did not end"

    def _run(self) -> None:
        began, octets, next_report = time.monotonic(), 0, REPORT_S / 2
        for turn, packet in enumerate(self.sound):
            due = began + turn * PTIME_S / (1 + self.ppm * 1e-6)
            self._wait(due)
            if self._stopping.is_set():
                return
            if packet is not None:
                self._send(packet, turn)
                octets += len(packet.payload)
            if self.reports and due - began > next_report:
                next_report += REPORT_S
                self._report(turn, octets)

    def _send(self, packet: Packet, turn: int) -> None:
        first = packet.kind | (packet.marker << 7)
        timestamp = turn * SAMPLES & 0xFFFFFFFF
        head = struct.pack("!BBHII", 0x80, first, self.sequence & 0xFFFF, timestamp, self.ssrc)
        self.sequence += 1
        self.sent.append(time.monotonic())
        self.rtp.sendto(head + packet.payload, self.to)

    def _wait(self, until: float) -> None:
        """Until a moment; a report that comes meanwhile is noted when it comes."""
        while (left := until - time.monotonic()) > 0:
            if select.select([self._rtcp], [], [], left)[0]:
                data, now = self._rtcp.recv(2048), time.monotonic()
                if len(data) >= 28 and data[1] == 200:
                    (middle,) = struct.unpack("!I", data[10:14])
                    self._last_report = (middle, now)

    def _report(self, turn: int, octets: int) -> None:
        """A sender report with one block about the other side's stream (RFC 3550 6.4.1)."""
        now = time.time() + NTP_EPOCH
        middle, came = self._last_report or (0, 0.0)
        since = int((time.monotonic() - came) * 65536) if middle else 0
        sender = struct.pack(
            "!IIIII",
            int(now),
            int(now % 1 * 2**32),
            turn * SAMPLES & 0xFFFFFFFF,
            len(self.sent),
            octets,
        )
        block = struct.pack("!IIIIII", 0, 0, 0, 0, middle, since)
        head = struct.pack("!BBHI", 0x81, 200, 12, self.ssrc)
        self._rtcp.sendto(head + sender + block, (self.to[0], self.to[1] + 1))


def delays(sent: Sequence[float], heard: Iterable[float]) -> list[float]:
    """Seconds from the sending of each click to its hearing; ``sent`` and ``heard`` ascend."""
    moments = np.asarray(sent)
    found = []
    for moment in heard:
        before = np.searchsorted(moments, moment, side="right") - 1
        if before >= 0:
            found.append(float(moment - moments[before]))
    return found
