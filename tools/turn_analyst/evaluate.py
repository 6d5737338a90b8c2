"""Measures the turn analyst on held-out turns, beside a majority vote and a list of keywords.

    python -m tools.turn_analyst.evaluate tests/data/understanding.yaml

Prints the tables of docs/understanding.md. Whoever tunes on these turns makes them worthless.
"""

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml

from sipagent.dialog.policy import Heard, Policy, Verdict, VerdictKind
from sipagent.engines import load
from sipagent.engines.turn_features import mood
from sipagent.engines.turn_words import CUE_WORDS
from sipagent.ports import Analyst, Intent, Understanding
from sipagent.text.dangling import ASKING_AR, ASKING_EN, AUXILIARIES
from sipagent.text.language import Language
from sipagent.text.script import dominant
from sipagent.text.spoken_digits import only_digits
from sipagent.text.words import words
from sipagent.text.yes_no import yes_or_no

CLEAR_MOOD: Final = 0.3
TIMES: Final = 20
Judge = Callable[[str], tuple[Intent, float]]


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled turn. ``form`` is what its writer says of how it is said, such as "mixed"."""

    text: str
    language: str
    form: str
    intent: Intent
    sentiment: float


def rows_of(path: Path) -> list[Row]:
    table = yaml.safe_load(path.read_text(encoding="utf-8"))
    found: Iterable[dict[str, Any]] = (
        table if isinstance(table, list) else [row for rows in table.values() for row in rows]
    )
    return [
        Row(
            row["text"],
            row["language"],
            row.get("form", ""),
            Intent(row["intent"]),
            float(row["sentiment"]),
        )
        for row in found
    ]


def keywords(text: str) -> tuple[Intent, float]:
    """A baseline: the first list of words that the turn has one of."""
    said = frozenset(words(text))
    feeling = dict(mood(words(text)))
    sentiment = sum(
        weight * feeling.get(name, 0)
        for name, weight in (("furious", -0.5), ("bad", -0.3), ("good", 0.3), ("delighted", 0.5))
    )
    return _listed(text, said, feeling), float(np.clip(sentiment, -1, 1))


def _listed(text: str, said: frozenset[str], feeling: dict[str, int]) -> Intent:
    answer = yes_or_no(text)
    has = {name: not said.isdisjoint(names) for name, names in CUE_WORDS.items()}
    rules = (
        (has["danger"], Intent.EMERGENCY),
        (has["person"], Intent.HUMAN),
        (answer is True, Intent.CONFIRM),
        (answer is False, Intent.DENY),
        (bool(feeling.get("bad") or feeling.get("furious")), Intent.COMPLAINT),
        (not said.isdisjoint(ASKING_EN | ASKING_AR), Intent.QUESTION),
        (has["want"] or has["please"] or has["do"], Intent.REQUEST),
        (has["greet"] or has["part"] or has["thank"], Intent.SOCIAL),
        (only_digits(text) or has["mine"], Intent.INFORM),
        (not said.isdisjoint(AUXILIARIES), Intent.QUESTION),
    )
    return next((intent for holds, intent in rules if holds), Intent.OTHER)


def macro_f1(rows: Sequence[Row], found: Sequence[Intent]) -> float:
    """Over the intents that the rows have."""
    scores = []
    for intent in {row.intent for row in rows}:
        hits = sum(row.intent is one is intent for row, one in zip(rows, found, strict=True))
        wanted = sum(row.intent is intent for row in rows)
        scores.append(2 * hits / (wanted + sum(one is intent for one in found)))
    return float(np.mean(scores))


def figures(rows: Sequence[Row], judged: Sequence[tuple[Intent, float]]) -> str:
    """A row's cells: intents right, macro F1, mean error of the mood, signs right."""
    hits = [row.intent is one for row, (one, _) in zip(rows, judged, strict=True)]
    errors = [abs(row.sentiment - mood) for row, (_, mood) in zip(rows, judged, strict=True)]
    signs = [
        row.sentiment * mood > 0
        for row, (_, mood) in zip(rows, judged, strict=True)
        if abs(row.sentiment) >= CLEAR_MOOD
    ]
    f1 = macro_f1(rows, [one for one, _ in judged])
    sign = f"{np.mean(signs):.1%}" if signs else "-"
    return f"{len(rows)} | {np.mean(hits):.1%} | {f1:.3f} | {np.mean(errors):.3f} | {sign}"


