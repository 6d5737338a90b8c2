"""Trains the turn analyst: softmax for the intent and least squares for the sentiment, by numpy.

    python -m tools.turn_analyst.train                 # writes the model of the package
    python -m tools.turn_analyst.train --folds         # measures on lines left out, writes nothing

Deterministic by its seed; under a minute on one core.
"""

import argparse
import time
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
DECAY: Final = 1e-4
SENTIMENT_WEIGHT: Final = 4.0
INTENTS: Final = tuple(Intent)
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Turns as rows of a sparse matrix, held twice: by row and by bucket.

    ``columns`` numbers only the buckets that occur; ``used`` are those buckets.
    """

    row_of: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: Floats
    used: NDArray[np.int64]
    rows: int

    def times(self, weights: Floats) -> Floats:
        starts = np.searchsorted(self.row_of, np.arange(self.rows))
        out: Floats = np.add.reduceat(weights[self.columns] * self.values[:, None], starts)
        return out

    def transposed_times(self, errors: Floats, order: NDArray[np.int64]) -> Floats:
        sorted_columns = self.columns[order]
        starts = np.searchsorted(sorted_columns, np.arange(len(self.used)))
        parts = errors[self.row_of[order]] * self.values[order][:, None]
        out: Floats = np.add.reduceat(parts, starts)
        return out


def matrix(texts: Sequence[str]) -> Matrix:
    found = [features(text) for text in texts]
    row_of = np.repeat(np.arange(len(found)), [len(one.buckets) for one in found])
    buckets = np.concatenate([one.buckets for one in found]).astype(np.int64)
    used, columns = np.unique(buckets, return_inverse=True)
    values = np.concatenate([one.values for one in found])
    return Matrix(row_of, columns.astype(np.int64), values, used, len(found))


def train(turns: Sequence[Turn], steps: int = STEPS) -> tuple[Floats, Floats]:
    """Weights ``[buckets, intents + 1]`` and biases, by Adam over all turns at once."""
    data = matrix([turn.text for turn in turns])
    order = np.argsort(data.columns, kind="stable")
    wanted = np.zeros((len(turns), len(INTENTS)), np.float32)
    wanted[np.arange(len(turns)), [INTENTS.index(turn.intent) for turn in turns]] = 1
    moods = np.array([turn.sentiment for turn in turns], np.float32)
    share = wanted.mean(axis=0)
    importance = (wanted @ (1 / np.sqrt(share * len(INTENTS)))).astype(np.float32)
    importance /= importance.mean()
    weights = np.zeros((len(data.used), len(INTENTS) + 1), np.float32)
    bias = np.zeros(len(INTENTS) + 1, np.float32)
    mean, square = [np.zeros_like(weights), np.zeros_like(bias)], [
        np.zeros_like(weights),
        np.zeros_like(bias),
    ]
    for step in range(1, steps + 1):
        scored = data.times(weights) + bias
        chances = np.exp(scored[:, :-1] - scored[:, :-1].max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        errors = np.empty_like(scored)
        errors[:, :-1] = (chances - wanted) * importance[:, None]
        errors[:, -1] = SENTIMENT_WEIGHT * (scored[:, -1] - moods)
        errors /= len(turns)
        slopes = [data.transposed_times(errors, order) + DECAY * weights, errors.sum(axis=0)]
        rate = RATE * (1 - step / (steps + 1))
        for value, slope, m, s in zip([weights, bias], slopes, mean, square, strict=True):
            m += 0.1 * (slope - m)
            s += 0.01 * (slope**2 - s)
            value -= (
                rate * (m / (1 - 0.9**step)) / (np.sqrt(s / (1 - 0.99**step)) + 1e-8)
            ).astype(np.float32)
    whole = np.zeros((BUCKETS, len(INTENTS) + 1), np.float32)
    whole[data.used] = weights
    return whole, bias


def temperature(model: LinearModel, turns: Sequence[Turn]) -> float:
    """What makes the probabilities of the right intents likeliest on turns not trained on."""
    scored = np.stack([model.scores(turn.text)[:-1] for turn in turns])
    right = np.array([INTENTS.index(turn.intent) for turn in turns])
    return min(
        np.geomspace(0.2, 5, 60).tolist(), key=lambda degree: _surprise(scored / degree, right)
    )


def _surprise(logits: Floats, right: NDArray[np.int64]) -> float:
    logits = logits - logits.max(axis=1, keepdims=True)
    chances = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return -float(chances[np.arange(len(right)), right].mean())


def model_of(turns: Sequence[Turn], degree: float = 1.0) -> LinearModel:
    weights, bias = train(turns)
    return LinearModel(weights.astype(np.float16), bias, degree, INTENTS)


def left_out(turns: Sequence[Turn]) -> float:
    """Measure on lines that a model has not seen, print it; the temperature that suits them."""
    parts = split(turns, FOLDS, SEED)
    degrees, hits, errors, signs = [], list[bool](), list[float](), list[bool]()
    misses: list[str] = []
    for number, part in enumerate(parts):
        model = model_of([turn for other in parts if other is not part for turn in other])
        degrees.append(temperature(model, part))
        for turn in part:
            intent, _, sentiment = model.judge(turn.text)
            hits.append(intent is turn.intent)
            errors.append(abs(sentiment - turn.sentiment))
            signs.append(abs(turn.sentiment) < 0.3 or sentiment * turn.sentiment > 0)
            if intent is not turn.intent:
                misses.append(f"{turn.intent} as {intent}: {turn.text}")
        print(f"fold {number}: {np.mean(hits):.3f} of intents, {np.mean(errors):.3f} off in mood")
    print(f"signs of clear moods right: {np.mean(signs):.3f}; degrees {np.round(degrees, 2)}")
    Path("/tmp/scratch/misses.txt").write_text("\n".join(misses), encoding="utf-8")
    return float(np.mean(degrees))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", action="store_true", help="measure on lines left out")
    parser.add_argument("--out", type=Path, default=MODEL)
    arguments = parser.parse_args()
    began = time.monotonic()
    turns = draw(load(), SEED)
    print(f"{len(turns)} turns")
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
