"""What happened in a call, from one act of the caller to the next, as times and heard words.

Cuts the line's packets into episodes and has the agent's speech in each recognised. Judges nothing.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sipagent.cli.phone.audible import AUDIBLE_DBFS, Utterance
from sipagent.cli.phone.line import Line, Stretch
from sipagent.cli.phone.report import Referral
from sipagent.cli.phone.rtp import RATE_HZ, Direction, Packet, level_dbfs, pcm
from sipagent.cli.scenario.words import languages
from sipagent.ports import Transcript
from sipagent.text.language import Language

AROUND_MS: Final = 150  # of silence that a recogniser is given on each side of speech
BETWEEN_WORDS_MS: Final = 250
TAIL_MS: Final = 600  # the end of an interrupted word: too little to be recognised
EVENT_OCTETS: Final = 4  # RFC 4733


@dataclass(frozen=True, slots=True)
class Cuts:
    """How speech is cut for a recogniser: in pauses of so long, into parts of at least so long."""

    pause_ms: int
    shortest_ms: int


# A short sentence is heard better than a long one, and a whole one better than its halves: each
# speech is heard both ways, and a phrase in either is heard.
FINE: Final = Cuts(160, 400)
COARSE: Final = Cuts(240, 700)

Hear = Callable[[bytes], Awaitable[Transcript]]


@dataclass(frozen=True, slots=True)
class Span:
    """From a first packet to a last one, in ms from the answer."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Speech(Span):
    """The agent's, between two silences of half a second or cut where an episode begins.

    ``goes_on``: it had begun before the episode. ``heard`` is what the phone's recogniser made of
    it, part by part; ``also``, what it made of longer parts.
    """

    goes_on: bool = False
    heard: tuple[tuple[str, Language], ...] = ()
    also: str = ""

    @property
    def text(self) -> str:
        return " ".join(text for text, _ in self.heard if text)


@dataclass(frozen=True, slots=True)
class Episode:
    """From one act of the caller to the next. ``step`` is its number, -1 before the first one.

    ``caller`` are the spans in which he could be heard, or keyed. ``before_ms`` is when the agent
    was last heard before it; ``ended_by`` is who hung up, in the last episode.
    """

    step: int
    at_ms: int
    until_ms: int
    caller: tuple[Span, ...] = ()
    agent: tuple[Speech, ...] = ()
    referrals: tuple[Referral, ...] = ()
    ended_by: str = ""
    before_ms: int | None = None

    @property
    def first_ms(self) -> int:
        """The caller's first packet that could be heard."""
        return self.caller[0].start_ms if self.caller else self.at_ms

    @property
    def last_ms(self) -> int:
        """The caller's last packet that could be heard."""
        return self.caller[-1].end_ms if self.caller else self.at_ms

    @property
    def stopped_ms(self) -> int | None:
        """When the agent fell silent that was speaking as the caller began; None where it was not.

        Who falls silent between two words is heard for the last time before that.
        """
        over = next((one.end_ms for one in self.agent if one.goes_on), self.before_ms)
        return None if over is None or over < self.first_ms - BETWEEN_WORDS_MS else over

    @property
    def said(self) -> tuple[Speech, ...]:
        """What the agent said, without the rest of a word that was cut off."""
        return tuple(
            one for one in self.agent if not one.goes_on or one.end_ms - one.start_ms >= TAIL_MS
        )

    @property
    def text(self) -> str:
        """What was heard of the agent."""
        return " ".join(one.text for one in self.said if one.text)

    @property
    def texts(self) -> tuple[str, ...]:
        """All that may have been heard, each hearing as a whole."""
        return (self.text, " ".join(one.also for one in self.said))

    @property
    def language(self) -> Language | None:
        """The language of most words of the agent."""
        return languages([part for one in self.said for part in one.heard])

    @property
    def answer(self) -> Speech | None:
        """The first speech of the agent that began since the caller did, and outlasts him."""
        return next(
            (one for one in self.agent if not one.goes_on and one.end_ms > self.last_ms), None
        )

    @property
    def response_ms(self) -> int | None:
        """From the caller's last audible packet, or where he was silent from the beginning, to the
        first one of the agent's answer; 0 where the agent did not wait for it.
        """
        return max(0, self.answer.start_ms - self.last_ms) if self.answer else None


@dataclass(frozen=True, slots=True)
class Act:
    """When a step began. A step of several parts has one beginning."""

    step: int
    at_ns: int


