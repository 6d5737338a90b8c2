"""Dates: "12/03/2026" (the day first), "March 12th", "١ رمضان ١٤٤٧ هـ"; years: "2024-2026"."""

import re
from calendar import monthrange
from typing import Final

from sipagent.text import numbers_ar, numbers_en
from sipagent.text.language import Language
from sipagent.text.nouns_ar import noun
from sipagent.text.spoken import times
from sipagent.text.spoken.months import MONTHS, Month, gregorian, hijri
from sipagent.text.spoken.unit import Context, Kind, one_of, pattern

_HIJRI_YEARS: Final = range(1300, 1600)
_LONG_MONTH_DAYS: Final = 31
_HIJRI_MONTH_DAYS: Final = 30
_MONTH: Final = one_of(MONTHS)
_ERA: Final = r"(?:هـ|ه|هجري(?:ة)?|AH|A\.H\.|H|م|ميلادي(?:ة)?|CE|AD)(?!\w)"
_YEAR: Final = r"[12][0-9]{3}(?![0-9])"
_DAY: Final = r"(?:3[01]|[12][0-9]|0?[1-9])(?:\s?(?:st|nd|rd|th)(?!\w))?(?![0-9])"
_THE: Final = re.compile(r"\bthe$", re.IGNORECASE)
_NOW: Final = range(1900, 2100)
_STRONG_CUE: Final = re.compile(
    r"(?:\b(?:year|since)|\b(?:عام|سنة|لعام|لسنة|بعام|للعام|العام|منذ))$"
)
_WEAK_CUE: Final = re.compile(
    r"\b(?:in|until|till|by|of|from|before|after|during|Expo|Vision|Q[1-4]|في|إكسبو|رؤية|[A-Z]\w+)$"
)
_DAY_CUE: Final = re.compile(
    r"(?:\b(?:on|by|until|till|before|after|since|dated|due|date)|\b(?:يوم|بتاريخ|تاريخ|حتى|الموافق)"
    r"|day,?)$"
)


def _numeric(match: re.Match[str], context: Context) -> str | None:
    """A date in figures; day before month, unless only the other way makes a date."""
    if match["year_first"] is not None:
        year, month, day = (int(match[name]) for name in ("year_first", "second", "third"))
    else:
        day, month, year = (int(match[name]) for name in ("one", "two", "year_last"))
    if month > 12:
        day, month = month, day
    if not 1 <= month <= 12 or not 1 <= day <= _days(year, month):
        return None
    name = hijri(month) if year in _HIJRI_YEARS else gregorian(month)
    said = _date(day, name, year, match["era"], context)
    if match["clock"] is None:
        return said
    hour, _, minute = match["clock"].partition(":")
    at = " " if context.arabic else " at "
    return said + at + times.time(int(hour), int(minute), context.language)


def _short(match: re.Match[str], context: Context) -> str | None:
    """ "12/03" without a year: only behind a word that asks for a date."""
    day, month = int(match["day"]), int(match["month"])
    if not context.follows(_DAY_CUE) or not 1 <= month <= 12 or not 1 <= day <= _days(2024, month):
        return None
    return _date(day, gregorian(month), None, None, context)


def _named(match: re.Match[str], context: Context) -> str | None:
    name = match["month"] or match["first"]
    month = MONTHS[" ".join(name.replace(".", "").split())]
    year = match["year"] or match["last"] or match["only"]
    if match["only"]:
        return _month_and_year(month, int(year), match["era"], context)
    if match["then"] and context.arabic:
        return None
    day = int(re.sub(r"\D", "", match["day"] or match["then"]))
    if day > (_HIJRI_MONTH_DAYS if month.hijri else _LONG_MONTH_DAYS):
        return None
    if match["then"]:
        tail = _english_year(year, match["era"])
        return f"{month.english} {numbers_en.ordinal(day)}{tail}"
    return _date(day, month, int(year) if year else None, match["era"], context)


def _years(match: re.Match[str], context: Context) -> str | None:
    """A year by itself, or two with a dash between them."""
    if match["until"] is not None:
        low, high = int(match["since"]), int(match["until"])
        if low >= high:
            return None
        if context.arabic:
            return f"{numbers_ar.year(low)} إلى {numbers_ar.year(high)}"
        return f"{numbers_en.year(low)} to {numbers_en.year(high)}"
    year = int(match["since"])
    if match["decade"]:
        return numbers_en.decade(year) if year % 10 == 0 else None
    if not _is_year(year, match["era"], context):
        return None
    if context.arabic:
        return numbers_ar.year(year) + _arabic_era(match["era"])
    return numbers_en.year(year) + _english_era(match["era"])


