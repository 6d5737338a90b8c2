"""What was measured, as a Markdown table and as a picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PLAIN: Final = "plain pjsua2"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure, its budget where it has one, and the plain answerer's in the same run.

    A budget is the most that is allowed; with ``at_least`` it is the least.
    """

    what: str
    unit: str
    measured: float
    budget: float | None = None
    plain: float | None = None
    at_least: bool = False

    @property
    def share(self) -> float | None:
        """Of the budget; 1 or less is within."""
        return self._share_of(self.measured)

    @property
    def plain_share(self) -> float | None:
        return None if self.plain is None else self._share_of(self.plain)

    @property
    def within(self) -> str:
        if self.budget is None:
            return ""
        met = self.measured >= self.budget if self.at_least else self.measured <= self.budget
        return "yes" if met else "no"

    def _share_of(self, value: float) -> float | None:
        if not self.budget:
            return None
        if not self.at_least:
            return value / self.budget
        return self.budget / value if value else None


@dataclass(frozen=True, slots=True)
class Findings:
    """Figures, and what a reader needs beside them.

    ``baseline`` names what ``Row.plain`` was measured on. ``caption`` says how the figures come
    about, ``more`` holds further tables and lists of failures, both as Markdown.
    """

    rows: Sequence[Row]
    baseline: str = PLAIN
    caption: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What one part of the bench found, and the command that finds it again."""

    name: str
    command: str
    found: Findings

    @property
    def rows(self) -> Sequence[Row]:
        return self.found.rows


def document(machine: str, parts: Sequence[Part]) -> str:
    """A section for each part."""
    sections = [
        f"## {part.name}\n\nCommand: `{part.command}`\n\n{section(part.found)}" for part in parts
    ]
    return "\n\n".join([f"Machine: {machine}", *sections]) + "\n"


def section(found: Findings) -> str:
    """The caption, the table of figures and what follows it."""
    return "\n\n".join(
        text for text in (found.caption, table(found.rows, found.baseline), found.more) if text
    )


def shown(value: float) -> str:
    """Three digits, or all of a whole part that has more."""
    return f"{value:,.0f}" if 1000 <= abs(value) < float("inf") else f"{value:.3g}"


def table(rows: Sequence[Row], baseline: str = PLAIN) -> str:
    lines = []
    for row in rows:
        least = "at least " if row.at_least else ""
        budget = "" if row.budget is None else f"{least}{row.budget:g} {row.unit}"
        plain = "" if row.plain is None else f"{shown(row.plain)} {row.unit}"
        lines.append([row.what, f"{shown(row.measured)} {row.unit}", budget, row.within, plain])
    return grid(["", "measured", "budget", "within", baseline], lines)


def grid(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    rules = ["---"] * len(head)
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, rules, *lines))


def picture(rows: Sequence[Row], path: Path) -> None:
    """Each figure as a share of its budget; its baseline as a tick beside it."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    judged = [(row, row.share) for row in rows if row.share is not None]
    figure, axes = plt.subplots(figsize=(9, 0.45 * len(judged) + 1.2), layout="constrained")
    for place, (row, share) in enumerate(reversed(judged)):
        axes.barh(place, share, color="tab:green" if share <= 1 else "tab:red", height=0.6)
        axes.text(share, place, f" {row.measured:.3g} {row.unit}", va="center", fontsize=8)
        if (base := row.plain_share) is not None:
            axes.plot([base] * 2, [place - 0.4, place + 0.4], "k", lw=2)
    axes.set_yticks(range(len(judged)), [row.what for row, _ in reversed(judged)], fontsize=8)
    axes.axvline(1, color="black", ls=":")
    axes.set_xlabel("share of the budget (black tick: the baseline in the same run)")
    figure.savefig(path, dpi=110)
    plt.close(figure)
