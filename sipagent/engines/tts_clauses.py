"""What voices without word events share: runs of one language, places of words, whole clauses.

A word's place is in proportion to the letters that are said for it, between edges that are
known exactly. Knows no engine and no text but what a clause already says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sipagent.engines.levels import normalised
from sipagent.engines.resample import resample
from sipagent.ports import Speech, SpokenWord
from sipagent.text.clauses import Clause
from sipagent.text.language import Language
from sipagent.text.marks import Manner
from sipagent.text.script import dominant, languages_of
from sipagent.text.spoken import Unit

SPEECH_DBFS: Final = -20.0
SCRIPT_PAUSE_MS: Final = 15
EMPHASIS_PACE: Final = 0.9  # a little slower is heard as weight, whatever the voice
LETTERS_OF_A_DIGIT: Final = 4  # "3" is said as "three"
TATWEEL: Final = "\u0640"  # lengthens a word in print and is no sound

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring units of one language, which one request to an engine can say."""

    units: tuple[Unit, ...]
    language: Language

    @property
    def said(self) -> str:
        return " ".join(unit.said.replace(TATWEEL, "") for unit in self.units)

    @property
    def weights(self) -> tuple[int, ...]:
        """How long each unit lasts beside the others: its letters, a digit for several."""
        return tuple(
            sum(LETTERS_OF_A_DIGIT if one.isdigit() else one.isalnum() for one in unit.said)
            for unit in self.units
        )


@dataclass(frozen=True, slots=True)
class Sound:
    """float32 samples with the words in them; offsets in samples at the same rate."""

    samples: Samples
    words: tuple[SpokenWord, ...]


def runs(clause: Clause, language: Language, *, split: bool = True) -> list[Run]:
    """The clause as runs of one language each; without ``split`` as one, in its main language.

    Runs that hold nothing to say are joined to the one before them, so that no word is lost;
    a clause with nothing to say has no runs.
    """
    units = list(clause.units)
    if not split:
        whole = [Run(tuple(units), dominant(clause.said(), language))]
        return whole if sum(whole[0].weights) else []
    found: list[Run] = []
    spoken = languages_of([unit.said for unit in units], language)
    for unit, own in zip(units, spoken, strict=True):
        if found and (found[-1].language is own or not any(map(str.isalnum, unit.said))):
            found[-1] = Run((*found[-1].units, unit), found[-1].language)
        else:
            found.append(Run((unit,), own))
    if len(found) > 1 and not sum(found[0].weights):  # marks before the first word
        found[:2] = [Run((*found[0].units, *found[1].units), found[1].language)]
    return found if sum(sum(run.weights) for run in found) else []


def pace(manner: Manner) -> float:
    """How fast a clause is spoken; 1 is the voice's own pace."""
    return manner.pace * (EMPHASIS_PACE if manner.emphasis else 1.0)


def placed(run: Run, samples: int, edges: Sequence[float] | None = None) -> tuple[SpokenWord, ...]:
    """The run's units within its sound of so many samples.

    ``edges`` are where each unit begins and the last one ends; by default in proportion.
    """
    if edges is None:
        reached = list(accumulate(run.weights, initial=0))
        edges = [samples * part / max(reached[-1], 1) for part in reached]
    words = []
    at = 0
    for unit, end in zip(run.units, edges[1:], strict=True):
        until = min(max(round(end), at), samples)
        words.append(SpokenWord(unit.written, at, until))
        at = until
    return tuple(words)


def resampled(sound: Sound, from_hz: int, to_hz: int) -> Sound:
    """The same sound at another rate."""
    samples = resample(sound.samples, from_hz, to_hz)

    def moved(offset: int) -> int:
        return min(round(offset * to_hz / from_hz), len(samples))

    words = tuple(SpokenWord(word.text, moved(word.start), moved(word.end)) for word in sound.words)
    return Sound(samples, words)


def finished(clause: Clause, language: Language, sounds: Sequence[Sound], rate_hz: int) -> Speech:
    """A whole clause: its runs one after the other at an even level, and the pause after it.

    Without any sound, its ``pcm`` is empty.
    """
    parts: list[Samples] = []
    words: list[SpokenWord] = []
    length = 0
    for sound in sounds:
        if length and len(sound.samples):
            parts.append(silence(SCRIPT_PAUSE_MS, rate_hz))
            length += len(parts[-1])
        words += [SpokenWord(one.text, one.start + length, one.end + length) for one in sound.words]
        parts.append(sound.samples)
        length += len(sound.samples)
    if not length:
        return Speech(clause.text, language, b"", rate_hz, ())
    parts.append(silence(clause.pause_ms, rate_hz))
    level = normalised(np.concatenate(parts), rate_hz, SPEECH_DBFS)
    return Speech(clause.text, language, pcm16(level), rate_hz, tuple(words))


def silence(length_ms: int, rate_hz: int) -> Samples:
    return np.zeros(length_ms * rate_hz // 1000, np.float32)


def pcm16(samples: Samples) -> bytes:
    """float32 of -1 to 1 as int16 little-endian."""
    pcm: bytes = np.rint(np.clip(samples, -1.0, 1.0) * 32767.0).astype("<i2").tobytes()
    return pcm
