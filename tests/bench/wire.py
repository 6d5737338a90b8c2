"""Calls as their packets tell them: when caller and agent could be heard, captured at the caller.

Takes G.711 from a capture and nothing from either program. Judges nothing.
"""

import audioop
import struct
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from math import inf
from pathlib import Path
from typing import Final, Literal

from sipagent.cli.phone.audible import AUDIBLE_DBFS, Utterance, Utterances
from sipagent.cli.phone.rtp import level_dbfs
from tests.bench.gaps import FLUSH_S

SNAP: Final = 14 + 20 + 8 + 12 + 160
IPV4_AT: Final = 14
UDP_AT: Final = IPV4_AT + 20
RTP_AT: Final = UDP_AT + 8
PAYLOAD_AT: Final = RTP_AT + 12
PACKET_MS: Final = 20.0
PCMU: Final = 0
MS: Final = 1_000_000  # of a nanosecond


@dataclass(frozen=True, slots=True)
class Packet:
    """``ns`` since the epoch."""

    ns: int
    dbfs: float

    @property
    def audible(self) -> bool:
        return self.dbfs > AUDIBLE_DBFS


@dataclass(frozen=True, slots=True)
class Standstill:
    """The agent's last audible packet, and its next one if there was any."""

    last_ns: int
    next_ns: int | None

    @property
    def ms(self) -> float:
        """How long nothing was heard after the last packet had sounded; endless for the last."""
        return inf if self.next_ns is None else (self.next_ns - self.last_ns) / MS - PACKET_MS


@dataclass(slots=True)
class Wire:
    """One call's audio, both ways, in the order of capture."""

    caller: list[Packet] = field(default_factory=list)
    agent: list[Packet] = field(default_factory=list)

    @property
    def caller_spoke(self) -> list[Utterance]:
        """The caller's speech needs no proof: it begins with its first audible packet."""
        return _spoken(self.caller, PACKET_MS)

    @property
    def agent_spoke(self) -> list[Utterance]:
        """What was audible for 100 ms."""
        return _spoken(self.agent, 100.0)

    @property
    def standstills(self) -> list[Standstill]:
        """Every time that the agent had been heard and then was not.

        By what the packets hold: one that is late is no silence.
        """
        found: list[Standstill] = []
        last: Packet | None = None
        silent = False
        for packet in self.agent:
            if not packet.audible:
                silent = silent or last is not None
                continue
            if silent and last is not None:
                found.append(Standstill(last.ns, packet.ns))
            last, silent = packet, False
        if silent and last is not None:
            found.append(Standstill(last.ns, None))
        return found


def _spoken(packets: Sequence[Packet], sustained_ms: float) -> list[Utterance]:
    utterances = Utterances(sustained_ms)
    for packet in packets:
        utterances.feed(packet.ns, PACKET_MS, packet.dbfs)
    return utterances.all


@contextmanager
def captured(file: Path, ports: tuple[int, int], interface: str = "lo") -> Iterator[None]:
    """Capture the RTP of UDP ``ports`` while the block runs."""
    wanted = f"udp portrange {ports[0]}-{ports[1]} and udp[8] & 0xc0 = 0x80"
    command = ["dumpcap", "-q", "-i", interface, "-P", "-s", str(SNAP), "-B", "64"]
    with file.with_suffix(".log").open("wb") as log:
        capture = subprocess.Popen(
            [*command, "-w", str(file), "-f", wanted], stdout=log, stderr=log
        )
    time.sleep(1.0)
    try:
        yield
        time.sleep(FLUSH_S)
    finally:
        capture.terminate()
        capture.wait(10)


def calls(
    pcap: bytes, ports: tuple[int, int], side: Literal["caller", "agent"] = "caller"
) -> dict[int, Wire]:
    """The calls in a capture of Ethernet, IPv4 and UDP, by the RTP port of one ``side``.

    ``ports`` are that side's. What is no PCMU is left out: other codecs, digits, RTCP.
    """
    order = "<" if pcap[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    unit_ns = 1 if pcap[:4] in (b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d") else 1000
    head = struct.Struct(order + "IIII")
    found: dict[int, Wire] = {}
    place = 24
    while place + head.size <= len(pcap):
        second, part, kept, _ = head.unpack_from(pcap, place)
        frame = pcap[place + head.size : place + head.size + kept]
        place += head.size + kept
        if len(frame) <= PAYLOAD_AT or frame[RTP_AT + 1] & 0x7F != PCMU:
            continue
        source, target = struct.unpack_from("!HH", frame, UDP_AT)
        packet = Packet(second * 1000 * MS + part * unit_ns, _level(frame[PAYLOAD_AT:]))
        for port, sent in ((source, True), (target, False)):
            if ports[0] <= port <= ports[1]:
                wire = found.setdefault(port, Wire())
                (wire.caller if sent == (side == "caller") else wire.agent).append(packet)
                break
    return found


@lru_cache(maxsize=65536)
def _level(payload: bytes) -> float:
    """Of a packet of mu-law. Most of a call's packets sound like others: silence, or a tone."""
    return level_dbfs(audioop.ulaw2lin(payload, 2))