def by_kind(rows: Sequence[Row], judges: dict[str, Judge]) -> str:
    lines = [
        "| turns | judge | number | intents right | macro F1 | mood off by | sign of mood right |",
        "|---|---|---|---|---|---|---|",
    ]
    kinds = sorted({row.language for row in rows}) + sorted({row.form for row in rows} - {""})
    for kind in ("all", *kinds):
        chosen = [row for row in rows if kind in {"all", row.language, row.form}]
        for name, judge in judges.items():
            cells = figures(chosen, [judge(row.text) for row in chosen])
            lines.append(f"| {kind} | {name} | {cells} |")
    return "\n".join(lines)


def confusion(rows: Sequence[Row], judge: Judge) -> str:
    """Rows: what a turn is; columns: what it was taken for."""
    counted = Counter((row.intent, judge(row.text)[0]) for row in rows)
    shown = [intent for intent in Intent if any(row.intent is intent for row in rows)]
    lines = [
        "| is | " + " | ".join(shown) + " | recall | precision |",
        "|---" * (len(shown) + 3) + "|",
    ]
    for intent in shown:
        cells = [counted[intent, one] for one in shown]
        taken = sum(counted[one, intent] for one in shown)
        recall = counted[intent, intent] / sum(cells)
        precision = f"{counted[intent, intent] / taken:.0%}" if taken else "-"
        numbers = " | ".join(str(cell or "") for cell in cells)
        lines.append(f"| {intent} | {numbers} | {recall:.0%} | {precision} |")
    return "\n".join(lines)


def policy_table(rows: Sequence[Row], understood: Sequence[Understanding]) -> str:
    """What the policy makes of each turn alone, said clearly."""

    def verdict(row: Row, found: Understanding) -> Verdict:
        return Policy().judge(Heard(row.text, 1.0, found))

    verdicts = [verdict(row, one) for row, one in zip(rows, understood, strict=True)]
    lines = ["| intent | turns | " + " | ".join(VerdictKind) + " |"]
    lines.append("|---" * (len(VerdictKind) + 2) + "|")
    for intent in Intent:
        of = [one.kind for row, one in zip(rows, verdicts, strict=True) if row.intent is intent]
        cells = " | ".join(str(of.count(kind) or "") for kind in VerdictKind)
        lines.append(f"| {intent} | {len(of)} | {cells} |")
    wrong = [
        f"- {row.intent} as {one.kind} ({one.reason}): {row.text}"
        for row, one in zip(rows, verdicts, strict=True)
        if (row.intent is Intent.EMERGENCY) != (one.kind is VerdictKind.EMERGENCY)
    ]
    return "\n".join([*lines, "", "Emergencies missed and false alarms:", "", *wrong])


def calibration(rows: Sequence[Row], understood: Sequence[Understanding]) -> str:
    sure = np.array([one.confidence for one in understood])
    hits = np.array([row.intent is one.intent for row, one in zip(rows, understood, strict=True)])
    lines = ["| confidence | turns | right |", "|---|---|---|"]
    for low, high in ((0, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 0.9), (0.9, 1.01)):
        chosen = (sure >= low) & (sure < high)
        if chosen.any():
            top = min(high, 1)
            lines.append(f"| {low} to {top} | {chosen.sum()} | {hits[chosen].mean():.1%} |")
    return "\n".join(lines)


async def understand(analyst: Analyst, rows: Sequence[Row]) -> list[Understanding]:
    return [await analyst.analyse(row.text, dominant(row.text, Language.EN)) for row in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("turns", type=Path)
    rows = rows_of(parser.parse_args().turns)
    analyst = load("analyst", "linear", {})
    understood = asyncio.run(understand(analyst, rows))
    known = {
        row.text: (one.intent, one.sentiment) for row, one in zip(rows, understood, strict=True)
    }
    majority = Counter(row.intent for row in rows).most_common(1)[0][0]
    middle = float(np.median([row.sentiment for row in rows]))
    judges: dict[str, Judge] = {
        "linear": known.__getitem__,
        "keywords": keywords,
        "majority": lambda _: (majority, middle),
    }
    print(by_kind(rows, judges), "\n")
    print(confusion(rows, judges["linear"]), "\n")
    print(calibration(rows, understood), "\n")
    print(policy_table(rows, understood), "\n")
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        asyncio.run(understand(analyst, rows))
        took.append((time.perf_counter() - began) / len(rows))
    print(f"{1e6 * min(took):.0f} us a turn, the best of {TIMES} runs over all")


if __name__ == "__main__":
    main()
