"""Speak many sentences and keep them as shards: 8 kHz int16 speech with its words, in .npz files.

    python -m tools.speech_model.shards OUT --first 0 --count 20

Training shards hold training voices only. Knows nothing of noise or features.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tools.speech_model import corpus, synth, voices

SHARD_SIZE: Final = 1000
SHORTEST_S: Final = 0.2
LONGEST_S: Final = 7.0


@dataclass(frozen=True, slots=True)
class Utterance:
    """One spoken sentence: int16 mono, 8 kHz."""

    language: str
    text: str
    voice: str
    samples: NDArray[np.int16]


def spoken(sentence: corpus.Sentence, voice: voices.Voice) -> Utterance | None:
    """The sentence in this voice; None where it does not fit the model's window."""
    samples = synth.speak_telephone(sentence.spoken, voice)
    if not SHORTEST_S <= len(samples) / synth.TELEPHONE_HZ <= LONGEST_S:
        return None
    return Utterance(sentence.language, sentence.text, voice.name, samples)


def training_utterances(seed: int, count: int, held_out: frozenset[str]) -> Iterator[Utterance]:
    rng = random.Random(seed)
    drawer = corpus.Drawer(held_out)
    made = 0
    while made < count:
        sentence = drawer.draw(rng)
        utterance = spoken(sentence, voices.training_voice(sentence.language, rng))
        if utterance is not None:
            made += 1
            yield utterance


def write_shard(path: Path, utterances: list[Utterance]) -> None:
    """Written under another name first: a reader never sees half a shard."""
    meta = [[u.language, u.text, u.voice, len(u.samples)] for u in utterances]
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        np.savez(
            file,
            samples=np.concatenate([u.samples for u in utterances]),
            meta=np.frombuffer(json.dumps(meta, ensure_ascii=False).encode(), dtype=np.uint8),
        )
    partial.rename(path)


def read_shard(path: Path) -> list[Utterance]:
    with np.load(path) as file:
        samples, meta = file["samples"], json.loads(file["meta"].tobytes())
    found, start = [], 0
    for language, text, voice, length in meta:
        found.append(Utterance(language, text, voice, samples[start : start + length]))
        start += length
    return found


def _make(task: tuple[Path, int, int]) -> str:
    folder, number, size = task
    path = folder / f"{number:05d}.npz"
    if not path.exists():
        held_out = corpus.held_out_sentences()
        write_shard(path, list(training_utterances(number, size, held_out)))
    return path.name


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--first", type=int, default=0, help="number, and seed, of the first")
    parser.add_argument("--count", type=int, default=30, help="shards to make")
    parser.add_argument("--size", type=int, default=SHARD_SIZE, help="utterances in each")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    numbers = range(options.first, options.first + options.count)
    tasks = [(options.folder, number, options.size) for number in numbers]
    with Pool(options.processes) as pool:
        for name in pool.imap(_make, tasks):
            print(name, flush=True)


if __name__ == "__main__":
    main()
