"""What callers say for what documents say: phrases read as if the documents' words had been said.

One-way, unlike synonyms. Knows no index: which words stand in one is asked of the caller.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from sipagent.text.language import Language
from sipagent.text.script import language_of
from sipagent.text.stemming import stem
from sipagent.text.stop_words import STOP_WORDS
from sipagent.text.words import words

_FILE: Final = Path(__file__).parent / "rephrasings.toml"
_MOST_BETWEEN: Final = 2


@dataclass(frozen=True, slots=True)
class Rephrasing:
    """The stems that are heard, in order, and the words that are read in their place."""

    heard: tuple[str, ...]
    read: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """A question after its phrases were read: the words left, and those put in."""

    left: tuple[str, ...]
    put: tuple[str, ...]


def read_as(spoken: Sequence[str], language: Language, known: Callable[[str], bool]) -> Read:
    """Replace each phrase, the longest first at each word. ``known`` says whether a stem stands
    in the documents: a phrase is left as it is where one of its words does not."""
    stems = [_stem(word, language) for word in spoken]
    by_first = _rephrasings(language)
    gone: set[int] = set()
    put: dict[str, None] = {}
    for start, first in enumerate(stems):
        if start in gone:
            continue
        for one in by_first.get(first, ()):
            places = _places(one.heard, stems, spoken, start, language)
            if places and not gone & set(places) and _all_known(one, language, known):
                gone.update(places)
                put.update(dict.fromkeys(one.read))
                break
    return Read(tuple(word for place, word in enumerate(spoken) if place not in gone), tuple(put))


def _places(
    heard: Sequence[str],
    stems: Sequence[str],
    spoken: Sequence[str],
    start: int,
    language: Language,
) -> list[int]:
    """Where the stems stand from ``start`` on, with a few small words between; else nothing."""
    places = [start]
    for wanted in heard[1:]:
        at = places[-1] + 1
        most = at + _MOST_BETWEEN
        while at < min(most, len(stems)) and stems[at] != wanted and _small(spoken[at], language):
            at += 1
        if at >= len(stems) or stems[at] != wanted:
            return []
        places.append(at)
    return places


def _all_known(one: Rephrasing, language: Language, known: Callable[[str], bool]) -> bool:
    return all(known(_stem(word, language)) for word in one.read)


def _small(word: str, language: Language) -> bool:
    return word in STOP_WORDS[language_of(word) or language]


def _stem(word: str, language: Language) -> str:
    return stem(word, language_of(word) or language)


@cache
def _rephrasings(language: Language) -> Mapping[str, tuple[Rephrasing, ...]]:
    """The package's rephrasings by their first stem, the longest first."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))[language.value]
    found: dict[str, list[Rephrasing]] = {}
    for key, phrases in table.items():
        read = tuple(word for word in words(key) if not _small(word, language))
        for phrase in phrases.split(","):
            heard = tuple(_stem(word, language) for word in words(phrase))
            found.setdefault(heard[0], []).append(Rephrasing(heard, read))
    return {
        first: tuple(sorted(some, key=lambda one: -len(one.heard))) for first, some in found.items()
    }
