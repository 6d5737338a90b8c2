"""Word error rates of speech models on voices that were not in training, all on the same audio.

    python -m tools.speech_model.evaluate MODEL [MODEL ...] [--sentences held-out]

Hears through the product's own WhisperModel and resampler. Trains nothing, changes nothing.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import yaml
from numpy.typing import NDArray

from sipagent.engines.resample import resample
from sipagent.engines.whisper_model import Decoded, WhisperModel
from sipagent.text.language import Language
from tools.speech_model import augment, corpus, shards, synth, voices

SEED: Final = 20_011
BATCH: Final = 8
MODEL_HZ: Final = 16_000
NOISE_DB: Final = (15.0, 35.0)
LEVEL_DB: Final = (-20.0, -3.0)


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said, in which voice, and what a model made of it."""

    said: shards.Utterance
    text: str
    language: str


def telephone(samples: NDArray[np.int16], rng: np.random.Generator) -> NDArray[np.float32]:
    """Level, white noise 15 to 35 dB below the speech, silence around, mu-law or A-law."""
    speech = samples.astype(np.float32) / 32768
    speech *= 10 ** (rng.uniform(*LEVEL_DB) / 20) / max(1e-4, float(np.abs(speech).max()))
    loudness = float(np.sqrt(np.mean(speech**2)))
    line = np.pad(speech, (1600, 2400))
    noise = rng.standard_normal(len(line)) * loudness * 10 ** (-rng.uniform(*NOISE_DB) / 20)
    companded = augment.mu_law if rng.random() < 0.5 else augment.a_law
    return companded(np.clip(line + noise, -1, 1).astype(np.float32))


def sentences(kind: str, count: int, rng: random.Random) -> list[corpus.Sentence]:
    """The frozen held-out ones, fresh ones of the training grammar, or the knowledge base's."""
    if kind == "held-out":
        loaded = yaml.safe_load(corpus.HELD_OUT_SENTENCES[0].read_text(encoding="utf-8"))
        return [
            corpus.Sentence(one["language"], corpus.normalise(one["text"]), one["text"])
            for one in loaded["utterances"]
        ]
    drawer = corpus.Drawer(corpus.held_out_sentences())
    if kind == "drawn":
        return [drawer.draw(rng) for _ in range(count)]
    return [drawer.draw_knowledge(rng) for _ in range(count)]


def spoken_by(
    kind: str, wanted: Sequence[corpus.Sentence], times: int, rng: random.Random
) -> Iterator[shards.Utterance]:
    """Each sentence `times` times, each time in another voice of the kind."""
    for sentence in wanted:
        for turn in range(times):
            match kind:
                case "held-out":
                    voice = voices.held_out_voice(sentence.language, rng, turn)
                case "plain":
                    voice = voices.plain_voice(sentence.language, rng)
                case _:
                    voice = voices.training_voice(sentence.language, rng)
            utterance = shards.spoken(sentence, voice)
            if utterance is not None:
                yield utterance


def recognise(
    model: WhisperModel, utterances: Sequence[shards.Utterance], seed: int
) -> tuple[list[Heard], float]:
    """What the model heard, and the seconds that one utterance took in both languages."""
    rng, found, spent = np.random.default_rng(seed), [], 0.0
    both = (Language.EN, Language.AR)
    for first in range(0, len(utterances), BATCH):
        chosen = utterances[first : first + BATCH]
        lines = [telephone(one.samples, rng) for one in chosen]
        wide = [resample(line, synth.TELEPHONE_HZ, MODEL_HZ) for line in lines]
        started = time.perf_counter()
        decoded = model.decode(wide, [both] * len(wide), 1)
        spent += time.perf_counter() - started
        for said, options in zip(chosen, decoded, strict=True):
            best = _most_likely(options)
            found.append(Heard(said, corpus.normalise(best.text), best.language.value))
    return found, spent / max(1, len(utterances))


def _most_likely(options: dict[Language, Decoded]) -> Decoded:
    return max(options.values(), key=lambda one: one.logprob)


def errors(wanted: Sequence[str], heard: Sequence[str]) -> int:
    """Levenshtein distance in words."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(wanted, 1):
        corner, row[0] = row[0], number
        for at, other in enumerate(heard, 1):
            corner, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, corner + (word != other))
    return row[-1]


def rate(heard: Sequence[Heard]) -> float:
    """Word error rate in percent."""
    words = sum(len(one.said.text.split()) for one in heard)
    wrong = sum(errors(one.said.text.split(), one.text.split()) for one in heard)
    return 100 * wrong / max(1, words)


def interval(heard: Sequence[Heard], draws: int = 500) -> tuple[float, float]:
    """95 % of the rates of resampled test sets lie in here."""
    rng = random.Random(SEED)
    rates = sorted(rate(rng.choices(heard, k=len(heard))) for _ in range(draws))
    return rates[int(draws * 0.025)], rates[int(draws * 0.975)]


def report(name: str, heard: Sequence[Heard], seconds: float, show: int) -> None:
    right = sum(one.language == one.said.language for one in heard)
    print(
        f"{name}: language {100 * right / len(heard):.1f} %, {1000 * seconds:.0f} ms an utterance"
    )
    for language in corpus.LANGUAGES:
        own = [one for one in heard if one.said.language == language]
        if not own:
            continue
        low, high = interval(own)
        whole = sum(one.text == one.said.text for one in own)
        print(
            f"  {language}: WER {rate(own):.1f} % ({low:.1f} to {high:.1f}),"
            f" whole sentences {100 * whole / len(own):.0f} %, {len(own)} utterances"
        )
        by_voice: dict[str, list[Heard]] = defaultdict(list)
        for one in own:
            accent, _, variant = one.said.voice.partition("+")
            by_voice[f"+{variant}"].append(one)
            if accent in voices.HELD_OUT_ACCENTS:
                by_voice[accent].append(one)
        if len(by_voice) < 12:
            print("   ", ", ".join(f"{v} {rate(o):.1f}" for v, o in sorted(by_voice.items())))
    for one in [one for one in heard if one.text != one.said.text][:show]:
        print(f"    {one.said.voice} | {one.said.text} | {one.text}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", type=Path, nargs="+")
    parser.add_argument(
        "--sentences", choices=("held-out", "drawn", "knowledge"), default="held-out"
    )
    parser.add_argument("--voices", choices=("held-out", "training", "plain"), default="held-out")
    parser.add_argument("--count", type=int, default=200, help="of drawn sentences")
    parser.add_argument("--times", type=int, default=4, help="voices for each sentence")
    parser.add_argument("--show", type=int, default=0, help="mistakes to print")
    options = parser.parse_args()
    rng = random.Random(SEED)
    wanted = sentences(options.sentences, options.count, rng)
    utterances = list(spoken_by(options.voices, wanted, options.times, rng))
    print(f"{len(utterances)} utterances, {options.sentences} sentences, {options.voices} voices")
    for folder in options.models:
        model = WhisperModel(folder, "cpu", "default", 1)
        heard, seconds = recognise(model, utterances, SEED)
        report(folder.name, heard, seconds, options.show)


if __name__ == "__main__":
    main()
