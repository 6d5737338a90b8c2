"""Where a reader breathes: a stretch of units cut where a pause disturbs least.

Knows words, and neither marks nor sentences.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

from sipagent.text.spoken import Unit
from sipagent.text.word_list import word_list

MAX_WORDS: Final = 12
MIN_WORDS: Final = 3
_ENDLESS: Final = 8
_MARKS: Final = ",;:،؛–—"
_CLOSERS: Final = "\"'”’)]»"
_BREATHS_BEFORE: Final = frozenset(
    word_list(
        "and or but so because when if that which who then until unless while with for to from"
        " in on at by as"
        " ثم أو لكن لأن عندما إذا حتى الذي التي بين مع خلال بعد قبل إلى من في على عن"
    )
)
_NEVER_BEFORE: Final = frozenset(word_list("of up down out off back"))
_NEVER_AFTER: Final = frozenset(
    word_list(
        "the a an of in on at by to from with for and or your our my"
        " i we they he she it this these those can will would should must may is are was were be"
        " been has have had not no very please"
        " في من إلى على عن مع و أو أي كل لا لم لن قد سوف هذا هذه"
    )
)


def weight(unit: Unit) -> int:
    """What a unit takes of a breath, in words; those of a number are short and said quickly."""
    return max(len(unit.written.split()), (len(unit.said.split()) + 1) // 2)


def breaths(part: Sequence[Unit], max_words: int = MAX_WORDS) -> Iterator[Sequence[Unit]]:
    """The units in stretches of ``max_words`` or less: halves, an endless one from its start."""
    start = 0
    ends = list(accumulate(map(weight, part), initial=0))
    while ends[-1] - ends[start] > _ENDLESS * max_words:
        window = max(bisect_right(ends, ends[start] + max_words) - 1, start + 1)
        places = range(start + 1, min(window + 1, len(part)))
        cut = _smoothest(part, ends, places, ends[start] + MIN_WORDS, ends[window], ends[window])
        cut = cut or window
        yield part[start:cut]
        start = cut
    yield from _halves(part, ends, (start, len(part)), max_words)


def best_cut(part: Sequence[Unit]) -> int | None:
    """After how many units a stretch is best cut in two, or None where it must not be."""
    ends = list(accumulate(map(weight, part), initial=0))
    return _middle_cut(part, ends, (0, len(part)))


def _halves(
    part: Sequence[Unit], ends: list[int], place: tuple[int, int], max_words: int
) -> Iterator[Sequence[Unit]]:
    start, end = place
    cut = _middle_cut(part, ends, place) if ends[end] - ends[start] > max_words else None
    if cut is None:
        yield part[start:end]
        return
    yield from _halves(part, ends, (start, cut), max_words)
    yield from _halves(part, ends, (cut, end), max_words)


def _middle_cut(part: Sequence[Unit], ends: list[int], place: tuple[int, int]) -> int | None:
    start, end = place
    middle = (ends[start] + ends[end]) / 2
    least, most = ends[start] + MIN_WORDS, ends[end] - MIN_WORDS
    return _smoothest(part, ends, range(start + 1, end), least, most, middle)


def _smoothest(
    part: Sequence[Unit],
    ends: list[int],
    places: range,
    least: int,
    most: int,
    wanted: float,
) -> int | None:
    """Of the places whose weight is within bounds the smoothest, then that nearest ``wanted``."""
    return min(
        (place for place in places if least <= ends[place] <= most),
        key=lambda place: (_roughness(part, place), abs(ends[place] - wanted)),
        default=None,
    )


def _roughness(part: Sequence[Unit], place: int) -> int:
    """How much a break between two units would disturb: 0 none, 2 a lot."""
    before, after = part[place - 1].written, part[place].written
    if before.lower() in _NEVER_AFTER or before[-1].isdigit() or after.lower() in _NEVER_BEFORE:
        return 2
    breathes = after.lower() in _BREATHS_BEFORE or before.rstrip(_CLOSERS).endswith(tuple(_MARKS))
    return 0 if breathes or _is_joined_and(after) else 1


def _is_joined_and(word: str) -> bool:
    """Whether the word begins with an Arabic "and": "وسعرها"."""
    return len(word) > 4 and word.startswith("و")
