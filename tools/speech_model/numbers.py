"""Numbers as words, the way espeak-ng speaks them. Knows cardinals up to 9,999 and ordinals to 31.

Arabic follows espeak-ng's own wording of digits (nominative, the ones before the tens), so that
"25" and its words are one target.
"""

from __future__ import annotations

from typing import Final

_EN_ONES: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
_EN_TENS: Final = (
    "_", "_", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
)  # fmt: skip
_EN_ORDINALS: Final = (
    "_", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
    "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth",
    "seventeenth", "eighteenth", "nineteenth", "twentieth",
)  # fmt: skip
_AR_ONES: Final = (
    "صفر", "واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة", "عشرة",
)  # fmt: skip
_AR_TEENS: Final = (
    "أحد عشر",
    "اثنا عشر",
    "ثلاثة عشر",
    "أربعة عشر",
    "خمسة عشر",
    "ستة عشر",
    "سبعة عشر",
    "ثمانية عشر",
    "تسعة عشر",
)
_AR_TENS: Final = (
    "_", "_", "عشرون", "ثلاثون", "أربعون", "خمسون", "ستون", "سبعون", "ثمانون", "تسعون",
)  # fmt: skip
_AR_HUNDREDS: Final = (
    "_", "مئة", "مئتان", "ثلاثمئة", "أربعمئة", "خمسمئة", "ستمئة", "سبعمئة", "ثمانمئة",
    "تسعمئة",
)  # fmt: skip


def english(number: int, with_and: bool = True) -> str:
    """150 -> "one hundred and fifty". Takes 0 to 9,999."""
    if number < 20:
        return _EN_ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _EN_TENS[tens] + (f" {_EN_ONES[ones]}" if ones else "")
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        words, joint = f"{_EN_ONES[hundreds]} hundred", " and " if with_and else " "
    else:
        thousands, rest = divmod(number, 1000)
        words = f"{english(thousands)} thousand"
        joint = " and " if with_and and rest < 100 else " "
    return words + (joint + english(rest, with_and) if rest else "")


def english_ordinal(number: int) -> str:
    """21 -> "twenty first". Takes 1 to 31."""
    if number <= 20:
        return _EN_ORDINALS[number]
    if number == 30:
        return "thirtieth"
    tens, ones = divmod(number, 10)
    return f"{_EN_TENS[tens]} {_EN_ORDINALS[ones]}"


def arabic(number: int) -> str:
    """25 -> "خمسة وعشرون". Takes 0 to 9,999."""
    if number <= 10:
        return _AR_ONES[number]
    if number < 20:
        return _AR_TEENS[number - 11]
    if number < 100:
        tens, ones = divmod(number, 10)
        return f"{_AR_ONES[ones]} و{_AR_TENS[tens]}" if ones else _AR_TENS[tens]
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        words = _AR_HUNDREDS[hundreds]
    else:
        thousands, rest = divmod(number, 1000)
        words = {1: "ألف", 2: "ألفان"}.get(thousands, f"{_AR_ONES[thousands]} آلاف")
    return f"{words} و{arabic(rest)}" if rest else words


def spell(number: int, language: str) -> str:
    """`number` in words of `language` ("en" or "ar")."""
    return arabic(number) if language == "ar" else english(number)