def _is_year(year: int, era: str | None, context: Context) -> bool:
    """Whether a bare number is a year, by what stands around it."""
    if era not in (None, "م") or context.follows(_STRONG_CUE):
        return True
    counted = (context.after.split() or [""])[0]
    if year not in _NOW or noun(counted.strip(".,،")):
        return False
    return context.follows(_WEAK_CUE) or (era == "م" and not counted)


def date(day: int, month: int, year: int | None, language: Language) -> str | None:
    """A Gregorian date in words, or None where there is no such day."""
    if not 1 <= month <= 12 or not 1 <= day <= _days(year or 2024, month):
        return None
    return _date(day, gregorian(month), year, None, Context(language, "", ""))


def _date(day: int, month: Month, year: int | None, era: str | None, context: Context) -> str:
    if context.arabic:
        words = f"{numbers_ar.ordinal(day)} من {month.arabic}"
        return words + (f" {numbers_ar.year(year)}" if year else "") + _arabic_era(era)
    the = "" if context.follows(_THE) else "the "
    tail = _english_year(str(year) if year else None, era)
    return f"{the}{numbers_en.ordinal(day)} of {month.english}{tail}"


def _month_and_year(month: Month, year: int, era: str | None, context: Context) -> str:
    if context.arabic:
        return f"{month.arabic} {numbers_ar.year(year)}{_arabic_era(era)}"
    return f"{month.english}{_english_year(str(year), era)}"


def _english_year(year: str | None, era: str | None) -> str:
    return (f" {numbers_en.year(int(year))}" if year else "") + _english_era(era)


def _arabic_era(era: str | None) -> str:
    if era is None:
        return ""
    return " هجرية" if era.startswith(("ه", "A", "H")) and era != "AD" else " ميلادية"


def _english_era(era: str | None) -> str:
    if era is None:
        return ""
    return " Hijri" if era.startswith(("ه", "A", "H")) and era != "AD" else " A.D"


def _days(year: int, month: int) -> int:
    if not 1 <= month <= 12:
        return 0
    if year in _HIJRI_YEARS:
        return _HIJRI_MONTH_DAYS
    return monthrange(year, month)[1] if 1000 <= year <= 9999 else _LONG_MONTH_DAYS


_CODES: Final = frozenset({"era"})
_EDGE: Final = r"(?<![0-9])(?<![0-9][/.:-])"
NUMERIC: Final = Kind(
    pattern(
        rf"""
        {_EDGE}
        (?: (?P<year_first>[12][0-9]{{3}})(?P<by>[-/.])(?P<second>[0-9]{{1,2}})(?P=by)
            (?P<third>[0-9]{{1,2}})
          | (?P<one>[0-9]{{1,2}})(?P<of>[-/.])(?P<two>[0-9]{{1,2}})(?P=of)
            (?P<year_last>[12][0-9]{{3}}) )
        (?![0-9]|[/-][0-9])
        (?: (?P<clock_mark>T)(?P<clock>[0-2][0-9]:[0-5][0-9])
            (?::[0-9.]{{2,12}})?(?:Z|[+-][0-9:]{{4,5}})? )?
        (?:\s?(?P<era>{_ERA}))?
        """
    ),
    _numeric,
    frozenset({"era", "clock_mark"}),
    declines=True,
)
NAMED: Final = Kind(
    pattern(
        rf"""
        {_EDGE}
        (?: (?P<day>{_DAY})[\s-](?:of\s|من\s|شهر\s)?(?P<month>{_MONTH})\.?(?!\w)
            (?:[,،]?[\s-](?P<year>{_YEAR}))?
          | (?P<first>{_MONTH})\.?\s
            (?: (?P<then>{_DAY})(?:,?\s(?P<last>{_YEAR}))?(?!\s?[:%]|[.,]?[0-9])
              | (?P<only>{_YEAR}) )
        )
        (?:\s?(?P<era>{_ERA}))?
        """
    ),
    _named,
    _CODES,
    declines=True,
)
SHORT: Final = Kind(
    pattern(rf"{_EDGE}(?P<day>[0-9]{{1,2}})/(?P<month>[0-9]{{1,2}})(?![0-9/%])"), _short
)
YEARS: Final = Kind(
    pattern(
        rf"""
        {_EDGE}(?P<since>(?:1[0-9]|20)[0-9]{{2}})
        (?: \s?[-–]\s?(?P<until>(?:1[3-9]|20)[0-9]{{2}})(?![0-9,]|[-/.][0-9])
          | (?P<decade>s)(?!\w)
          | (?![0-9]|[.,:/-][0-9])(?:\s?(?P<era>{_ERA}))? )
        """
    ),
    _years,
    frozenset({"era", "decade"}),
)
