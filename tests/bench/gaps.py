"""The gaps between a server's RTP packets, captured on the wire by dumpcap."""

import math
import re
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.bench.load import percentile

SNAP: Final = 60  # Ethernet, IPv4, UDP and the fixed RTP header
RTP_AT: Final = 42
RTP: Final = struct.Struct("!BBHII")
CLOCK_KHZ: Final = 8  # G.711
FLUSH_S: Final = 0.5  # dumpcap forgets what it has not written when it is ended


@dataclass(slots=True)
class Stream:
    """One call's RTP as it was sent: its gaps and its jitter. Owns no clock."""

    gaps_ms: list[float] = field(default_factory=list)
    packets: int = 0
    _at_ms: float = 0.0
    _timestamp: int = 0
    _jitter_ms: float = 0.0
    _jitters_ms: float = 0.0

    def feed(self, at_ms: float, timestamp: int) -> None:
        """A packet that was seen ``at_ms`` with that RTP timestamp (8 kHz, 32 bits).

        A packet that the capture lost leaves a gap: what was not seen is not taken as sent.
        """
        if self.packets:
            gap_ms = at_ms - self._at_ms
            self.gaps_ms.append(gap_ms)
            sampled_ms = ((timestamp - self._timestamp + 2**31) % 2**32 - 2**31) / CLOCK_KHZ
            self._jitter_ms += (abs(gap_ms - sampled_ms) - self._jitter_ms) / 16  # RFC 3550 6.4.1
            self._jitters_ms += self._jitter_ms
        self.packets += 1
        self._at_ms, self._timestamp = at_ms, timestamp

    @property
    def jitter_ms(self) -> float:
        """RFC 3550's, on average over the packets."""
        return self._jitters_ms / max(1, self.packets - 1)


@dataclass(slots=True)
class Gaps:
    """Every stream that was sent; filled when the capture ends."""

    streams: list[Stream] = field(default_factory=list)
    seconds: float = 0.0
    dropped: int = 0  # packets that dumpcap says it lost

    @property
    def ms(self) -> list[float]:
        return [gap for stream in self.streams for gap in stream.gaps_ms]

    @property
    def p999_ms(self) -> float:
        """Of all streams together."""
        return percentile(self.ms, 99.9)

    @property
    def largest_ms(self) -> float:
        return max(self.ms, default=math.nan)

    @property
    def largest_of_each_ms(self) -> list[float]:
        """The largest gap of each call."""
        return [max(stream.gaps_ms) for stream in self.streams if stream.gaps_ms]

    @property
    def jitter_ms(self) -> float:
        """On average over the calls."""
        return sum(stream.jitter_ms for stream in self.streams) / max(1, len(self.streams))

    @property
    def worst_jitter_ms(self) -> float:
        return max((stream.jitter_ms for stream in self.streams), default=0.0)

    def sent_share(self, calls: int) -> float:
        """Packets seen, in per cent of the 50 a second that each of ``calls`` is due."""
        seen = sum(stream.packets for stream in self.streams)
        return 100 * seen / (50 * calls * self.seconds)


@contextmanager
def captured(folder: Path, ports: tuple[int, int], to: str = "127.0.0.1") -> Iterator[Gaps]:
    """Capture what is sent from UDP ``ports`` to the address ``to`` while the block runs."""
    gaps, file, log = Gaps(), folder / "rtp.pcap", folder / "dumpcap.log"
    wanted = f"udp src portrange {ports[0]}-{ports[1]} and dst host {to} and udp[8] & 0xc0 = 0x80"
    command = ["dumpcap", "-q", "-i", "lo", "-P", "-s", str(SNAP), "-B", "64", "-w", str(file)]
    with log.open("wb") as output:
        capture = subprocess.Popen([*command, "-f", wanted], stdout=output, stderr=output)
    try:
        time.sleep(1.0)
        began = time.time()
        yield gaps
        ended = time.time()
        time.sleep(FLUSH_S)
    finally:
        capture.terminate()
        capture.wait(10)
    gaps.seconds = ended - began
    gaps.streams = streams(file.read_bytes(), began, ended)
    dropped = re.search(r"received/dropped on interface '[^']*': \d+/(\d+)", log.read_text())
    gaps.dropped = int(dropped[1]) if dropped else 0
    if gaps.dropped:
        print(f"bench: dumpcap lost {gaps.dropped} packets; each is a gap", flush=True)
    file.unlink()


def streams(pcap: bytes, began: float = 0.0, ended: float = float("inf")) -> list[Stream]:
    """The RTP streams of a pcap file of Ethernet, IPv4 and UDP, from ``began`` to ``ended``.

    RTCP (types 200 to 204) is not part of a stream. A source port and an SSRC are a stream: the
    next call may have the port.
    """
    order = "<" if pcap[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    fraction = 1e-9 if b"\x3c\xb2" in pcap[:4] or b"\xb2\x3c" in pcap[:4] else 1e-6
    head = struct.Struct(order + "IIII")
    found: dict[tuple[bytes, int], Stream] = {}
    place = 24
    while place + head.size <= len(pcap):
        second, part, kept, _ = head.unpack_from(pcap, place)
        frame, place = place + head.size, place + head.size + kept
        if kept < RTP_AT + RTP.size or place > len(pcap):
            continue
        _, kind, _, timestamp, ssrc = RTP.unpack_from(pcap, frame + RTP_AT)
        at = second + part * fraction
        if 200 <= kind <= 204 or not began <= at <= ended:
            continue
        source = pcap[frame + 34 : frame + 36]
        found.setdefault((source, ssrc), Stream()).feed(1000 * at, timestamp)
    return list(found.values())
