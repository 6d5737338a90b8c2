"""What a caller asks of the conversation itself: a human, a repeat, the other language, goodbye.

Patterns over folded words, from ``wishes.toml``; a word of five letters or more may be off by one,
as recognisers slip. Knows nothing of the tenant's knowledge.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from sipagent.ports import Wish
from sipagent.text.distance import within
from sipagent.text.language import Language
from sipagent.text.words import words

_FILE: Final = Path(__file__).parent / "wishes.toml"
_SLIP_LETTERS: Final = 5
_MOST_SMALL: Final = 6
_NEGATION_REACH: Final = 3
_MOST_WORDS: Final = 24
_JOINED: Final = re.compile("^(?:وال|بال|لل|ال|ب|ل|و)(?=..)")
_MARKS: Final = frozenset({"^", "$", "~"})
_PART: Final = re.compile(r"<([^>]+)>|(\S+)")


@dataclass(frozen=True, slots=True)
class Pattern:
    """Slots of words in order. ``gaps[n]``: small words may stand before slot n."""

    wish: Wish
    slots: tuple[frozenset[str], ...]
    gaps: tuple[bool, ...]
    from_start: bool
    to_end: bool
    unless: frozenset[str]
    not_after: frozenset[str]


def wish_of(text: str) -> Wish | None:
    """The wish that a turn utters in either language, or None: then it is for the tenant."""
    spoken = words(text)
    if not spoken or len(spoken) > _MOST_WORDS:
        return None
    forms = [_forms(word) for word in spoken]
    uttered = frozenset().union(*forms)
    for language in Language:
        small, patterns = _patterns(language)
        for pattern in patterns:
            may_fit = all(slot & uttered for slot in pattern.slots)
            if not may_fit or pattern.unless & set(spoken):
                continue
            if _fits(pattern, spoken, forms, small):
                return pattern.wish
    return None


def _fits(
    pattern: Pattern, spoken: Sequence[str], forms: Sequence[frozenset[str]], small: frozenset[str]
) -> bool:
    for start in range(len(spoken)):
        if pattern.from_start and not all(word in small for word in spoken[:start]):
            return False
        if pattern.not_after & set(spoken[max(0, start - _NEGATION_REACH) : start]):
            continue
        if any(
            not pattern.to_end or all(word in small for word in spoken[end:])
            for end in _ends(pattern, 0, spoken, forms, start, small)
        ):
            return True
    return False


def _ends(
    pattern: Pattern,
    slot: int,
    spoken: Sequence[str],
    forms: Sequence[frozenset[str]],
    at: int,
    small: frozenset[str],
) -> list[int]:
    """Where the pattern may end when its slot number ``slot`` is to match at word ``at``."""
    if slot == len(pattern.slots):
        return [at]
    ends: list[int] = []
    skip = _MOST_SMALL if pattern.gaps[slot] else 0
    for place in range(at, min(at + skip, len(spoken) - 1) + 1):
        if forms[place] & pattern.slots[slot]:
            ends.extend(_ends(pattern, slot + 1, spoken, forms, place + 1, small))
        if spoken[place] not in small:
            break
    return ends


@lru_cache(maxsize=4096)
def _forms(word: str) -> frozenset[str]:
    """What a word may stand for: itself, without its joined letters, or with one letter's slip."""
    bare = _JOINED.sub("", word)
    forms = {word, bare} if len(bare) > 1 else {word}
    if len(word) >= _SLIP_LETTERS:
        forms |= {one for one in _long_words() if within(word, one, 1)}
    return frozenset(forms)


@cache
def _long_words() -> frozenset[str]:
    """Every word of a pattern that is long enough to be misheard by a letter."""
    return frozenset(
        word
        for language in Language
        for pattern in _patterns(language)[1]
        for slot in pattern.slots
        for word in slot
        if len(word) >= _SLIP_LETTERS
    )


@cache
def _patterns(language: Language) -> tuple[frozenset[str], tuple[Pattern, ...]]:
    """The small words of a language and its patterns, as the package has them."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))[language.value]
    patterns = tuple(
        _pattern(wish, line, table[wish.value])
        for wish in Wish
        for line in table[wish.value]["patterns"]
    )
    return frozenset(words(table["small"])), patterns


def _pattern(wish: Wish, line: str, group: Mapping[str, str]) -> Pattern:
    slots: list[frozenset[str]] = []
    gaps: list[bool] = []
    gap = False
    for choice, single in _PART.findall(line):
        if single in _MARKS:
            gap = gap or single == "~"
            continue
        slots.append(frozenset(words(choice or single)))
        gaps.append(gap)
        gap = False
    return Pattern(
        wish,
        tuple(slots),
        tuple(gaps),
        line.startswith("^"),
        line.endswith("$"),
        frozenset(words(group["unless"])),
        frozenset(words(group["not_after"])),
    )
