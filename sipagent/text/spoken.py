"""Written text as a voice should say it: amounts, times, telephone numbers, addresses.

Every unit keeps what was written beside what is said, so that the text of the reply, and not
its reading, stands in the record. Knows no voice.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sipagent.text import numbers_ar
from sipagent.text.digits import ascii_digits
from sipagent.text.language import Language
from sipagent.text.script import language_of
from sipagent.text.word_list import word_list

_DIGIT_NAMES: Final = word_list("zero one two three four five six seven eight nine")
_GROUP: Final = 3
_BIDI: Final = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Unit:
    """Words as written, without inner line breaks, and what to say for them."""

    written: str
    said: str


_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_DIRHAM = r"AED|Dhs?\.?|DHS?|د\.إ\.?|درهما|درهم|دراهم|dirhams?"
_PATTERN: Final = re.compile(
    rf"""
    (?P<address> [\w.+-]+@[\w-]+\.[\w.-]*\w | (?:www\.)[\w-]+(?:\.[\w-]+)+ )
  | (?P<digits> \+\d[\d\s()-]{{5,}}\d | \b784-?\d{{4}}-?\d{{7}}-?\d\b
      | \b(?:800|600)[ -]?\d{{2,9}}\b(?!\s*(?:{_DIRHAM}))(?<=\d{{4}}) | \b800[ -]\d{{2,7}}\b
      | \b0\d[\d-]*\d\b | \b\d{{7,}}\b | \b0\d{{1,3}}(?:[ -]\d{{3,4}}){{1,2}}\b )
  | (?P<time> (?:\bالساعة\s)?\b(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)\b
      (?:\s?(?P<half>[ap]\.?m\.?)(?!\w))? )
  | (?P<money> (?:AED|Dhs?\.?|DHS?|د\.إ\.?)\s?(?P<before>{_NUMBER})
      | (?P<after>{_NUMBER})\s?(?:{_DIRHAM})(?!\w) )
  | (?P<percent> (?P<share>{_NUMBER})\s?(?:%|بالمئة|بالمائة) )
  | (?P<count> (?P<number>{_NUMBER})(?:\s(?P<noun>[ء-ي]{{2,}}))? )
    """,
    re.VERBOSE,
)


def units(text: str, language: Language) -> list[Unit]:
    """The text as units in order; joining what is written gives the text's words back.

    A number without letters is read in the language of the word before it.
    """
    text = _BIDI.sub("", text)
    plain = ascii_digits(text)
    found: list[Unit] = []
    current, start = language, 0
    for match in _PATTERN.finditer(plain):
        if _inside_word(plain, match):
            continue
        before = _words(text[start : match.start()])
        current = _last_language(before, current)
        own = None if match.group("before") else language_of(match.group())
        end = _end_with_mark(text, match.end())
        written = " ".join(text[match.start() : end].split())
        reading = _READERS[_kind(match)](match, own or current) + text[match.end() : end]
        found.extend(before)
        found.append(Unit(written, reading))
        start = end
    found.extend(_words(text[start:]))
    return found


def said(text: str, language: Language) -> str:
    """The whole text as it should be said."""
    return " ".join(unit.said for unit in units(text, language))


def _words(text: str) -> list[Unit]:
    return [Unit(word, word) for word in text.split()]


def _last_language(words: list[Unit], current: Language) -> Language:
    for unit in reversed(words):
        found = language_of(unit.written)
        if found:
            return found
    return current


def _inside_word(text: str, match: re.Match[str]) -> bool:
    """Whether letters touch the match, as in "5G" or "B12": then it is a name, not a number."""
    before, after = text[: match.start()][-1:], text[match.end() :][:1]
    return before.isalpha() or after.isalpha() or before == "_" or after == "_"


def _end_with_mark(text: str, end: int) -> int:
    """The end of the unit with the marks that are written to it, such as a full stop."""
    while end < len(text) and not text[end].isspace():
        end += 1
    return end


def _kind(match: re.Match[str]) -> str:
    return next(kind for kind in _READERS if match.group(kind) is not None)


def _address(match: re.Match[str], language: Language) -> str:
    text = match.group()
    for sign, name in (("@", " at "), (".", " dot "), ("-", " dash "), ("_", " underscore ")):
        text = text.replace(sign, name)
    return " ".join(text.split())


def _digits(match: re.Match[str], language: Language) -> str:
    """Digit by digit, with a breath every few, and at the breaks that were written."""
    text = match.group()
    groups = [group for group in re.split(r"[^\d]+", text) if group]
    if len(groups) == 1:
        whole = groups[0]
        groups = [whole[at : at + _GROUP] for at in range(0, len(whole), _GROUP)]
        if len(groups) > 1 and len(groups[-1]) == 1:
            groups[-2:] = [groups[-2] + groups[-1]]
    arabic = language is Language.AR
    read = [
        numbers_ar.digits(group)
        if arabic
        else " ".join(_DIGIT_NAMES[int(digit)] for digit in group)
        for group in groups
    ]
    plus = ("زائد " if arabic else "plus ") if text.startswith("+") else ""
    return plus + ("، " if arabic else ", ").join(read)


def _time(match: re.Match[str], language: Language) -> str:
    hour, minute = int(match.group("hour")), int(match.group("minute"))
    half = (match.group("half") or "").replace(".", "").lower()
    if not half and (hour == 0 or hour > 12):
        half = "am" if hour < 12 else "pm"
    hour = (hour - 1) % 12 + 1 if half else hour
    if language is Language.AR:
        words = f"الساعة {numbers_ar.cardinal(hour)}"
        words += {0: "", 15: " والربع", 30: " والنصف"}.get(minute, "") or (
            f" و{numbers_ar.counted(minute, 'دقيقة')}" if minute % 60 not in (0, 15, 30) else ""
        )
        return words + {"am": " صباحا", "pm": " مساء", "": ""}[half]
    if minute == 0:
        return f"{hour} {half or chr(39).join(('o', 'clock'))}"
    return f"{hour} {'oh ' if minute < 10 else ''}{minute}{' ' + half if half else ''}"


def _money(match: re.Match[str], language: Language) -> str:
    whole, _, part = _plain(match.group("before") or match.group("after")).partition(".")
    fils = int((part + "00")[:2])
    if language is Language.AR:
        return numbers_ar.dirhams(int(whole), fils)
    read = [f"{whole} dirham{'' if whole == '1' else 's'}"] if int(whole) or not fils else []
    return " and ".join([*read, f"{fils} fils"] if fils else read)


def _percent(match: re.Match[str], language: Language) -> str:
    if language is Language.AR:
        return _arabic_number(_plain(match.group("share"))) + " بالمئة"
    return _plain(match.group("share")) + " percent"


def _count(match: re.Match[str], language: Language) -> str:
    number, noun = _plain(match.group("number")), match.group("noun")
    if language is Language.AR:
        if noun and "." not in number:
            return (
                numbers_ar.counted(int(number), noun)
                if noun not in _NOT_COUNTED
                else (f"{numbers_ar.cardinal(int(number))} {noun}")
            )
        return _arabic_number(number) + (f" {noun}" if noun else "")
    return number


_NOT_COUNTED: Final = frozenset(
    word_list("صباحا مساء ظهرا عصرا ليلا فجرا إلى أو من على في عن هو هي بالمئة مع ثم قبل بعد كل")
)


def _arabic_number(number: str) -> str:
    whole, _, part = number.partition(".")
    words = numbers_ar.cardinal(int(whole))
    if not part:
        return words
    decimals = numbers_ar.cardinal(int(part)) if part[0] != "0" else numbers_ar.digits(part)
    return f"{words} فاصلة {decimals}"


def _plain(number: str) -> str:
    return number.replace(",", "")


_READERS: Final[dict[str, Callable[[re.Match[str], Language], str]]] = {
    "address": _address,
    "digits": _digits,
    "time": _time,
    "money": _money,
    "percent": _percent,
    "count": _count,
}
