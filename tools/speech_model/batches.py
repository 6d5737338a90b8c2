"""Turn utterances into what one training step needs: rendered audio and token rows.

Every call renders the telephone anew. Knows the tokenizer, not the network.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor

from tools.speech_model import augment, corpus, synth
from tools.speech_model.shards import Utterance
from tools.speech_model.vocabulary import Vocabulary

IGNORED: Final = -100
PAD_BLOCK: Final = 1600
WINDOW: Final = 8 * synth.TELEPHONE_HZ
SILENCE_AROUND: Final = int(0.35 * synth.TELEPHONE_HZ)
FULL_WINDOW_SHARE: Final = 0.1
NOISE_SHARE: Final = 0.02
CONTRAST_SHARE: Final = 0.15


@dataclass(frozen=True, slots=True)
class Batch:
    """audio: float32 [calls, samples], 8 kHz. Row r of `tokens` listens to call `listens_to[r]`;
    the rows from `contrast_from` on were given the wrong language in their prompt."""

    audio: Tensor
    tokens: Tensor
    labels: Tensor
    listens_to: Tensor
    contrast_from: int
    texts: list[list[int]]


class Batcher:
    """Draws batches of utterances of like length from a pool."""

    def __init__(
        self, pool: list[Utterance], vocabulary: Vocabulary, seconds: float, seed: int
    ) -> None:
        self._pool = sorted(pool, key=lambda utterance: len(utterance.samples))
        self._ends = np.cumsum([len(u.samples) for u in self._pool])
        self._vocabulary = vocabulary
        self._budget = int(seconds * synth.TELEPHONE_HZ)
        self._rng = np.random.default_rng(seed)

    def draw(self) -> Batch:
        whole = bool(self._rng.random() < FULL_WINDOW_SHARE)
        utterances = self._neighbours(WINDOW if whole else 0)
        silent = int(self._rng.random() < NOISE_SHARE * len(utterances))
        audio = [augment.rendered(u.samples, self._rng) for u in utterances]
        audio += [augment.noise_alone(self._rng) for _ in range(silent)]
        texts = [self._vocabulary.encode(u.text) for u in utterances] + [[]] * silent
        rows = [self._row(u.language, text) for u, text in zip(utterances, texts, strict=False)]
        rows += [self._silent_row() for _ in range(silent)]
        contrast_from = len(rows)
        contrasted = np.flatnonzero(self._rng.random(len(utterances)) < CONTRAST_SHARE)
        for index in contrasted:
            rows.append(self._contrast_row(utterances[index].language))
        tokens, labels = _stacked(rows, self._vocabulary.end)
        return Batch(
            audio=_padded(audio, WINDOW if whole else 0),
            tokens=tokens,
            labels=labels,
            listens_to=torch.tensor([*range(contrast_from), *contrasted.tolist()]),
            contrast_from=contrast_from,
            texts=texts,
        )

    def _neighbours(self, longest: int) -> list[Utterance]:
        """Utterances of like length, drawn as often as they are long; each costs `longest` samples
        or more."""
        total = int(self._ends[-1])
        start_at = int(self._rng.integers(0, max(1, total - self._budget)))
        first = bisect.bisect_left(self._ends, start_at)
        chosen = self._pool[first : first + 1]
        for utterance in self._pool[first + 1 :]:
            longest = max(longest, len(utterance.samples) + SILENCE_AROUND)
            if longest * (len(chosen) + 1) > self._budget or len(chosen) >= 64:
                break
            chosen.append(utterance)
        return chosen

    def _row(self, language: str, text: list[int]) -> tuple[list[int], list[int]]:
        sequence = [*self._vocabulary.prompt(language), *text, self._vocabulary.end]
        return sequence[:-1], sequence[1:]

    def _silent_row(self) -> tuple[list[int], list[int]]:
        """Nobody speaks: <|nospeech|> in place of the language and of the words."""
        language = corpus.LANGUAGES[int(self._rng.integers(2))]
        prompt = self._vocabulary.prompt(language)
        nothing, end = self._vocabulary.no_speech, self._vocabulary.end
        return [*prompt, nothing], [nothing, IGNORED, IGNORED, nothing, end]

    def _contrast_row(self, language: str) -> tuple[list[int], list[int]]:
        """The wrong language is asked for: the answer is <|nospeech|>, and unsure."""
        wrong = next(other for other in corpus.LANGUAGES if other != language)
        prompt = self._vocabulary.prompt(wrong)
        nothing, end = self._vocabulary.no_speech, self._vocabulary.end
        return [*prompt, nothing], [IGNORED] * 3 + [nothing, end]


def _padded(audio: list[augment.Samples], shortest: int) -> Tensor:
    longest = max(shortest, *(len(samples) for samples in audio))
    length = min(WINDOW, -(-longest // PAD_BLOCK) * PAD_BLOCK)
    padded = np.zeros((len(audio), length), np.float32)
    for row, samples in zip(padded, audio, strict=True):
        row[: len(samples)] = samples[:length]
    return torch.from_numpy(padded)


def _stacked(rows: list[tuple[list[int], list[int]]], filler: int) -> tuple[Tensor, Tensor]:
    length = max(len(tokens) for tokens, _ in rows)
    tokens = torch.full((len(rows), length), filler)
    labels = torch.full((len(rows), length), IGNORED)
    for index, (given, wanted) in enumerate(rows):
        tokens[index, : len(given)] = torch.tensor(given)
        labels[index, : len(wanted)] = torch.tensor(wanted)
    return tokens, labels
