"""The phone's line: every packet both ways, and the utterances in them, leg after leg.

A stretch is the time in which the caller is connected with one party: the agent, then perhaps
the desk. Packets come from the legs' taps; nothing is played or decided here.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from sipagent.cli.phone.audible import Utterance, Utterances
from sipagent.cli.phone.rtp import RATE_HZ, Direction, Packet, level_dbfs, packets, pcm

ONE_PACKET_MS = 20.0  # the caller's own speech needs no proof: it begins with its first packet


class Party(StrEnum):
    """Who can be heard on the line."""

    CALLER = "caller"
    AGENT = "agent"
    DESK = "desk"


class Tap(Protocol):
    """The native recorder of a leg's RTP."""

    def read(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Change:
    """An utterance began, or is over."""

    party: Party
    utterance: Utterance
    over: bool


@dataclass(slots=True)
class Stretch:
    """The line while ``party`` is at its other end."""

    party: Party
    tap: Tap
    caller: Utterances = field(default_factory=lambda: Utterances(sustained_ms=ONE_PACKET_MS))
    other: Utterances = field(default_factory=Utterances)
    packets: list[Packet] = field(default_factory=list)

    def stream(self, direction: Direction) -> list[Packet]:
        return [packet for packet in self.packets if packet.direction is direction]


class Line:
    """All stretches of a call; the last one is live."""

    def __init__(self) -> None:
        self.stretches: list[Stretch] = []

    @property
    def live(self) -> Stretch:
        return self.stretches[-1]

    def connect(self, party: Party, tap: Tap) -> None:
        """From now on the caller is connected with ``party``."""
        if self.stretches:
            tap.read()  # what was heard before the connection is nobody's
        self.stretches.append(Stretch(party, tap))

    def poll(self, now_ns: int) -> list[Change]:
        """Take what passed since the last poll, and say what began or ended in it."""
        stretch = self.live
        changes: list[Change] = []
        for packet in packets(stretch.tap.read()):
            stretch.packets.append(packet)
            changes += _feed(stretch, packet)
        for party, utterances in ((Party.CALLER, stretch.caller), (stretch.party, stretch.other)):
            before = _Count(utterances)
            utterances.tick(now_ns)
            changes += before.changes(party)
        return changes

    def sound(self, utterance: Utterance) -> bytes:
        """What was received of an utterance, as it arrived: int16 mono at 8 kHz."""
        return b"".join(
            pcm(packet)
            for stretch in self.stretches
            for packet in stretch.stream(Direction.RECEIVED)
            if packet.audio and utterance.start_ns <= packet.ns <= utterance.end_ns
        )


def _feed(stretch: Stretch, packet: Packet) -> list[Change]:
    if not packet.audio:
        return []
    sent = packet.direction is Direction.SENT
    utterances = stretch.caller if sent else stretch.other
    before = _Count(utterances)
    sound_ms = 1000 * len(packet.payload) / RATE_HZ
    utterances.feed(packet.ns, sound_ms, level_dbfs(pcm(packet)))
    return before.changes(Party.CALLER if sent else stretch.party)


class _Count:
    """How many utterances there were, to tell which are new and which are over."""

    def __init__(self, utterances: Utterances) -> None:
        self._utterances = utterances
        self._all, self._over = self._counts()

    def _counts(self) -> tuple[int, int]:
        count = len(self._utterances.all)
        return count, count - (self._utterances.now is not None)

    def changes(self, party: Party) -> list[Change]:
        every = self._utterances.all
        count, over = self._counts()
        ended = [Change(party, one, over=True) for one in every[self._over : over]]
        return ended + [Change(party, one, over=False) for one in every[self._all : count]]
