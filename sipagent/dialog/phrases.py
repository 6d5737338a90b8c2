"""Finds patterns of words in a turn: alternatives, gaps, ends, and idioms that hide words.

Words are folded, and Arabic ones also compared without the particles written to them. Knows no
meaning: what a pattern stands for is its owner's.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sipagent.text.arabic import fold
from sipagent.text.words import words

HIDDEN: Final = ""  # a word of an idiom: no slot is it, and no gap holds it
MOST_WORDS: Final = 60  # a turn is some 20 s of speech
_GAP: Final = 3
_GAP_AT_END: Final = 2
_JOINED: Final = re.compile("^(?:وال|بال|فال|كال|ولل|لل|ال|و|ب|ف|ل)(?=..)")
_PART: Final = re.compile(r"<([^>]+)>|(\S+)")


@dataclass(frozen=True, slots=True)
class _Slot:
    """One word of a pattern; ``gap``: other words may stand before it."""

    names: frozenset[str]
    beginnings: tuple[str, ...]
    gap: bool


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words in order. ``open_end``: other words may stand between the last one and the end."""

    slots: tuple[_Slot, ...]
    from_start: bool
    to_end: bool
    open_end: bool

    def names(self, some: frozenset[str]) -> bool:
        """Whether one of these words belongs to the pattern itself."""
        return any(not slot.names.isdisjoint(some) for slot in self.slots)


def pattern(line: str) -> Pattern:
    """The pattern that a line writes: "<smell see> ~ gas". Raises ``ValueError``."""
    slots: list[_Slot] = []
    gap = False
    for choice, single in _PART.findall(line):
        if single == "~":
            gap = True
        elif single not in {"^", "$"}:
            names = fold(choice or single).split()
            plain = frozenset(name for name in names if not name.endswith("*"))
            begun = tuple(name[:-1] for name in names if name.endswith("*"))
            slots.append(_Slot(plain, begun, gap))
            gap = False
    if not slots:
        raise ValueError(f"a pattern without words: {line!r}")
    return Pattern(tuple(slots), line.startswith("^"), line.endswith("$"), gap)


def turn_words(text: str) -> tuple[str, ...]:
    """The folded words of a turn, as far as they are looked at."""
    return words(text)[:MOST_WORDS]


@dataclass(frozen=True, slots=True)
class Found:
    """A pattern stands in the words from ``start`` up to ``end``."""

    pattern: Pattern
    start: int
    end: int


def find(patterns: Iterable[Pattern], spoken: Sequence[str]) -> Iterator[Found]:
    """Where patterns stand, in the patterns' order."""
    forms = [_forms(word) for word in spoken]
    said = frozenset(form for all_forms in forms for form in all_forms)
    for one in patterns:
        if any(not slot.beginnings and slot.names.isdisjoint(said) for slot in one.slots):
            continue
        for start in range(_last_start(one, spoken) + 1):
            if not _is(one.slots[0], forms[start]):
                continue
            for end in _ends(one.slots, 1, forms, start + 1):
                if not one.to_end or _reaches_end(one, spoken, end):
                    yield Found(one, start, end)


def without(idioms: Iterable[Pattern], spoken: Sequence[str]) -> tuple[str, ...]:
    """The words with those of idioms hidden."""
    left = list(spoken)
    for one in find(idioms, spoken):
        left[one.start : one.end] = [HIDDEN] * (one.end - one.start)
    return tuple(left)


def _last_start(one: Pattern, spoken: Sequence[str]) -> int:
    """The last word at which a pattern may begin."""
    if not one.from_start:
        return len(spoken) - 1
    before = _GAP_AT_END if one.slots[0].gap else 0
    shown = spoken.index(HIDDEN) if HIDDEN in spoken else len(spoken)
    return min(before, shown, len(spoken) - 1)


def _reaches_end(one: Pattern, spoken: Sequence[str], end: int) -> bool:
    rest = spoken[end:]
    return not rest or (one.open_end and len(rest) <= _GAP_AT_END and HIDDEN not in rest)


def _ends(
    slots: Sequence[_Slot], number: int, forms: Sequence[tuple[str, ...]], at: int
) -> list[int]:
    """Where the pattern may end when its slot of this number is to stand at word ``at``."""
    if number == len(slots):
        return [at]
    ends: list[int] = []
    last = at + (_GAP if slots[number].gap else 0)
    for place in range(at, min(last + 1, len(forms))):
        if _is(slots[number], forms[place]):
            ends.extend(_ends(slots, number + 1, forms, place + 1))
        if forms[place][0] == HIDDEN:
            break
    return ends


def _is(slot: _Slot, forms: tuple[str, ...]) -> bool:
    return any(
        form in slot.names or (slot.beginnings and form.startswith(slot.beginnings))
        for form in forms
        if form
    )


@lru_cache(maxsize=4096)
def _forms(word: str) -> tuple[str, ...]:
    """A word as it is, and without what Arabic writes to its front."""
    bare = _JOINED.sub("", word)
    return (word, bare) if bare != word else (word,)
