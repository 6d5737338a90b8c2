"""Short calls, more and more a second: how soon each is answered, and when that breaks."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench.answerers import SENTENCE, Answerer, our_node, plain
from tests.bench.load import Totals, crowd, percentile
from tests.bench.process import cost
from tests.bench.report import Row

RATES: Final = (10, 25, 50, 75, 100)
GOAL: Final = 75
EACH_S: Final = 20.0
TALK_S: Final = (0.5, 1.0)
LATE_S: Final = 20.0  # for what is still unanswered when the last call has been sent
P95_MS: Final = 50.0


@dataclass(frozen=True, slots=True)
class Pace:
    """What a rate of calls did to one answerer."""

    per_s: float
    answered_per_s: float
    set_up_ms: list[float]
    totals: Totals
    cpu: float
    callers_cpu: float

    @property
    def holds(self) -> bool:
        """All were answered, most of them soon."""
        return self.totals.failed == 0 and self.within(95) <= P95_MS

    def within(self, share: float) -> float:
        """INVITE to 200 OK in ms."""
        return percentile(self.set_up_ms, share)


def pace(answerer: Answerer, folder: Path, per_s: float, seconds: float) -> Pace:
    """Calls at one rate, until the last of them has ended."""
    calls = round(per_s * seconds)
    before = cost(answerer.pid)
    place = folder / f"{per_s:g}"
    with crowd(
        *(place, answerer.address),
        calls=calls,
        rate=per_s,
        seconds=TALK_S,
        gives_up=True,
    ) as callers:
        time.sleep(min(1.0, seconds))
        were = cost(callers.process.pid)
        time.sleep(max(0.0, seconds - 1.5))
        are, after = cost(callers.process.pid), cost(answerer.pid)
        totals = callers.ended(TALK_S[1] + LATE_S)
    return Pace(
        per_s=per_s,
        answered_per_s=callers.answered_per_s(),
        set_up_ms=callers.set_up_ms(),
        totals=totals,
        cpu=after.cpu_since(before),
        callers_cpu=are.cpu_since(were),
    )


def rates(
    folder: Path, at: Sequence[float] = RATES, seconds: float = EACH_S, goal: float = GOAL
) -> list[Row]:
    """Every rate on one node after the other, and on one plain answerer."""
    with plain(folder / "plain") as answerer:
        base = [pace(answerer, folder / "plain", per_s, seconds) for per_s in at]
    with our_node(folder / "node", greeting=SENTENCE) as answerer:
        ours = [pace(answerer, folder / "node", per_s, seconds) for per_s in at]
    rows = [
        Row(
            f"highest of these rates with p95 within {P95_MS:g} ms and no failure",
            *("calls/s", highest(ours), goal, highest(base), True),
        )
    ]
    for mine, theirs in zip(ours, base, strict=True):
        rows += _rows(mine, theirs, goal)
    return rows


def highest(paces: Sequence[Pace]) -> float:
    """The highest rate up to which every one holds, or 0."""
    held = 0.0
    for one in sorted(paces, key=lambda one: one.per_s):
        if not one.holds:
            break
        held = one.per_s
    return held


def _rows(mine: Pace, theirs: Pace, goal: float) -> list[Row]:
    name, judged = f"{mine.per_s:g} a second", mine.per_s <= goal
    rows = [
        Row(
            f"{name}: INVITE to 200 OK, p{share:g}",
            *("ms", mine.within(share), P95_MS if share == 95 and judged else None),
            theirs.within(share),
        )
        for share in (50, 95, 99)
    ]
    failed, base = mine.totals, theirs.totals
    refused, base_refused = failed.refused.get(503, 0), base.refused.get(503, 0)
    rate, plain_rate = mine.answered_per_s, theirs.answered_per_s
    return [
        *rows,
        Row(f"{name}: answered a second", "", rate, None, plain_rate),
        Row(f"{name}: calls failed", "", failed.failed, 0 if judged else None, base.failed),
        Row(f"{name}: of these with 503", "", refused, None, base_refused),
        Row(f"{name}: retransmitted", "", failed.retransmissions, None, base.retransmissions),
        Row(f"{name}: CPU of the answerer, of one core", "%", mine.cpu, None, theirs.cpu),
        Row(
            f"{name}: CPU of the callers, of one core",
            "%",
            mine.callers_cpu,
            None,
            theirs.callers_cpu,
        ),
    ]
