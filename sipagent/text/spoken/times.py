"""Times of day: "8:30 a.m.", "18:00", "8am", "الساعة ٦:٣٠ مساء", and spans such as "9am-5pm"."""

import re
from typing import Final

from sipagent.text import numbers_ar, numbers_en
from sipagent.text.language import Language
from sipagent.text.spoken.unit import Context, Kind, pattern

_HALVES_AR: Final = {"ص": "صباحا", "م": "مساء", "صباحاً": "صباحا", "مساءً": "مساء"}
_HOUR_WORD: Final = re.compile(r"(?:^|\s)[وفبلك]*(?:ال)?ساعة$|للساعة$")
_QUARTERS: Final = {15: " والربع", 20: " والثلث", 30: " والنصف"}
_QUARTER_TO: Final = 45
_HALF_EN: Final = r"[AaPp]\.?\s?[Mm]\.?(?!\w)"
_HALF_AR: Final = r"(?:صباحاً|صباحا|مساءً|مساء|ظهراً|ظهرا|عصراً|عصرا|ليلاً|ليلا|فجراً|فجرا|ص|م)(?!\w)"


def _clock(match: re.Match[str], context: Context) -> str:
    """A time with minutes: "18:30"."""
    half = match["english"] or match["arabic"] or ""
    return _time(int(match["hour"]), int(match["minute"]), int(match["second"] or 0), half, context)


def _hour(match: re.Match[str], context: Context) -> str | None:
    """An hour alone: "8 a.m.", "الساعة 8"."""
    hour, half = int(match["hour"]), match["english"] or match["arabic"] or ""
    if half and match["arabic"] is None:
        return _time(hour, 0, 0, half, context)
    if context.arabic and context.follows(_HOUR_WORD):
        return _time(hour, 0, 0, half, context)
    if half in ("ص", "م"):
        if half == "م" and match["gap"] and not _AFTER_TIME.search(context.before):
            return None
        return f"{numbers_ar.cardinal(hour)} {_HALVES_AR[half]}"
    return None


_AFTER_TIME: Final = re.compile(r"(?:من|إلى|حتى|الساعة|بين|و|ص|قبل|بعد|-|–)\s?$")


def time(hour: int, minute: int, language: Language) -> str:
    """A time of day in words, 24 hours."""
    return _time(hour, minute, 0, "", Context(language, "", ""))


def _time(hour: int, minute: int, second: int, half: str, context: Context) -> str:
    if context.arabic:
        return _arabic(hour, minute, _arabic_half(hour, half), context)
    return _english(hour, minute, second, _english_half(hour, half))


def _english(hour: int, minute: int, second: int, half: str) -> str:
    if hour % 24 == 0 and minute == second == 0 and half in ("", "A.M"):
        return "midnight"
    said = numbers_en.cardinal((hour - 1) % 12 + 1)
    if minute or second:
        said += f" {'oh ' if minute < 10 else ''}{numbers_en.cardinal(minute)}"
    elif not half:
        return f"{said} o'clock"
    if second:
        plural = "" if second == 1 else "s"
        said += f" and {numbers_en.cardinal(second)} second{plural}"
    return f"{said} {half}".strip()


def _arabic(hour: int, minute: int, half: str, context: Context) -> str:
    """ "الساعة السادسة والنصف مساء"; the word "الساعة" is not said twice."""
    number = (hour - 1) % 12 + 1
    if minute == _QUARTER_TO:
        said = f"{_nth(number % 12 + 1)} إلا ربعا"
    elif minute in _QUARTERS:
        said = _nth(number) + _QUARTERS[minute]
    else:
        said = _nth(number) + (f" و{numbers_ar.counted(minute, 'دقيقة')}" if minute else "")
    hour_word = "" if context.follows(_HOUR_WORD) else "الساعة "
    return f"{hour_word}{said} {half}".strip()


def _nth(hour: int) -> str:
    return "الواحدة" if hour == 1 else numbers_ar.ordinal(hour, feminine=True)


def _arabic_half(hour: int, half: str) -> str:
    if half:
        folded = half.replace(".", "").replace(" ", "").lower()
        return {"am": "صباحا", "pm": "مساء"}.get(folded) or _HALVES_AR.get(half, half)
    return ("صباحا" if hour % 24 < 12 else "مساء") if not 0 < hour <= 12 else ""


def _english_half(hour: int, half: str) -> str:
    if half:
        return "A.M" if half[0] in "Aaصف" else "P.M"
    return ("A.M" if hour % 24 < 12 else "P.M") if not 0 < hour <= 12 else ""


_CODES: Final = frozenset({"english"})
CLOCK: Final = Kind(
    pattern(
        rf"""
        (?<![0-9])(?<![0-9][:.,/])
        (?: (?P<hour>2[0-4]|[01]?[0-9]):(?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9]))?
            (?![0-9]|:[0-9])
            (?: \s?(?P<english>{_HALF_EN}) | \s(?P<arabic>{_HALF_AR}) )? )
        """
    ),
    _clock,
    _CODES,
    declines=True,
)
DOTTED: Final = Kind(
    pattern(
        rf"""
        (?<![0-9])(?<![0-9][:.,/])
        (?P<hour>1[0-2]|0?[1-9])\.(?P<minute>[0-5][0-9])(?P<second>)(?P<arabic>)
        \s?(?P<english>{_HALF_EN})
        """
    ),
    _clock,
    _CODES,
    declines=True,
)
HOUR: Final = Kind(
    pattern(
        rf"""
        (?<![0-9])(?<![0-9][:.,/])(?P<hour>1[0-2]|0?[1-9])(?![0-9]|[.,:/][0-9])
        (?: \s?(?P<english>{_HALF_EN}) | (?P<gap>\s?)(?P<arabic>{_HALF_AR}) )?
        """
    ),
    _hour,
    _CODES,
    declines=True,
)
