"""Trains the turn analyst: softmax for the intent and least squares for the sentiment, by numpy.

    python -m tools.turn_analyst.train            # writes the model of the package
    python -m tools.turn_analyst.train --folds    # measures on lines left out, writes nothing

Deterministic by its seed; under a minute on one core.
"""

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sipagent.engines.analyst_linear import MODEL, LinearModel
from sipagent.engines.turn_features import BUCKETS, features
from sipagent.ports import Intent
from tools.turn_analyst.corpus import Turn, draw, load, split

SEED: Final = 4
FOLDS: Final = 5
STEPS: Final = 160
RATE: Final = 0.05
DECAY: Final = 1e-5  # of the weights, in the loss
DROPPED: Final = 0.4  # of the features, at each step anew: no weight may lean on another
CUE: Final = 0.59  # values from here on are cues, which are never dropped
SENTIMENT_WEIGHT: Final = 4.0
CLEAR_MOOD: Final = 0.3
INTENTS: Final = tuple(Intent)
Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Turns as rows of a sparse matrix. ``columns`` number the buckets that occur, ``used``.

    ``by_column`` sorts the values by column; the starts are where each row and column begins.
    """

    rows: Numbers
    columns: Numbers
    values: Floats
    used: Numbers
    by_column: Numbers
    row_starts: Numbers
    column_starts: Numbers

    def times(self, weights: Floats, values: Floats) -> Floats:
        out: Floats = np.add.reduceat(weights[self.columns] * values[:, None], self.row_starts)
        return out

    def transposed_times(self, errors: Floats, values: Floats) -> Floats:
        parts = errors[self.rows[self.by_column]] * values[self.by_column][:, None]
        out: Floats = np.add.reduceat(parts, self.column_starts)
        return out


def matrix(texts: Sequence[str]) -> Matrix:
    found = [features(text) for text in texts]
    sizes = [len(one.buckets) for one in found]
    rows = np.repeat(np.arange(len(found)), sizes)
    used, columns = np.unique(np.concatenate([one.buckets for one in found]), return_inverse=True)
    by_column = np.argsort(columns, kind="stable")
    return Matrix(
        rows,
        columns,
        np.concatenate([one.values for one in found]),
        used.astype(np.int64),
        by_column,
        np.concatenate([[0], np.cumsum(sizes)[:-1]]),
        np.searchsorted(columns[by_column], np.arange(len(used))),
    )


class Adam:
    """Moves some arrays against their slopes, each number at its own pace."""

    def __init__(self, arrays: Sequence[Floats], rate: float, steps: int) -> None:
        self._arrays = arrays
        self._means = [np.zeros_like(one) for one in arrays]
        self._squares = [np.zeros_like(one) for one in arrays]
        self._rate, self._steps = rate, steps

    def move(self, step: int, slopes: Sequence[Floats]) -> None:
        rate = np.float32(self._rate * (1 - step / (self._steps + 1)))
        for one, slope, mean, square in zip(
            self._arrays, slopes, self._means, self._squares, strict=True
        ):
            mean += 0.1 * (slope - mean)
            square += 0.01 * (slope**2 - square)
            one -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)


def train(turns: Sequence[Turn]) -> tuple[Floats, Floats]:
    """Weights ``[buckets, intents + 1]`` and biases, over all turns at once."""
    data = matrix([turn.text for turn in turns])
    wanted = np.zeros((len(turns), len(INTENTS)), np.float32)
    wanted[np.arange(len(turns)), [INTENTS.index(turn.intent) for turn in turns]] = 1
    moods = np.array([turn.sentiment for turn in turns], np.float32)
    importance = wanted @ (np.maximum(wanted.mean(axis=0), 1 / len(turns)) ** -0.5)
    importance /= importance.mean()
    weights = np.zeros((len(data.used), len(INTENTS) + 1), np.float32)
    bias = np.zeros(len(INTENTS) + 1, np.float32)
    adam = Adam([weights, bias], RATE, STEPS)
    chance = np.random.default_rng(SEED)
    lasting = data.values >= CUE
    for step in range(1, STEPS + 1):
        kept = chance.random(len(data.values), np.float32) >= DROPPED
        values = np.where(lasting, data.values, data.values * kept / np.float32(1 - DROPPED))
        scored = data.times(weights, values) + bias
        errors = np.empty_like(scored)
        errors[:, :-1] = (_chances(scored[:, :-1]) - wanted) * importance[:, None]
        errors[:, -1] = SENTIMENT_WEIGHT * np.nan_to_num(scored[:, -1] - moods)
        errors /= len(turns)
        slopes = [data.transposed_times(errors, values) + DECAY * weights, errors.sum(axis=0)]
        adam.move(step, slopes)
    whole = np.zeros((BUCKETS, len(INTENTS) + 1), np.float32)
    whole[data.used] = weights
    return whole, bias


def _chances(logits: Floats) -> Floats:
    grown = np.exp(logits - logits.max(axis=1, keepdims=True))
    out: Floats = grown / grown.sum(axis=1, keepdims=True)
    return out


def temperature(model: LinearModel, turns: Sequence[Turn]) -> float:
    """What makes the probabilities of the right intents likeliest, on turns not trained on."""
    scored = np.stack([model.scores(turn.text)[:-1] for turn in turns])
    right = [INTENTS.index(turn.intent) for turn in turns]

    def surprise(degree: float) -> float:
        chances = _chances(scored / np.float32(degree))
        return -float(np.log(chances[np.arange(len(right)), right] + 1e-9).mean())

    degrees: list[float] = np.geomspace(0.2, 5, 60).tolist()
    return min(degrees, key=surprise)


def model_of(turns: Sequence[Turn], degree: float = 1.0) -> LinearModel:
    weights, bias = train(turns)
    return LinearModel(weights.astype(np.float16), bias, degree, INTENTS)


def left_out(turns: Sequence[Turn]) -> None:
    """Measure on lines that a model has not seen, as they were written, and print it."""
    parts = split(turns, FOLDS, SEED)
    hits: dict[Intent, list[bool]] = {intent: [] for intent in INTENTS}
    errors, signs = list[float](), list[bool]()
    confused: Counter[str] = Counter()
    for part in parts:
        model = model_of([turn for other in parts if other is not part for turn in other])
        for turn in part:
            if not turn.plain:
                continue
            intent, _, sentiment = model.judge(turn.text)
            hits[turn.intent].append(intent is turn.intent)
            errors.append(abs(sentiment - turn.sentiment))
            if abs(turn.sentiment) >= CLEAR_MOOD:
                signs.append(sentiment * turn.sentiment > 0)
            if intent is not turn.intent:
                confused[f"{turn.intent} as {intent}"] += 1
    right = [hit for one in hits.values() for hit in one]
    print(f"{np.mean(right):.3f} of intents right, of {len(right)} turns:")
    print(", ".join(f"{intent} {np.mean(one):.2f}" for intent, one in hits.items()))
    print(f"mood {np.nanmean(errors):.3f} off; signs of clear moods right: {np.mean(signs):.3f}")
    print("\n".join(f"{count:4} {what}" for what, count in confused.most_common(12)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", action="store_true", help="measure on lines left out")
    parser.add_argument("--out", type=Path, default=MODEL)
    arguments = parser.parse_args()
    began = time.monotonic()
    turns = draw(load(), SEED)
    print(f"{len(turns)} turns of {turns[-1].line + 1} lines")
    if arguments.folds:
        left_out(turns)
    else:
        held, *rest = split(turns, FOLDS, SEED)
        degree = temperature(model_of([turn for part in rest for turn in part]), held)
        model_of(turns, degree).write(arguments.out)
        print(f"{arguments.out}: {arguments.out.stat().st_size // 1024} KiB, {degree=:.2f}")
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
