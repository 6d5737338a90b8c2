"""The figures in a text, in one form each, however they are written. A core; knows no language
but the names of small numbers.

"1,000", "١٠٠٠" and "1000.00" are one figure; so are "17:00" and "5 p.m.", "050 123 4567" and
"0501234567", "three" and "3".
"""

import re
from collections.abc import Iterator
from typing import Final

from sipagent.text.arabic import fold
from sipagent.text.digits import ascii_digits
from sipagent.text.word_list import word_list
from sipagent.text.words import words

_LONG: Final = re.compile(r"\+?\d(?:[ -]?\d){6,}")  # a telephone or account number, in groups
_TIME: Final = re.compile(r"\b(\d{1,2}):(\d{2})\b")
_NUMBER: Final = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_EN: Final = word_list(
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen twenty"
)
_TENS: Final = word_list("thirty forty fifty sixty seventy eighty ninety hundred")
_AR: Final = (
    "اثنان اثنين اثنتان اثنتين", "ثلاث ثلاثة", "أربع أربعة", "خمس خمسة", "ست ستة", "سبع سبعة",
    "ثمان ثماني ثمانية", "تسع تسعة", "عشر عشرة",
)  # fmt: skip
_AR_TENS: Final = (
    "عشرون عشرين", "ثلاثون ثلاثين", "أربعون أربعين", "خمسون خمسين", "ستون ستين", "سبعون سبعين",
    "ثمانون ثمانين", "تسعون تسعين", "مئة مائة",
)  # fmt: skip
# "One" and "واحد" are left out: they mostly count nothing.
_NAMED: Final = {
    **{name: str(value) for value, name in enumerate(_EN, start=2)},
    **{name: str(value) for value, name in zip(range(30, 101, 10), _TENS, strict=True)},
    **{
        fold(name): str(value)
        for values, names in ((range(2, 11), _AR), (range(20, 101, 10), _AR_TENS))
        for value, forms in zip(values, names, strict=True)
        for name in word_list(forms)
    },
}


def figures(text: str) -> frozenset[str]:
    """Every figure of a text."""
    return frozenset(_figures(ascii_digits(text)))


def _figures(text: str) -> Iterator[str]:
    for time in _TIME.finditer(text):
        hour, minute = int(time[1]), int(time[2])
        yield str(hour % 12 or 12)
        if minute:
            yield str(minute)
    text = _TIME.sub(" ", text)
    for long in _LONG.finditer(text):
        yield re.sub(r"\D", "", long.group())
    for number in _NUMBER.findall(_LONG.sub(" ", text)):
        yield _canonical(number.replace(",", ""))
    for word in words(text):
        if word in _NAMED:
            yield _NAMED[word]


def _canonical(number: str) -> str:
    """Without zeros that change nothing."""
    whole, _, part = number.partition(".")
    part = part.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{part}" if part else "")
