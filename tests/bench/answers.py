"""What the packets of a call on a timetable say: how soon each turn was answered, and the agent
silent. Pure functions; captures nothing and knows no budget.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from sipagent.cli.phone.audible import Utterance
from tests.bench.talkers import Timetable
from tests.bench.wire import MS, Wire

SAME_TURN_S: Final = 0.7  # between what the timetable says and the packets
SECOND_NS: Final = 1_000_000_000
END_NS: Final = 1 << 63


@dataclass(frozen=True, slots=True)
class TurnHeard:
    """Turn number ``turn`` of the timetable, as its packets went; ``kind`` is which of the things
    said it is. Times in ms; None where there was nothing.

    ``response_ms``: from the last packet of the speech to the first of 100 ms of the agent's.
    ``barge_in_ms``: from the first audible packet over the agent to the agent's last.
    ``decided_ms``: from the VAD's decision to the agent's last.
    """

    turn: int
    kind: int
    response_ms: float | None
    barge_in_ms: float | None
    decided_ms: float | None


def turns(wire: Wire, timetable: Timetable, decisions_ns: Sequence[int]) -> list[TurnHeard]:
    """The turns of one call. ``decisions_ns``: when its node decided that the caller spoke over
    the agent, ascending.
    """
    spoken, agent = _scripted(wire.caller_spoke, timetable), wire.agent_spoke
    found = []
    for at, (turn, said) in enumerate(spoken):
        until_ns = spoken[at + 1][1].start_ns if at + 1 < len(spoken) else END_NS
        over = [one for one in agent if one.start_ns < said.start_ns <= one.end_ns]
        after = [one for one in agent if said.end_ns < one.start_ns < until_ns]
        still_talks = any(one.start_ns <= said.end_ns <= one.end_ns for one in agent)
        fell_ns = over[-1].end_ns if over else None
        found.append(
            TurnHeard(
                turn,
                timetable.kind(turn),
                (after[0].start_ns - said.end_ns) / MS if after and not still_talks else None,
                (fell_ns - said.start_ns) / MS if fell_ns else None,
                _since_decision(fell_ns, said, decisions_ns) if fell_ns else None,
            )
        )
    return found


def _scripted(spoken: Sequence[Utterance], timetable: Timetable) -> list[tuple[int, Utterance]]:
    """Which turn of the timetable each utterance is: the first one heard is its first."""
    found = []
    for one in spoken:
        since_s = (one.start_ns - spoken[0].start_ns) / SECOND_NS
        turn = min(
            range(timetable.turns),
            key=lambda number: abs(timetable.at_s(number) - timetable.at_s(0) - since_s),
        )
        if abs(timetable.at_s(turn) - timetable.at_s(0) - since_s) < SAME_TURN_S:
            found.append((turn, one))
    return found


def _since_decision(fell_ns: int, said: Utterance, decisions_ns: Sequence[int]) -> float | None:
    """From the first decision within the turn."""
    at = bisect_right(decisions_ns, said.start_ns)
    if at == len(decisions_ns) or decisions_ns[at] > said.end_ns:
        return None
    return (fell_ns - decisions_ns[at]) / MS


def echo_ms(wire: Wire) -> list[float]:
    """Of an answerer that sends back what it hears: from each utterance's last packet to its
    echo's. What packets, jitter buffer and bridge take, there and back."""
    returned = wire.agent_spoke
    found = []
    for said in wire.caller_spoke:
        later = [one for one in returned if one.start_ns >= said.start_ns]
        if later:
            found.append((later[0].end_ns - said.end_ns) / MS)
    return found


def gaps_ms(wire: Wire) -> list[float]:
    """Between the agent's neighbouring packets."""
    return [(later.ns - one.ns) / MS for one, later in pairwise(wire.agent)]
