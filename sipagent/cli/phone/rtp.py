"""RTP packets as the tap recorded them: their sound, their level, the gaps between them.

Pure functions over recorded packets (RFC 3550, G.711). Opens no socket and reads no clock.
"""

import audioop
import math
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Final

RATE_HZ: Final = 8000
PCMU: Final = 0
PCMA: Final = 8
FULL_SCALE: Final = 32768.0

_HEAD: Final = struct.Struct("<QBBBxHHI")


class Direction(IntEnum):
    """As seen from the phone; the numbers are the tap's."""

    RECEIVED = 0
    SENT = 1


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet. ``ns`` is CLOCK_MONOTONIC when it was sent or received."""

    ns: int
    direction: Direction
    payload_type: int
    sequence: int
    timestamp: int
    payload: bytes

    @property
    def audio(self) -> bool:
        """Whether it is G.711, not a telephone-event or comfort noise."""
        return self.payload_type in (PCMU, PCMA) and bool(self.payload)


@dataclass(frozen=True, slots=True)
class Gaps:
    """The time between neighbouring packets of one direction."""

    packets: int
    max_ms: float
    p999_ms: float


def packets(records: bytes) -> Iterator[Packet]:
    """Unpack what ``RtpTap.read`` returned: whole records, the oldest first."""
    at = 0
    while at < len(records):
        ns, way, _marker, payload_type, sequence, length, timestamp = _HEAD.unpack_from(records, at)
        at += _HEAD.size
        payload = records[at : at + length]
        at += length
        yield Packet(ns, Direction(way), payload_type, sequence, timestamp, payload)


def pcm(packet: Packet) -> bytes:
    """The sound of a G.711 packet: int16 mono at 8 kHz, one sample per octet."""
    if packet.payload_type == PCMU:
        return audioop.ulaw2lin(packet.payload, 2)
    if packet.payload_type == PCMA:
        return audioop.alaw2lin(packet.payload, 2)
    raise ValueError(f"payload type {packet.payload_type} is not G.711")


def level_dbfs(sound: bytes) -> float:
    """The level of int16 samples: their RMS against full scale."""
    rms = audioop.rms(sound, 2) if sound else 0
    return 20 * math.log10(rms / FULL_SCALE) if rms else -math.inf


def gaps(times_ns: Sequence[int]) -> Gaps:
    """Gap figures of one direction's packets, in the order of their times."""
    between = sorted(later - earlier for earlier, later in pairwise(times_ns))
    if not between:
        return Gaps(len(times_ns), 0.0, 0.0)
    rank = math.ceil(0.999 * len(between)) - 1
    return Gaps(len(times_ns), round(between[-1] / 1e6, 2), round(between[rank] / 1e6, 2))
