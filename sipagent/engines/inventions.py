"""Whether a recogniser heard words or made them up, by what speaks for them.

Whisper models write a sentence for every noise: subtitles of films for silence, one word over
and over for a tone. Each rule here is one of their ways. Knows no model and no audio.
"""

import re
import tomllib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sipagent.text.words import words

MOST_TONAL: Final = 0.6
MOST_CLICKS: Final = 0.5
SURE_ALL_THE_SAME: Final = 0.9  # of a voice that is understood, whatever its sound is like
SURE: Final = 0.8
FASTEST_WORDS_PER_S: Final = 10.0  # of sound alone; hurried speech has 7
FASTEST_LETTERS_PER_S: Final = 45.0
GRACE_S: Final = 0.25
MOST_COMPRESSED: Final = 2.4
MOST_TIMES: Final = (5, 3, 3, 3, 2, 2, 2, 2)  # the same one word, the same two words and so on
MOST_TIMES_SAID_OVER: Final = 9

_LISTS: Final = tomllib.loads((Path(__file__).with_suffix(".toml")).read_text(encoding="utf-8"))
_DIGITS: Final = re.compile(r"\d+")


def _sentences(text: str) -> frozenset[tuple[str, ...]]:
    return frozenset(words(line) for line in text.strip().splitlines())


NEVER: Final = _sentences(_LISTS["never"])
SELDOM: Final = _sentences(_LISTS["seldom"])
SAID_OVER: Final = frozenset(words(_LISTS["said_over"]))
NUMBERS: Final = frozenset(words(_LISTS["numbers"]))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a text being what was said.

    ``confidence`` is the mean probability of its tokens and ``no_speech`` the model's own doubt,
    0 to 1; ``sounding_s`` how long there was sound; ``tonal`` how much of it was a few tones, and
    ``clicks`` how much was clicks.
    """

    text: str
    confidence: float
    no_speech: float
    sounding_s: float
    tonal: float = 0.0
    clicks: float = 0.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What is less sure, or more likely to be no speech, is not taken for words."""

    least_confidence: float = 0.5
    most_no_speech: float = 0.6


def invention(evidence: Evidence, limits: Limits) -> str:
    """Why a text is made up; empty where it was said."""
    spoken = words(evidence.text)
    if not spoken:
        return "no words"
    if evidence.confidence < limits.least_confidence:
        return "unsure"
    if evidence.no_speech > limits.most_no_speech and evidence.confidence < SURE:
        return "no speech"
    noise = evidence.tonal >= MOST_TONAL or evidence.clicks >= MOST_CLICKS
    if noise and evidence.confidence < SURE_ALL_THE_SAME:
        return "noise"
    if _loops(spoken):
        return "loops"
    if _too_fast(spoken, evidence.sounding_s):
        return "too fast"
    return _known(spoken, evidence)


def _loops(spoken: Sequence[str]) -> bool:
    """Whether the same few words make up most of a text. A number may be read out as it is."""
    if sum(_is_number(word) for word in spoken) * 2 >= len(spoken):
        return False
    for length, most in enumerate(MOST_TIMES, start=1):
        times, phrase = _times(spoken, length)
        said_over = length == 1 and phrase[:1] and phrase[0] in SAID_OVER
        limit = MOST_TIMES_SAID_OVER if said_over else most
        if times > limit and times * length * 2 >= len(spoken):
            return True
    if frozenset(spoken) <= SAID_OVER:
        return False
    letters = " ".join(spoken).encode("cp1256", "replace")  # a byte a letter in both languages
    return len(letters) / len(zlib.compress(letters)) > MOST_COMPRESSED


def _times(spoken: Sequence[str], length: int) -> tuple[int, Sequence[str]]:
    """How often so many words stand one after the other at most, and which."""
    best, phrase = 0, spoken[:0]
    for first in range(len(spoken) - length + 1):
        unit, times = spoken[first : first + length], 1
        while spoken[first + times * length : first + (times + 1) * length] == unit:
            times += 1
        if times > best:
            best, phrase = times, unit
    return best, phrase


def _is_number(word: str) -> bool:
    return bool(_DIGITS.fullmatch(word)) or word in NUMBERS or word.removeprefix("و") in NUMBERS


def _too_fast(spoken: Sequence[str], sounding_s: float) -> bool:
    """Whether nobody could say so much in the time. Digits are words, however they are written."""
    count = sum(len(word) if _DIGITS.fullmatch(word) else 1 for word in spoken)
    letters = sum(len(word) for word in spoken)
    at_least_s = max(count / FASTEST_WORDS_PER_S, letters / FASTEST_LETTERS_PER_S)
    return at_least_s > sounding_s + GRACE_S


def _known(spoken: Sequence[str], evidence: Evidence) -> str:
    """Whether a text is made of the sentences that are written for noise, and little else of it
    speaks for speech."""
    sure = evidence.confidence >= SURE and evidence.no_speech < 0.2
    enough_s = len(spoken) / FASTEST_WORDS_PER_S
    if sure and evidence.sounding_s >= 2 * enough_s:
        return ""
    if _made_of(spoken, NEVER):
        return "subtitles"
    unsure = evidence.confidence < SURE - 0.2 or evidence.no_speech > 0.3
    if _made_of(spoken, NEVER | SELDOM) and (unsure or evidence.sounding_s < enough_s):
        return "for noise"
    return ""


def _made_of(spoken: Sequence[str], sentences: frozenset[tuple[str, ...]]) -> bool:
    """Whether the words are these sentences one after the other, each as often as it may be."""
    ends = {0}
    for start in range(len(spoken)):
        if start in ends:
            ends |= {
                start + len(one)
                for one in sentences
                if tuple(spoken[start : start + len(one)]) == one
            }
    return len(spoken) in ends
