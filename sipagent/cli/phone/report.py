"""What a call was like, measured on RTP: who spoke when, how soon, how fast one fell silent.

Response time: from the last packet of the caller's speech to the first audible packet of the
other side. Barge-in: from the caller's first audible packet over the other side to its last
audible packet. Computes; prints and reads nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sipagent.cli.phone.audible import Utterance
from sipagent.cli.phone.line import Line, Party, Stretch
from sipagent.cli.phone.rtp import Direction, Gaps, gaps


@dataclass(frozen=True, slots=True)
class Spoken:
    """One utterance; times from the answer.

    ``text`` is what the caller was told to say, or what the phone's own recogniser heard of the
    other side. ``response_ms`` is the agent's, ``barge_in_ms`` the caller's over the agent.
    """

    who: Party
    start_ms: int
    end_ms: int
    text: str = ""
    response_ms: int | None = None
    barge_in_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Referral:
    """A REFER that the phone got, and what became of it. ``status`` is 0 while unknown."""

    at_ms: int
    target: str
    user: str
    headers: Mapping[str, str]
    status: int = 0
    reason: str = ""
    settled_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The whole call, as ``--json`` writes it."""

    server: str
    number: str
    sip_call_id: str
    answered_unix_ms: int
    setup_ms: int
    duration_ms: int
    utterances: tuple[Spoken, ...]
    referrals: tuple[Referral, ...]
    gaps: Mapping[str, Mapping[str, Gaps]]
    ended_by: str
    detail: str
    in_order: bool

    def as_json(self) -> dict[str, Any]:
        """Plain values, with the figures that most readers want in front."""
        return {
            "responses_ms": self.responses_ms,
            "barge_ins_ms": self.barge_ins_ms,
            **asdict(self),
        }

    @property
    def responses_ms(self) -> list[int]:
        return [one.response_ms for one in self.utterances if one.response_ms is not None]

    @property
    def barge_ins_ms(self) -> list[int]:
        return [one.barge_in_ms for one in self.utterances if one.barge_in_ms is not None]


def response_ns(
    one: Utterance, caller: Sequence[Utterance], other: Sequence[Utterance]
) -> int | None:
    """How long after the caller's speech ``one`` of the other side began, if it answers it."""
    before = [spoken for spoken in caller if spoken.start_ns < one.start_ns]
    if not before or before[-1].end_ns >= one.start_ns:
        return None  # nobody spoke, or it began while the caller was speaking
    asked = before[-1].end_ns
    if any(asked < earlier.start_ns < one.start_ns for earlier in other):
        return None
    return one.start_ns - asked


def barge_in_ns(one: Utterance, other: Sequence[Utterance]) -> int | None:
    """How long the other side could be heard after the caller began ``one`` over it."""
    over = [spoken for spoken in other if spoken.start_ns < one.start_ns <= spoken.end_ns]
    return over[-1].end_ns - one.start_ns if over else None


def utterances(line: Line, origin_ns: int, texts: Mapping[int, str]) -> tuple[Spoken, ...]:
    """Everything that was said, in the order of beginning; ``texts`` by ``start_ns``."""
    spoken: list[Spoken] = []
    for stretch in line.stretches:
        spoken += _of_caller(stretch, origin_ns, texts)
        spoken += _of_other(stretch, origin_ns, texts)
    return tuple(sorted(spoken, key=lambda one: one.start_ms))


def _of_caller(stretch: Stretch, origin_ns: int, texts: Mapping[int, str]) -> list[Spoken]:
    agent = stretch.party is Party.AGENT
    return [
        Spoken(
            Party.CALLER,
            _ms(one.start_ns - origin_ns),
            _ms(one.end_ns - origin_ns),
            texts.get(one.start_ns, ""),
            barge_in_ms=_ms_or_none(barge_in_ns(one, stretch.other.all)) if agent else None,
        )
        for one in stretch.caller.all
    ]


def _of_other(stretch: Stretch, origin_ns: int, texts: Mapping[int, str]) -> list[Spoken]:
    agent, others = stretch.party is Party.AGENT, stretch.other.all
    return [
        Spoken(
            stretch.party,
            _ms(one.start_ns - origin_ns),
            _ms(one.end_ns - origin_ns),
            texts.get(one.start_ns, ""),
            response_ms=_ms_or_none(response_ns(one, stretch.caller.all, others))
            if agent
            else None,
        )
        for one in others
    ]


def packet_gaps(line: Line) -> dict[str, dict[str, Gaps]]:
    """Gap figures of each direction, by the party at the other end."""
    found: dict[str, dict[str, Gaps]] = {}
    for stretch in line.stretches:
        found[stretch.party.value] = {
            direction.name.lower(): gaps([packet.ns for packet in stretch.stream(direction)])
            for direction in Direction
        }
    return found


def _ms(ns: int) -> int:
    return round(ns / 1e6)


def _ms_or_none(ns: int | None) -> int | None:
    return None if ns is None else _ms(ns)
