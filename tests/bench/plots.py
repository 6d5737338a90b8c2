"""The pictures beside the tables of the talk. Draws figures; measures and judges nothing."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import Any, Final

COLOURS: Final = ("tab:blue", "tab:orange", "tab:green", "tab:red", "tab:purple", "tab:brown")
KINDS: Final = {"never paused": "lightsteelblue", "paused": "gold", "stopped": "indianred"}

Interval = tuple[float, float, float]  # the value, and where 95 % of resampled ones lie


@contextmanager
def _drawn(path: Path, across: int = 1, wide: float = 7, high: float = 4) -> Iterator[Any]:
    """The axes of a figure that is written when the block ends."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(
        1, across, figsize=(wide * across, high), layout="constrained", squeeze=False
    )
    yield axes[0]
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def judges(points: Mapping[str, tuple[float, float, float]], path: Path) -> None:
    """Each judge of turns: cuts in per cent of turns with pauses, against the delay's p50, and a
    line to its p95, of complete ones."""
    with _drawn(path, wide=8, high=5) as (axes,):
        for number, (name, (cut, p50, p95)) in enumerate(points.items()):
            colour = COLOURS[number % len(COLOURS)]
            axes.plot(p50, cut, "o", color=colour, label=name, ms=8)
            if isfinite(p95):
                axes.plot([p50, p95], [cut, cut], "-", color=colour, lw=1, alpha=0.6)
        axes.set_xlabel("delay at the end of complete turns, p50 (line: to p95), ms")
        axes.set_ylabel("turns with pauses that were cut, %")
        axes.set_xlim(left=0)
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.3)
        axes.legend(fontsize=8)


def spreads(
    pictures: Mapping[str, Mapping[str, Sequence[float]]], budgets: Mapping[str, float], path: Path
) -> None:
    """A picture for each measure: the share of cases within each number of ms, a line a group.

    ``budgets`` is the p95 that a measure may have.
    """
    with _drawn(path, across=len(pictures), wide=5.5) as all_axes:
        for axes, (what, groups) in zip(all_axes, pictures.items(), strict=True):
            for number, (name, values) in enumerate(groups.items()):
                ordered = sorted(value for value in values if isfinite(value))
                if not ordered:
                    continue
                shares = [100 * (at + 1) / len(ordered) for at in range(len(ordered))]
                colour = COLOURS[number % len(COLOURS)]
                axes.step(ordered, shares, where="post", color=colour, label=name)
            if what in budgets:
                axes.plot([budgets[what]], [95], "kx", ms=9, mew=2, label="budget, p95")
            axes.set_xlabel(f"{what}, ms")
            axes.set_ylabel("share of cases, %")
            axes.set_ylim(0, 101)
            axes.grid(alpha=0.3)
            axes.legend(fontsize=8, loc="lower right")


def decisions(counts: Mapping[str, Mapping[str, int]], path: Path) -> None:
    """What the agent did at the sounds of each class, in shares of the class."""
    with _drawn(path, wide=8) as (axes,):
        for place, found in enumerate(counts.values()):
            total, left = sum(found.values()) or 1, 0.0
            for what, colour in KINDS.items():
                share = 100 * found.get(what, 0) / total
                label = what if place == 0 else None
                axes.barh(place, share, left=left, color=colour, label=label, height=0.6)
                if share >= 4:
                    axes.text(left + share / 2, place, f"{share:.0f}", ha="center", va="center")
                left += share
        axes.set_yticks(range(len(counts)), list(counts))
        axes.invert_yaxis()
        axes.set_xlim(0, 100)
        axes.set_xlabel("share of the clips, %")
        axes.legend(fontsize=8, ncols=3, loc="upper center", bbox_to_anchor=(0.5, 1.14))


def losses(rates: Mapping[str, Mapping[str, Interval]], path: Path) -> None:
    """Word error rates in per cent, a group of bars a line quality, a bar a kind of speech."""
    with _drawn(path, wide=8) as (axes,):
        lines = list(dict.fromkeys(line for of_kind in rates.values() for line in of_kind))
        width = 0.8 / max(1, len(rates))
        for number, (kind, of_kind) in enumerate(rates.items()):
            for place, line in enumerate(lines):
                if line not in of_kind:
                    continue
                value, low, high = of_kind[line]
                at = place + (number - (len(rates) - 1) / 2) * width
                colour = COLOURS[number % len(COLOURS)]
                label = kind if place == 0 else None
                axes.bar(at, value, width * 0.9, color=colour, label=label)
                axes.plot([at, at], [low, high], "k-", lw=1)
                axes.text(at, 0.1, f"{value:.1f}", ha="center", va="bottom", fontsize=8, color="w")
        axes.set_xticks(range(len(lines)), [line.replace(", ", "\n") for line in lines])
        axes.set_ylabel("word error rate, % (line: 95 % of resampled sets)")
        axes.grid(axis="y", alpha=0.3)
        axes.legend(fontsize=8)
