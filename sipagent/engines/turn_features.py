"""A caller's turn as numbers: hashed words and letters, and what our own rules know of it.

Deterministic on every machine: the hash is CRC-32. Knows no weights; a model is good only for the
features that it was trained on, so ``VERSION`` changes with them.
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sipagent.engines.turn_words import CUE_WORDS, KINDS, MOODS, NEGATORS, STRONGER
from sipagent.text.backchannels import is_backchannel, says_stop
from sipagent.text.dangling import ASKING_AR, ASKING_EN, AUXILIARIES, HESITATIONS, SUBJECTS
from sipagent.text.spoken_digits import digits_in, is_number_word, only_digits
from sipagent.text.words import words
from sipagent.text.yes_no import yes_or_no

VERSION: Final = 1
BUCKETS: Final = 1 << 15
MOST_WORDS: Final = 60  # a turn is some 20 s of speech

_LETTERS: Final = (3, 4, 5)
_WORDS_SHARE: Final = 1.0
_LETTERS_SHARE: Final = 1.0
_KINDS_SHARE: Final = 1.0
_CUES_SHARE: Final = 0.6
_MOOD_SHARE: Final = 2.5
_NEGATION_REACH: Final = 3
_PREFIX: Final = re.compile("^(?:وال|بال|فال|لل|ال|و|ب|ف|ل)(?=..)")
_DIGITS: Final = "0"


@dataclass(frozen=True, slots=True)
class Features:
    """Buckets and their values, of one length."""

    buckets: NDArray[np.int32]
    values: NDArray[np.float32]


def features(text: str) -> Features:
    """The features of a turn, each bucket once."""
    spoken = words(text)[:MOST_WORDS]
    plain = [_DIGITS if word.isdigit() else word for word in spoken]
    parts = (
        (_WORDS_SHARE, [*_word_names(plain)], False),
        (_LETTERS_SHARE, [*_letter_names(plain)], False),
        (_KINDS_SHARE, [*_kind_names(spoken)], False),
        (_CUES_SHARE, [*_cue_names(text, spoken)], True),
        (_MOOD_SHARE, [*_mood_names(spoken)], True),
    )
    found: dict[int, float] = {}
    for share, names, each in parts:
        if not names:
            continue
        value = share if each else share / len(names) ** 0.5
        for name in names:
            bucket = zlib.crc32(name.encode()) % BUCKETS
            found[bucket] = found.get(bucket, 0.0) + value
    return Features(
        np.fromiter(found.keys(), np.int32, len(found)),
        np.fromiter(found.values(), np.float32, len(found)),
    )


def _word_names(spoken: list[str]) -> Iterator[str]:
    """Words, pairs of words with the ends of the turn, and words under a negation."""
    before = "^"
    negated = 0
    for word in spoken:
        yield "w:" + word
        bare = _PREFIX.sub("", word)
        if bare != word:
            yield "w:" + bare
        yield f"p:{before} {word}"
        if negated:
            yield "not:" + word
        negated = _NEGATION_REACH if word in NEGATORS else max(0, negated - 1)
        before = word
    yield f"p:{before} $"


def _letter_names(spoken: list[str]) -> Iterator[str]:
    for word in spoken:
        framed = f"_{word}_"
        for size in _LETTERS:
            for start in range(max(1, len(framed) - size + 1)):
                yield "c:" + framed[start : start + size]


def _kind_names(spoken: tuple[str, ...]) -> Iterator[str]:
    """Runs of up to four kinds of words, with the ends: the shape of the sentence."""
    kinds = ["^"]
    for word in spoken:
        kind = _kind(word)
        if kind != "x" or kinds[-1] != "x":
            kinds.append(kind)
    kinds.append("$")
    for size in (2, 3, 4):
        for start in range(len(kinds) - size + 1):
            yield "k:" + " ".join(kinds[start : start + size])


def _kind(word: str) -> str:
    kind = KINDS.get(word) or KINDS.get(_PREFIX.sub("", word))
    return kind or ("n" if is_number_word(word) else "x")


def _cue_names(text: str, spoken: tuple[str, ...]) -> Iterator[str]:
    """What the rules of ``sipagent.text`` and short lists say of the turn."""
    if not spoken:
        yield "#empty"
        return
    yield f"#length:{min(len(spoken), 4) if len(spoken) < 7 else 7}"
    answer = yes_or_no(text)
    if answer is not None:
        yield f"#answer:{answer}"
        yield f"#answer:{answer}:{min(len(spoken), 4)}"
    numbers = sum(map(is_number_word, spoken))
    if only_digits(text):
        yield "#only-digits"
        yield f"#digits:{min(len(digits_in(text)), 4)}"
    if numbers:
        yield "#numbers"
    yield from _flags(text, spoken)
    said = frozenset(spoken) | {_PREFIX.sub("", word) for word in spoken}
    for name, cue in CUE_WORDS.items():
        if not said.isdisjoint(cue):
            yield "#" + name
            if spoken[0] in cue:
                yield "#first:" + name
    if len(spoken) <= 3:
        yield from ("#short:" + name for name, cue in CUE_WORDS.items() if not said.isdisjoint(cue))


def _flags(text: str, spoken: tuple[str, ...]) -> Iterator[str]:
    if is_backchannel(text):
        yield "#nods"
    if says_stop(text):
        yield "#stops"
    if spoken[-1] in HESITATIONS:
        yield "#hesitates"
    if spoken[0] in ASKING_EN | ASKING_AR:
        yield "#asks-first"
    elif not (ASKING_EN | ASKING_AR).isdisjoint(spoken):
        yield "#asks"
    if spoken[0] in AUXILIARIES and len(spoken) > 1:
        yield "#inverted"
        yield "#inverted:" + ("you" if spoken[1] == "you" else "other")
    if spoken[0] in SUBJECTS or spoken[0].startswith("i'"):
        yield "#subject-first"


def _mood_names(spoken: Sequence[str]) -> Iterator[str]:
    counts = mood(spoken)
    for name, count in counts.items():
        yield "#" + name
        yield f"#{name}:{min(count, 3)}"
        if not STRONGER.isdisjoint(spoken):
            yield "#stronger:" + name
    if not counts:
        yield "#no-mood"


def mood(spoken: Iterable[str]) -> dict[str, int]:
    """How many words are "furious", "bad", "good" and "delighted"; those without are left out.

    A negation turns them round: "not happy", "مب زين" are bad, "no problem" is nothing.
    """
    negated = 0
    counts: dict[str, int] = {}
    for word in spoken:
        kind = MOODS.get(word) or MOODS.get(_PREFIX.sub("", word))
        if negated and kind in {"good", "delighted"}:
            kind = "bad"
        elif negated and kind == "bad":
            kind = None
        if kind:
            counts[kind] = counts.get(kind, 0) + 1
        negated = _NEGATION_REACH if word in NEGATORS else max(0, negated - 1)
    return counts