async def episodes(
    line: Line,
    acts: Sequence[Act],
    referrals: Sequence[Referral],
    origin_ns: int,
    end_ns: int,
    ended_by: str,
    hear: Hear,
) -> tuple[Episode, ...]:
    """The episodes of a call that was answered at ``origin_ns`` and over at ``end_ns``."""
    stretch = line.stretches[0]
    first_ns = min([origin_ns, *(one.start_ns for one in stretch.other.all[:1])])
    begins = [Act(-1, first_ns), *acts]
    found: list[Episode] = []
    for number, act in enumerate(begins):
        last = number == len(begins) - 1
        until_ns = end_ns if last else begins[number + 1].at_ns
        at_ms, until_ms = max(0, _ms(act.at_ns - origin_ns)), _ms(until_ns - origin_ns)
        found.append(
            Episode(
                step=act.step,
                at_ms=at_ms,
                until_ms=until_ms,
                caller=_caller(stretch, act.at_ns, until_ns, origin_ns),
                agent=tuple(
                    [
                        await _heard(stretch, one, act.at_ns, origin_ns, hear)
                        for one in _within(stretch.other.all, act.at_ns, until_ns)
                    ]
                ),
                referrals=tuple(
                    one
                    for one in referrals
                    if at_ms <= one.at_ms and (last or one.at_ms < until_ms)
                ),
                ended_by=ended_by if last else "",
                before_ms=_last_before(stretch.other.all, act.at_ns, origin_ns),
            )
        )
    return tuple(found)


def _last_before(all_of_them: Sequence[Utterance], at_ns: int, origin_ns: int) -> int | None:
    """When the last utterance ended that was over at a moment; None where none was."""
    ends = [one.end_ns for one in all_of_them if one.end_ns <= at_ns]
    return _ms(max(ends) - origin_ns) if ends else None


def _within(all_of_them: Sequence[Utterance], at_ns: int, until_ns: int) -> Iterator[Utterance]:
    """Utterances that sound between two moments, cut there."""
    for one in all_of_them:
        if one.end_ns > at_ns and one.start_ns < until_ns:
            yield Utterance(one.start_ns, min(one.end_ns, until_ns))


def _caller(stretch: Stretch, at_ns: int, until_ns: int, origin_ns: int) -> tuple[Span, ...]:
    """When the caller spoke, and when he pressed each key; its packets share a timestamp."""
    spans = [
        (one.start_ns, one.end_ns) for one in stretch.caller.all if at_ns <= one.start_ns < until_ns
    ]
    keys: dict[int, int] = {}
    for packet in stretch.stream(Direction.SENT):
        event = not packet.audio and len(packet.payload) == EVENT_OCTETS
        if event and at_ns <= packet.ns < until_ns:
            keys.setdefault(packet.timestamp, packet.ns)
    spans += [(ns, ns) for ns in keys.values()]
    return tuple(Span(_ms(a - origin_ns), _ms(b - origin_ns)) for a, b in sorted(spans))


async def _heard(
    stretch: Stretch, one: Utterance, at_ns: int, origin_ns: int, hear: Hear
) -> Speech:
    start_ns = max(one.start_ns, at_ns)
    packets = [
        packet
        for packet in stretch.stream(Direction.RECEIVED)
        if packet.audio and start_ns <= packet.ns <= one.end_ns
    ]
    found = [await hear(_sound(part)) for part in cut(packets, FINE)]
    also = [await hear(_sound(part)) for part in cut(packets, COARSE)]
    return Speech(
        _ms(start_ns - origin_ns),
        _ms(one.end_ns - origin_ns),
        goes_on=one.start_ns < at_ns,
        heard=tuple((one.text, one.language) for one in found),
        also=" ".join(one.text for one in also if one.text),
    )


def _sound(packets: Sequence[Packet]) -> bytes:
    around = bytes(2 * AROUND_MS * RATE_HZ // 1000)
    return around + b"".join(map(pcm, packets)) + around


def cut(packets: Sequence[Packet], cuts: Cuts) -> list[list[Packet]]:
    """Speech in parts, cut in pauses."""
    parts: list[list[Packet]] = [[]]
    quiet_ms = length_ms = 0.0
    for packet in packets:
        sound_ms = 1000 * len(packet.payload) / RATE_HZ
        if level_dbfs(pcm(packet)) <= AUDIBLE_DBFS:
            quiet_ms += sound_ms
        else:
            if quiet_ms >= cuts.pause_ms and length_ms >= cuts.shortest_ms:
                parts.append([])
                length_ms = 0.0
            quiet_ms = 0.0
        length_ms += sound_ms
        parts[-1].append(packet)
    return [part for part in parts if part]


def _ms(ns: int) -> int:
    return round(ns / 1e6)
