"""Calls as their packets tell them: when caller and agent could be heard, captured at the caller.

Takes G.711 from a capture and nothing from either program. Judges nothing.
"""

import audioop
import re
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

SNAP: Final = 2048  # SIP whole
UDP_AT: Final = 14 + 20  # after Ethernet and IPv4
DATA_AT: Final = UDP_AT + 8
RTP_HEAD: Final = 12
RTP_VERSION: Final = 0x80
ANSWERS_INVITE: Final = re.compile(rb"^CSeq:\s*\d+\s+INVITE", re.IGNORECASE | re.MULTILINE)
CALL_ID: Final = re.compile(rb"^Call-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
MEDIA: Final = re.compile(rb"^m=audio (\d+)", re.MULTILINE)
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
def captured(
    file: Path, ports: tuple[int, int], sip_port: int, interface: str = "lo"
) -> Iterator[None]:
    """Capture the RTP of UDP ``ports``, and the SIP of a server, while the block runs."""
    rtp = f"udp portrange {ports[0]}-{ports[1]} and udp[8] & 0xc0 = 0x80"
    wanted = f"({rtp}) or udp port {sip_port}"
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
    """The calls in a capture, by the agent's RTP port: callers may share one of theirs.

    ``ports`` are those of one ``side``. What is no PCMU is left out: other codecs, digits, RTCP.
    """
    found: dict[int, Wire] = {}
    for ns, source, target, data in datagrams(pcap):
        if len(data) <= RTP_HEAD or data[0] & 0xC0 != RTP_VERSION or data[1] & 0x7F != PCMU:
            continue
        sent = ports[0] <= source <= ports[1]  # by the side whose ports these are
        if not sent and not ports[0] <= target <= ports[1]:
            continue
        packet = Packet(ns, _level(data[RTP_HEAD:]))
        if sent == (side == "caller"):
            found.setdefault(target, Wire()).caller.append(packet)
        else:
            found.setdefault(source, Wire()).agent.append(packet)
    return found


def answered(pcap: bytes, sip_port: int) -> dict[int, str]:
    """Which RTP port a server gave to each call that it answered; by the port the Call-ID."""
    found = {}
    for _, source, _, data in datagrams(pcap):
        if source == sip_port and data.startswith(b"SIP/2.0 200") and ANSWERS_INVITE.search(data):
            told, media = CALL_ID.search(data), MEDIA.search(data)
            if told and media:
                found[int(media[1])] = told[1].decode()
    return found


def datagrams(pcap: bytes) -> Iterator[tuple[int, int, int, bytes]]:
    """When each was captured (ns since the epoch), its source port, its target port, its content.

    A pcap file of Ethernet and IPv4 without options. What was cut off at the end is left out.
    """
    order = "<" if pcap[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    unit_ns = 1 if pcap[:4] in (b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d") else 1000
    head = struct.Struct(order + "IIII")
    place = 24
    while place + head.size <= len(pcap):
        second, part, kept, _ = head.unpack_from(pcap, place)
        frame = pcap[place + head.size : place + head.size + kept]
        place += head.size + kept
        if place <= len(pcap) and len(frame) > DATA_AT:
            source, target = struct.unpack_from("!HH", frame, UDP_AT)
            yield second * 1000 * MS + part * unit_ns, source, target, frame[DATA_AT:]


@lru_cache(maxsize=65536)
def _level(payload: bytes) -> float:
    """Of a packet of mu-law. Most of a call's packets sound like others: silence, or a tone."""
    return level_dbfs(audioop.ulaw2lin(payload, 2))
