"""Text that a mark says how to read: digits, a date, an amount of money."""

import re
from typing import Final, assert_never

from sipagent.text import numbers_ar, numbers_en
from sipagent.text.digits import ascii_digits
from sipagent.text.language import Language
from sipagent.text.marks import SayAs
from sipagent.text.spoken import dates, times
from sipagent.text.spoken.reader import clean, said
from sipagent.text.spoken.unit import NUMBER, by_digit, in_words, sign_word
from sipagent.text.word_list import word_list

_PIECE: Final = re.compile(r"[0-9]+|[A-Za-z]+|[^\W\d_]")
_AMOUNT: Final = re.compile(rf"\s*([+-]?)\s?({NUMBER})\s*")
_DATE: Final = re.compile(r"\s*([0-9]{1,2})\s?[/.-]\s?([0-9]{1,2})\s*")
_CLOCK: Final = re.compile(r"\s*([01]?[0-9]|2[0-4])[:.h]?([0-5][0-9])\s*")
_INTEGER: Final = re.compile(r"\s*([0-9]{1,15})\s*(?:st|nd|rd|th|\.)?\s*")
_LETTERS_AR: Final = word_list(
    "ألف باء تاء ثاء جيم حاء خاء دال ذال راء زاي سين شين صاد ضاد طاء ظاء عين غين فاء قاف"
    " كاف لام ميم نون هاء واو ياء"
)
_NAMES_AR: Final = dict(zip("ابتثجحخدذرزسشصضطظعغفقكلمنهوي", _LETTERS_AR, strict=True)) | {
    "أ": "ألف", "إ": "ألف", "آ": "ألف", "ة": "تاء", "ى": "ألف", "ء": "همزة", "ئ": "ياء", "ؤ": "واو",
}  # fmt: skip


def read_as(text: str, kind: SayAs, language: Language) -> str:
    """What to say for a text of a kind; one that is not of that kind is read as usual."""
    text = ascii_digits(clean(text))
    match kind:
        case SayAs.DIGITS | SayAs.TELEPHONE:
            return _by_digit(text, language) or said(text, language)
        case SayAs.SPELL_OUT:
            return _spelled(text, language) or said(text, language)
        case SayAs.CARDINAL | SayAs.CURRENCY:
            return _amount(text, kind, language)
        case SayAs.ORDINAL:
            return _ordinal(text, language) or said(text, language)
        case SayAs.DATE:
            return _date(text, language) or said(text, language)
        case SayAs.TIME:
            return _time(text, language) or said(text, language)
    assert_never(kind)


def _by_digit(text: str, language: Language) -> str:
    groups = re.findall(r"[0-9]+", text)
    return (sign_word("+" if text.strip().startswith("+") else "", language)) + by_digit(
        groups, language
    )


def _spelled(text: str, language: Language) -> str:
    words = numbers_ar if language is Language.AR else numbers_en
    return " ".join(
        words.digits(piece) if piece.isdecimal() else _NAMES_AR.get(piece, ".".join(piece.upper()))
        for piece in _PIECE.findall(text)
    )


def _amount(text: str, kind: SayAs, language: Language) -> str:
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return said(text, language)
    if kind is SayAs.CURRENCY:
        return said(f"{found[1]}AED {found[2]}", language)
    return sign_word(found[1], language) + in_words(found[2], language)


def _ordinal(text: str, language: Language) -> str:
    found = _INTEGER.fullmatch(text)
    if found is None:
        return ""
    number = int(found[1])
    return numbers_ar.ordinal(number) if language is Language.AR else numbers_en.ordinal(number)


def _date(text: str, language: Language) -> str:
    """Day and month without a year; with one, the usual reading knows it."""
    found = _DATE.fullmatch(text)
    return (dates.date(int(found[1]), int(found[2]), None, language) or "") if found else ""


def _time(text: str, language: Language) -> str:
    found = _CLOCK.fullmatch(text)
    return times.time(int(found[1]), int(found[2]), language) if found else ""
