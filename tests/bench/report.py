"""What was measured, as a Markdown table and as a picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Row:
    """One figure, its budget where it has one, and the plain answerer's in the same run."""

    what: str
    unit: str
    measured: float
    budget: float | None = None
    plain: float | None = None

    @property
    def within(self) -> str:
        if self.budget is None:
            return ""
        return "yes" if self.measured <= self.budget else "no"


def table(rows: Sequence[Row]) -> str:
    lines = ["| | measured | budget | within | plain pjsua2 |", "|---|---|---|---|---|"]
    for row in rows:
        budget = "" if row.budget is None else f"{row.budget:g} {row.unit}"
        plain = "" if row.plain is None else f"{row.plain:.3g} {row.unit}"
        lines.append(
            f"| {row.what} | {row.measured:.3g} {row.unit} | {budget} | {row.within} | {plain} |"
        )
    return "\n".join(lines)


def picture(rows: Sequence[Row], path: Path) -> None:
    """Each figure as a share of its budget; the plain answerer as a tick beside it."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    judged = [row for row in rows if row.budget]
    figure, axes = plt.subplots(figsize=(9, 0.45 * len(judged) + 1.2), layout="constrained")
    for place, row in enumerate(reversed(judged)):
        assert row.budget is not None
        share = row.measured / row.budget
        axes.barh(place, share, color="tab:green" if share <= 1 else "tab:red", height=0.6)
        axes.text(share, place, f" {row.measured:.3g} {row.unit}", va="center", fontsize=8)
        if row.plain is not None:
            axes.plot([row.plain / row.budget] * 2, [place - 0.4, place + 0.4], "k", lw=2)
    axes.set_yticks(range(len(judged)), [row.what for row in reversed(judged)], fontsize=8)
    axes.axvline(1, color="black", ls=":")
    axes.set_xlabel("share of the budget (black tick: plain pjsua2 answerer in the same run)")
    figure.savefig(path, dpi=110)
    plt.close(figure)
