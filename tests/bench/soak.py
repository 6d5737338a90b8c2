"""50 live calls for half an hour, each replaced when it ends: does anything stay behind?"""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from tests.bench.answerers import Answerer, our_node, plain
from tests.bench.load import FIRST_MEDIA, Crowd, Totals, crowd
from tests.bench.process import Cost, cost
from tests.bench.report import Row

MINUTES: Final = 30.0
CALLS: Final = 50
TALK_S: Final = (10.0, 40.0)
RATE: Final = 5.0  # at which the first come, and at most the next
LATE_S: Final = 20.0  # for the last calls' ends
FOR_EVER: Final = 1_000_000  # more calls than there is time for
MEDIA_PORTS: Final = 10_000  # for each crowd


@dataclass(slots=True)
class Watched:
    """One answerer, and what was seen of it: idle before the first call, then each minute."""

    name: str
    answerer: Answerer
    callers: Crowd
    moments: list[Cost] = field(default_factory=list)
    totals: Totals | None = None

    def look(self) -> None:
        self.moments.append(cost(self.answerer.pid))


def soak(
    folder: Path, minutes: float = MINUTES, calls: int = CALLS, every_s: float = 60.0
) -> list[Row]:
    """The node and the plain answerer at the same time, each with callers of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        called = {
            "node": stack.enter_context(our_node(folder / "node")),
            "plain": stack.enter_context(plain(folder / "plain")),
        }
        time.sleep(1.0)
        idle = {name: cost(answerer.pid) for name, answerer in called.items()}
        watched = [
            Watched(name, answerer, stack.enter_context(_callers(answerer, folder, number, calls)))
            for number, (name, answerer) in enumerate(called.items())
        ]
        for one in watched:
            one.moments.append(idle[one.name])
        _watch(watched, folder / "minutes.md", minutes, every_s)
        for one in watched:
            one.callers.stop()
        for one in watched:
            one.totals = one.callers.ended(TALK_S[1] + LATE_S)
        ended = {one.name: cost(one.answerer.pid) for one in watched}
    ours, base = watched
    return _rows(ours, base, ended, every_s)


def _callers(answerer: Answerer, folder: Path, number: int, calls: int) -> Crowd:
    return crowd(
        folder / f"callers{number}",
        answerer.address,
        calls=FOR_EVER,
        live=calls,
        rate=RATE,
        seconds=TALK_S,
        gives_up=True,
        media_port=FIRST_MEDIA + MEDIA_PORTS * number,
    )


def _watch(watched: Sequence[Watched], file: Path, minutes: float, every_s: float) -> None:
    """Look at each every ``every_s``; ``file`` has a row as soon as it is known."""
    began = time.monotonic()
    with file.open("w", buffering=1) as progress:
        progress.write("| after | of | memory | threads | descriptors |\n|---|---|---|---|---|\n")
        looks = round(60 * minutes / every_s)
        for look in range(looks + 1):
            time.sleep(max(0.0, began + look * every_s - time.monotonic()))
            for one in watched:
                if look:
                    one.look()
                progress.write(_line(look * every_s, one))


def _line(at_s: float, one: Watched) -> str:
    now = one.moments[-1]
    return (
        f"| {at_s / 60:g} min | {one.name} | {now.rss_kib / 1024:.1f} MiB "
        f"| {now.threads} | {now.descriptors} |\n"
    )


def slope(moments: Sequence[Cost]) -> float:
    """KiB a minute over the second half, by a straight line. ``moments`` begin with idle."""
    half = moments[1 + (len(moments) - 1) // 2 :]
    if len(half) < 2:
        return float("nan")
    at_min = [moment.at_s / 60 for moment in half]
    return float(np.polyfit(at_min, [moment.rss_kib for moment in half], 1)[0])


def _rows(ours: Watched, base: Watched, ended: dict[str, Cost], every_s: float) -> list[Row]:
    mine, theirs = ours.moments, base.moments
    assert ours.totals is not None
    assert base.totals is not None
    half = 1 + (len(mine) - 1) // 2

    def row(what: str, unit: str, figures: tuple[float, float], budget: float | None = None) -> Row:
        return Row(what, unit, figures[0], budget, figures[1])

    def mib(look: int) -> tuple[float, float]:
        return mine[look].rss_kib / 1024, theirs[look].rss_kib / 1024

    def gained(what: str) -> tuple[float, float]:
        """From the idle answerer before the first call to the idle one after the last."""
        after = ended[ours.name], ended[base.name]
        return (
            getattr(after[0], what) - getattr(mine[0], what),
            getattr(after[1], what) - getattr(theirs[0], what),
        )

    minute = every_s / 60
    last = len(mine) - 1
    return [
        row("calls", "", (ours.totals.succeeded, base.totals.succeeded)),
        row("calls failed", "", (ours.totals.failed, base.totals.failed), 0),
        row("memory, idle at the start", "MiB", mib(0)),
        row(f"memory after {minute:g} min", "MiB", mib(1)),
        row(f"memory after {half * minute:g} min", "MiB", mib(min(half, last))),
        row(f"memory after {last * minute:g} min", "MiB", mib(last)),
        row("memory slope, second half", "KiB a minute", (slope(mine), slope(theirs))),
        row("threads, idle at the start", "", (mine[0].threads, theirs[0].threads)),
        row("threads gained, idle to idle", "", gained("threads"), 0),
        row("descriptors, idle at the start", "", (mine[0].descriptors, theirs[0].descriptors)),
        row("descriptors gained, idle to idle", "", gained("descriptors"), 0),
    ]
