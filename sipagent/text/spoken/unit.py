"""What the readings of this package are made of: a unit, a kind of thing to read, its context."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from sipagent.text import numbers_ar, numbers_en
from sipagent.text.language import Language

NUMBER: Final = r"(?:[0-9]{1,3}(?:,[0-9]{2,3}){0,9},[0-9]{3}(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)"
"""A number as people write it: "1,234.50". No sign."""

MINUS: Final = r"(?:(?<![^\s(])[-+])"
"""A sign, which only counts at the start of a word."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Words as written, without inner line breaks, and what to say for them.

    ``fixed`` is a reading that a mark demanded, whatever the words are.
    """

    written: str
    said: str
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """Where something to read stands: its language, and the text on either side."""

    language: Language
    before: str
    after: str

    @property
    def arabic(self) -> bool:
        return self.language is Language.AR

    def follows(self, pattern: re.Pattern[str]) -> bool:
        """Whether the text before ends in ``pattern``, spaces aside."""
        return any(found.end() == len(self.before) for found in pattern.finditer(self.before))


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that is not read as it is written.

    ``read`` gives what is said for a match, or None where it is something else after all.
    ``codes`` names the groups whose letters belong to no language, such as "AED" or "km". What is
    read ``inside`` words may have letters on either side. What ``declines`` is a number of things,
    which in Arabic has another form behind a preposition. Without ``figures`` in the text, those
    that need one are not looked for.
    """

    pattern: re.Pattern[str]
    read: Callable[[re.Match[str], Context], str | None]
    codes: frozenset[str] = frozenset()
    inside: bool = False
    declines: bool = False
    figures: bool = True


def pattern(text: str, any_case: bool = False) -> re.Pattern[str]:
    """A verbose regular expression."""
    return re.compile(text, re.VERBOSE | (re.IGNORECASE if any_case else re.NOFLAG))


def one_of(words: Collection[str]) -> str:
    """The source of a pattern that matches any of the words, the longest first."""
    escaped = sorted(map(re.escape, words), key=len, reverse=True)
    return "(?:" + "|".join(word.replace(r"\ ", r"\s") for word in escaped) + ")"


def parted(number: str) -> tuple[str, str]:
    """The digits before and behind the point of a written number."""
    whole, _, part = number.replace(",", "").partition(".")
    return whole or "0", part


def in_words(number: str, language: Language, feminine: bool = False) -> str:
    """A written number, such as "1,234.5", in words; one too long for words digit by digit."""
    whole, part = parted(number)
    if len(whole) > LONGEST or len(part) > LONGEST:
        return by_digit([whole + part], language)
    if language is Language.AR:
        value = int(whole)
        return numbers_ar.decimal(value, part) if part else numbers_ar.cardinal(value, feminine)
    return numbers_en.decimal(int(whole), part) if part else numbers_en.cardinal(int(whole))


LONGEST: Final = 15
"""Digits of a number that is still read as one."""


def sign_word(sign: str | None, language: Language) -> str:
    """What to say for a plus or minus, with a space behind it."""
    if not sign:
        return ""
    if language is Language.AR:
        return "ناقص " if sign == "-" else "زائد "
    return "minus " if sign == "-" else "plus "


GROUP: Final = 3
_LARGE_GROUP: Final = 4
_READ_WHOLE: Final = 4
_CARD: Final = 16


def by_digit(groups: list[str], language: Language) -> str:
    """Groups of digits one by one, with a breath between them; one alone is cut where long."""
    read = numbers_ar.digits if language is Language.AR else numbers_en.digits
    pieces = groups if len(groups) > 1 else grouped("".join(groups))
    return ("، " if language is Language.AR else ", ").join(map(read, pieces))


def grouped(digits: str) -> list[str]:
    """A run of digits cut as people say it: in threes, cards and longer ones in fours."""
    if len(digits) <= _READ_WHOLE:
        return [digits]
    size = _LARGE_GROUP if len(digits) >= _CARD else GROUP
    pieces = [digits[at : at + size] for at in range(0, len(digits), size)]
    if len(pieces[-1]) == 1:
        pieces[-2:] = [pieces[-2] + pieces[-1]]
    return pieces
