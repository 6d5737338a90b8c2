"""What the caller's sounds do to the agent: who stops it, who only makes it wait, and how long.

The clips of ``tests/data/bargein.yaml`` while the agent speaks: all of them on a simulated clock
for the decisions, some of each class over real RTP for the times. Knows what a good judge does by
the clip's label alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from tests.bench.bargein_sim import ASR_S, Decided, decide
from tests.bench.bargein_wire import Wired, over_rtp
from tests.bench.clipset import SOUNDS, Labelled, made, share_out
from tests.bench.load import percentile
from tests.bench.plots import decisions, spreads
from tests.bench.report import Findings, Row, grid

FALSE_STOPS: Final = 2.0  # per cent
WIRED: Final = 20  # clips of a class that are called in
STOP_MS: Final = 200.0
DECIDED_MS: Final = 60.0
MEANT: Final = "interruption"
WHAT: Final = ("never paused", "paused", "stopped")
TO_SILENCE: Final = "first caller packet to last agent packet"
FROM_DECISION: Final = "the VAD's decision to last agent packet"
STILL: Final = "agent stood still, then went on"
CAPTION: Final = (
    "Stop: the agent's reply ended there (for an interruption the right thing, else a false stop). "
    "The baseline stops at the first sound that makes the agent pause. Decisions on a simulated "
    f"clock, {1000 * ASR_S:.0f} ms charged for each look at the words. An echo is what the agent "
    "really plays: where the agent pauses, its echo does, one delay later; `that goes on` is the "
    "clip as it was recorded, which sounds on although the agent is silent. The lines `over RTP`: "
    "packets captured at the caller, audible over -45 dBFS; the VAD's decision is `PlayoutPaused` "
    "in the node's record, so that its end is measured outside and its beginning is not."
)


def barge_in(folder: Path, most: int | None = None, wired: int = WIRED) -> Findings:
    """Every clip decided, or the first ``most`` of each class; ``wired`` of a class called in."""
    clips = made(folder.parent / "clips", SOUNDS, most)
    found = share_out(decide, clips)
    deaf = share_out(partial(decide, deaf_echo=True), [clip for clip in clips if clip.echoes])
    called = over_rtp(folder, _some(clips, wired)) if wired else []
    groups = {**_by_kind(found), "echo that goes on": deaf}
    folder.mkdir(parents=True, exist_ok=True)
    wrong = [_told(one) for one in found if not one.right]
    (folder / "wrong.txt").write_text("\n".join(wrong) + "\n", encoding="utf-8")
    decisions(
        {
            f"{kind}\n(right: {'stop' if kind == MEANT else 'go on'})": _counts(own)
            for kind, own in groups.items()
        },
        folder / "barge-in.png",
    )
    if called:
        budgets = {TO_SILENCE: STOP_MS, FROM_DECISION: DECIDED_MS}
        spreads(_times(called), budgets, folder / "barge-in-times.png")
    return Findings(
        [*_rows(found, deaf), *_wired_rows(called)],
        baseline="any speech stops it",
        caption=CAPTION,
        more=_tables(groups, called),
    )


def _some(clips: Sequence[Labelled], count: int) -> list[Labelled]:
    """So many of each class, evenly over it."""
    chosen: list[Labelled] = []
    for kind in SOUNDS:
        own = [clip for clip in clips if clip.kind == kind]
        few = min(count, len(own))
        chosen += [own[at * len(own) // few] for at in range(few)]
    return chosen


def _by_kind(found: Sequence[Decided]) -> dict[str, list[Decided]]:
    return {
        kind: own for kind in SOUNDS if (own := [one for one in found if one.clip.kind == kind])
    }


def _counts(found: Sequence[Decided]) -> dict[str, int]:
    return {what: sum(one.what == what for one in found) for what in WHAT}


def _share(what: Iterable[bool]) -> float:
    """Per cent."""
    told = list(what)
    return 100 * sum(told) / len(told) if told else float("nan")


def _rows(found: Sequence[Decided], deaf: Sequence[Decided]) -> list[Row]:
    groups = _by_kind(found)
    meant = groups.pop(MEANT, [])
    innocent = [one for own in groups.values() for one in own]
    stood_ms = [ms for one in innocent for ms in one.stood_ms]
    stopped_ms = [one.stopped_ms for one in meant if one.stopped_ms is not None]
    unnoticed = _share(one.silent_ms is None for one in meant)
    missed = _share(not one.stopped for one in meant)
    to_stop = "simulated: first sound to the decision to stop"
    return [
        *(_false_stops(kind, own) for kind, own in groups.items()),
        _false_stops("all of these", innocent),
        _false_stops("echo that goes on", deaf),
        Row(f"{MEANT} ({len(meant)}): missed", "%", missed, 0.0, unnoticed),
        Row("simulated: stood still, p50", "ms", percentile(stood_ms, 50)),
        Row("simulated: stood still, p95", "ms", percentile(stood_ms, 95)),
        Row(f"{to_stop}, p50", "ms", percentile(stopped_ms, 50)),
        Row(f"{to_stop}, p95", "ms", percentile(stopped_ms, 95)),
    ]


def _false_stops(name: str, found: Sequence[Decided]) -> Row:
    stops = _share(one.stopped for one in found)
    paused = _share(one.silent_ms is not None for one in found)
    return Row(f"{name} ({len(found)}): false stops", "%", stops, FALSE_STOPS, paused)


def _wired_rows(called: Sequence[Wired]) -> list[Row]:
    rows = []
    for what, groups in _times(called).items() if called else ():
        budget = {TO_SILENCE: STOP_MS, FROM_DECISION: DECIDED_MS}.get(what)
        times = [ms for group in groups.values() for ms in group]
        rows += [
            Row(f"over RTP: {what}, p50 of {len(times)}", "ms", percentile(times, 50)),
            Row(f"over RTP: {what}, p95", "ms", percentile(times, 95), budget),
        ]
    return rows


def _times(called: Sequence[Wired]) -> Mapping[str, Mapping[str, list[float]]]:
    """The times over RTP by measure and class, in ms."""
    kinds = [kind for kind in SOUNDS if any(one.clip.kind == kind for one in called)]
    innocent = [kind for kind in kinds if kind != MEANT]
    return {
        TO_SILENCE: {
            kind: [
                one.silent_ms
                for one in called
                if one.clip.kind == kind and one.silent_ms is not None
            ]
            for kind in kinds
            if kind == MEANT
        },
        FROM_DECISION: {
            kind: [
                one.decided_ms
                for one in called
                if one.clip.kind == kind and one.decided_ms is not None
            ]
            for kind in kinds
        },
        STILL: {
            kind: [ms for one in called if one.clip.kind == kind for ms in one.stood_ms]
            for kind in innocent
        },
    }


def _tables(groups: Mapping[str, Sequence[Decided]], called: Sequence[Wired]) -> str:
    head = ["class", "clips", *WHAT, "pauses a clip", "still in all, p50, p95", "taken for a turn"]
    lines = []
    for kind, own in groups.items():
        went_on = [one for one in own if one.stood_ms and not one.stopped]
        still = [sum(one.stood_ms) for one in went_on]
        pauses = sum(len(one.stood_ms) for one in went_on) / max(1, len(went_on))
        lines.append(
            [
                *(kind, str(len(own)), *map(str, _counts(own).values()), f"{pauses:.1f}"),
                f"{percentile(still, 50):.0f}, {percentile(still, 95):.0f} ms" if still else "",
                str(sum(one.answered and not one.stopped for one in own)),
            ]
        )
    names = [f"{kind}: {_wrong_names(own)}" for kind, own in groups.items() if kind in SOUNDS]
    wired = [one.clip.name for one in called if not one.right]
    return (
        f"{grid(head, lines)}\n\nDecided wrongly (`wrong.txt` has the words):\n\n"
        + "\n".join(f"- {line}" for line in names)
        + f"\n- over RTP, {len(wired)} of {len(called)}: {', '.join(wired) or 'none'}"
    )


def _wrong_names(found: Sequence[Decided]) -> str:
    wrong = [one.clip.path.stem for one in found if not one.right]
    return f"{len(wrong)} of {len(found)}: {', '.join(wrong) or 'none'}"


def _told(one: Decided) -> str:
    said = one.clip.label["text"] or one.clip.label.get("kind", "")
    return f"{one.clip.name}\t{one.what}\tsaid: {said}\theard: {one.heard}"
