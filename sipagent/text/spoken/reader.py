"""Text into units: finds what is not read as it is written, and has each kind read it.

The kinds are tried in order, and what one has taken is hidden from the next. The time is linear
in the length of the text. Knows no kind itself.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sipagent.text import numbers_ar
from sipagent.text.digits import ascii_digits
from sipagent.text.language import Language
from sipagent.text.script import language_of
from sipagent.text.spoken.clitics import clitic_before, joined
from sipagent.text.spoken.governors import governed
from sipagent.text.spoken.kinds import KINDS
from sipagent.text.spoken.measures import SYMBOL
from sipagent.text.spoken.unit import Context, Kind, Unit

BEFORE: Final = 40
AFTER: Final = 24
CLITIC: Final = 6
_HIDDEN: Final = "\ue000"
_SOUNDLESS: Final = re.compile(
    "[\u200b-\u200f\u061c\u202a-\u202e\u2060-\u2069\ufeff\ufe0e\ufe0f\x00-\x08\x0e-\x1b\x7f\x80-\x9f]"
)
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_SIGNS: Final = str.maketrans({"−": "-", "‑": "-", "‐": "-", "’": "'"})
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_CODE: Final = re.compile(r"(?=[^A-Z]*[A-Z])[A-Za-z]{1,4}")
_SYMBOL: Final = re.compile(rf"(?<=[0-9])\s?{SYMBOL}(?!\w)")
_PAIR: Final = 2
_DASH: Final = re.compile(r"\s*[-–—]\s*")
_FIGURE: Final = re.compile(r"[0-9]")
_NUMBER: Final = re.compile(r"[0-9][0-9.,:]*")


@dataclass(frozen=True, slots=True)
class Reading:
    """What to say for the stretch of a text from ``start`` to ``end``, if need be by order."""

    start: int
    end: int
    said: str
    fixed: bool = False


def units(text: str, language: Language, given: Sequence[Reading] = ()) -> list[Unit]:
    """The text as units in order; joining what is written gives the text's words back.

    A number without letters is read in the language of the word before it. The offsets of
    ``given`` are those of ``text``, which then must be ``clean``.
    """
    text = text if given else clean(text)
    plain = ascii_digits(text).translate(_SIGNS)
    spaces = [at for at, sign in enumerate(text) if sign.isspace()]
    found: list[Unit] = []
    start = 0
    for run in _by_word(_find(plain, language, given), spaces, len(text)):
        first = _word_start(spaces, run[0].start)
        last = _word_end(spaces, run[-1].end, len(text))
        found.extend(Unit(word, word) for word in text[start:first].split())
        fixed = any(one.fixed for one in run)
        found.append(
            Unit(" ".join(text[first:last].split()), _said(text, (first, last), run), fixed)
        )
        start = last
    found.extend(Unit(word, word) for word in text[start:].split())
    return _with_ranges(found, language)


def said(text: str, language: Language) -> str:
    """The whole text as it should be said."""
    return " ".join(unit.said for unit in units(text, language))


def clean(text: str) -> str:
    """The text without what has neither sound nor meaning: controls, direction marks."""
    return _SURROGATES.sub("\ufffd", _SOUNDLESS.sub("", text))


def _find(plain: str, language: Language, given: Sequence[Reading]) -> list[Reading]:
    """What the kinds read beside what is given, in order of place; nothing overlaps."""
    tongues = _Tongues(plain, language)
    found, open_text = list(given), _hide(plain, given)
    figures = _FIGURE.search(plain) is not None
    for kind in KINDS:
        if kind.figures and not figures:
            continue
        taken = [
            reading
            for match in kind.pattern.finditer(open_text)
            if (reading := _read(kind, match, plain, tongues)) is not None
        ]
        open_text = _hide(open_text, taken)
        found += taken
    return sorted(found, key=lambda one: one.start)


def _read(kind: Kind, match: re.Match[str], plain: str, tongues: "_Tongues") -> Reading | None:
    """The reading of a match, or None where letters touch it: then it is a part of a name."""
    start, end = match.span()
    clitic = "" if kind.inside else clitic_before(plain[max(0, start - CLITIC) : start])
    joins = not kind.inside and _joins(plain[end - 1 : end], plain[end : end + 1])
    if clitic is None or joins:
        return None
    context = Context(
        _own_language(kind, match) or tongues.before(start),
        plain[max(0, start - BEFORE) : start].rstrip(),
        plain[end : end + AFTER],
    )
    reading = kind.read(match, context)
    if reading and kind.declines and context.arabic and governed(context.before):
        reading = numbers_ar.in_oblique(reading)
    if reading is None:
        return None
    if clitic.endswith(" ") and language_of(reading[:1]) is not Language.AR:
        clitic = ""
    return Reading(start - len(clitic), end, joined(clitic, reading) if clitic else reading)


def _joins(last: str, after: str) -> bool:
    """Whether a match that ends in ``last`` goes on in the letter or underscore behind it."""
    return (after.isalpha() or after == "_") and (last.isalnum() or last == "_")


def _own_language(kind: Kind, match: re.Match[str]) -> Language | None:
    """The language of the letters in a match, those of codes aside."""
    if not kind.codes:
        return language_of(match.group())
    hidden = [
        Reading(match.start(name), match.end(name), "")
        for name in kind.codes
        if match.group(name) is not None
    ]
    offset = match.start()
    spans = [Reading(one.start - offset, one.end - offset, "") for one in hidden]
    return language_of(_hide(match.group(), sorted(spans, key=lambda one: one.start)))


class _Tongues:
    """The language of the words before each place of a text. Codes have none."""

    def __init__(self, plain: str, base: Language) -> None:
        self._starts: list[int] = []
        self._languages: list[Language] = []
        for word in _LETTERS.finditer(_SYMBOL.sub(lambda one: " " * len(one.group()), plain)):
            language = None if _CODE.fullmatch(word.group()) else language_of(word.group())
            if language:
                self._starts.append(word.start())
                self._languages.append(language)
        foreign = bool(self._languages) and base not in self._languages
        self._first = base.other if foreign else base

    def before(self, place: int) -> Language:
        position = bisect_left(self._starts, place)
        return self._languages[position - 1] if position else self._first


def _hide(text: str, taken: Sequence[Reading]) -> str:
    """The text with fillers for what was taken; its length does not change."""
    pieces, start = [], 0
    for one in taken:
        pieces += [text[start : one.start], _HIDDEN * (one.end - one.start)]
        start = one.end
    return "".join([*pieces, text[start:]])


def _by_word(found: list[Reading], spaces: list[int], length: int) -> list[list[Reading]]:
    """Neighbours that stand in the same written word belong to one unit."""
    runs: list[list[Reading]] = []
    end = -1
    for one in found:
        if _word_start(spaces, one.start) < end:
            runs[-1].append(one)
        else:
            runs.append([one])
        end = _word_end(spaces, one.end, length)
    return runs


def _word_start(spaces: list[int], place: int) -> int:
    before = bisect_left(spaces, place)
    return spaces[before - 1] + 1 if before else 0


def _word_end(spaces: list[int], place: int, length: int) -> int:
    after = bisect_left(spaces, place)
    return spaces[after] if after < len(spaces) else length


def _said(text: str, place: tuple[int, int], run: list[Reading]) -> str:
    """The readings of one unit with the marks that are written between and around them."""
    pieces: list[str] = []
    start, end = place
    steps = len(run) > _PAIR  # "1-2-3" is no range
    for position, one in enumerate(run):
        between = text[start : one.start]
        if position and _DASH.fullmatch(between) and steps:
            between = ", "
        elif position and _DASH.fullmatch(between):
            between = f" {_to(language_of(run[position - 1].said) or Language.EN)} "
            one = replace(one, said=numbers_ar.in_oblique(one.said))
        pieces.append(_apart(pieces, between))
        pieces.append(_apart(pieces, one.said))
        start = one.end
    pieces.append(_apart(pieces, text[start:end]))
    return " ".join("".join(pieces).split())


def _apart(pieces: list[str], following: str) -> str:
    """Text behind a reading, kept apart from it where letters would touch."""
    before = next((piece for piece in reversed(pieces) if piece), "")
    if before[-1:].isalnum() and following[:1].isalnum():
        return " " + following
    return following


def _with_ranges(found: list[Unit], language: Language) -> list[Unit]:
    """A dash that stands alone between two growing numbers is said as "to"."""
    for position in range(1, len(found) - 1):
        if not _DASH.fullmatch(found[position].written):
            continue
        low, high = found[position - 1], found[position + 1]
        if _value(low.written) < _value(high.written) and low.said != low.written:
            spoken = _to(language_of(low.said) or language)
            found[position] = Unit(found[position].written, spoken)
            found[position + 1] = replace(high, said=numbers_ar.in_oblique(high.said))
    return found


def _value(written: str) -> float:
    number = _NUMBER.match(ascii_digits(written))
    plain = number.group().replace(",", "").replace(":", ".").rstrip(".") if number else ""
    return float(plain) if plain.count(".") <= 1 and plain else float("nan")


def _to(language: Language) -> str:
    return "إلى" if language is Language.AR else "to"
