"""A tenant's own names put where a recogniser that does not know them wrote what sounds alike.

For models that take no prompt. Careful rather than clever: a name is put in only where the text
is unsure, and its letters are nearly those that stand there. Knows no model and no audio.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sipagent.text.script import language_of
from sipagent.text.words import words

SHORTEST: Final = 5  # letters of a name; shorter ones are near to too many words
SURE: Final = 0.93  # of a text that knows what it says
UNSURE: Final = 0.75
ALIKE: Final = 0.8  # how near a name must be, 1 for the same
ALIKE_UNSURE: Final = 0.7

_SMALL: Final = 0.35
_CHANGE: Final = 1.0
_VOWELS: Final = frozenset("aeiouyاويهع")
# Letters that a telephone, or a spelling, takes for one another.
_GROUPS: Final = (
    *("bp", "dt", "vf", "szx", "gkqc", "mn", "jg"),
    *("سصثز", "تطد", "دضذظ", "حهخ", "قكج", "من", "بف", "غق", "شج"),
)
_NEAR: Final = frozenset(
    frozenset((one, other)) for group in _GROUPS for one in group for other in group if one != other
)


@dataclass(frozen=True, slots=True)
class _Match:
    """Words ``start`` to ``end`` of the text sound like a name."""

    alike: float
    start: int
    end: int
    name: str


def corrected(text: str, names: Sequence[str], confidence: float) -> str:
    """The text with names where it has what sounds like them.

    ``confidence`` is of the text, 0 to 1: the surer, the nearer a name must be, and a sure one
    stays as it is.
    """
    if confidence >= SURE or not names:
        return text
    written = text.split()
    heard = ["".join(words(word)) for word in written]
    threshold = ALIKE_UNSURE if confidence < UNSURE else ALIKE
    matches = [
        match for name in names for match in _matches(name, heard) if match.alike >= threshold
    ]
    taken: set[int] = set()
    said = dict(enumerate(written))
    for match in sorted(matches, key=lambda one: (-one.alike, one.end - one.start)):
        place = range(match.start, match.end)
        if not taken.isdisjoint(place):
            continue
        taken.update(place)
        there = words(" ".join(written[match.start : match.end]))
        if there != words(match.name):  # else it stands there already, as the caller said it
            said.update(dict.fromkeys(place, ""))
            said[match.start] = match.name
    return " ".join(word for word in said.values() if word)


def _matches(name: str, heard: Sequence[str]) -> list[_Match]:
    """Where a name could stand: as many words as it has, one fewer or one more."""
    parts = words(name)
    letters = "".join(parts)
    if len(letters) < SHORTEST:
        return []
    found = []
    for count in range(max(1, len(parts) - 1), len(parts) + 2):
        for start in range(len(heard) - count + 1):
            there = "".join(heard[start : start + count])
            if language_of(there) is language_of(letters):
                found.append(_Match(_alike(there, letters), start, start + count, name))
    return found


def _alike(one: str, other: str) -> float:
    """How alike two words sound, 1 for the same: letters changed, weighed by how they sound."""
    row = [0.0]
    for letter in other:
        row.append(row[-1] + _loss(letter))
    for letter in one:
        diagonal, row[0] = row[0], row[0] + _loss(letter)
        for column, against in enumerate(other, start=1):
            diagonal, row[column] = (
                row[column],
                min(
                    row[column] + _loss(letter),
                    row[column - 1] + _loss(against),
                    diagonal + _change(letter, against),
                ),
            )
    whole = max(sum(map(_loss, one)), sum(map(_loss, other)))
    return max(0.0, 1.0 - row[-1] / whole)


def _loss(letter: str) -> float:
    return _CHANGE / 2 if letter in _VOWELS else _CHANGE


def _change(letter: str, against: str) -> float:
    if letter == against:
        return 0.0
    if letter in _VOWELS and against in _VOWELS:
        return _SMALL
    return _SMALL if frozenset((letter, against)) in _NEAR else _CHANGE
