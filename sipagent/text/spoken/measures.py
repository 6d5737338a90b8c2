"""Measures and percentages: "5 km", "100Mbps", "42°C", "12.5%", "٢ غيغابايت"."""

import re
from dataclasses import dataclass
from typing import Final

from sipagent.text import numbers_ar
from sipagent.text.language import Language
from sipagent.text.nouns_ar import Noun, noun
from sipagent.text.spoken.unit import (
    LONGEST,
    MINUS,
    NUMBER,
    Context,
    Kind,
    in_words,
    one_of,
    parted,
    pattern,
    sign_word,
)


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit of measure: English singular and plural, the Arabic noun and what follows it."""

    one: str
    more: str
    arabic: str
    arabic_tail: str = ""


def _each(english: str, arabic: str, tail: str = "") -> Measure:
    return Measure(english, english + "s", arabic, tail)


_PER_SECOND: Final = "في الثانية"
_SQUARE_FOOT: Final = Measure("square foot", "square feet", "قدم", "مربعة")
_SYMBOLS: Final = {
    "km": _each("kilometre", "كيلومتر"), "Km": _each("kilometre", "كيلومتر"),
    "KM": _each("kilometre", "كيلومتر"), "cm": _each("centimetre", "سنتيمتر"),
    "mm": _each("millimetre", "مليمتر"), "m": _each("metre", "متر"),
    "mi": _each("mile", "ميل"), "ft": Measure("foot", "feet", "قدم"),
    "m²": _each("square metre", "متر", "مربع"), "m2": _each("square metre", "متر", "مربع"),
    "sqm": _each("square metre", "متر", "مربع"), "sq m": _each("square metre", "متر", "مربع"),
    "km²": _each("square kilometre", "كيلومتر", "مربع"),
    "km2": _each("square kilometre", "كيلومتر", "مربع"),
    "sq ft": _SQUARE_FOOT, "sqft": _SQUARE_FOOT, "ft²": _SQUARE_FOOT, "sq. ft.": _SQUARE_FOOT,
    "m³": _each("cubic metre", "متر", "مكعب"), "m3": _each("cubic metre", "متر", "مكعب"),
    "kg": _each("kilogram", "كيلوغرام"), "KG": _each("kilogram", "كيلوغرام"),
    "g": _each("gram", "غرام"), "mg": _each("milligram", "مليغرام"),
    "L": _each("litre", "لتر"), "l": _each("litre", "لتر"), "ml": _each("millilitre", "مليلتر"),
    "mL": _each("millilitre", "مليلتر"), "gal": _each("gallon", "غالون"),
    "IG": _each("imperial gallon", "غالون", "إمبراطوري"),
    "kWh": Measure("kilowatt hour", "kilowatt hours", "كيلوواط", "ساعة"),
    "KWh": Measure("kilowatt hour", "kilowatt hours", "كيلوواط", "ساعة"),
    "kW": _each("kilowatt", "كيلوواط"), "MW": _each("megawatt", "ميغاواط"),
    "W": _each("watt", "واط"), "V": _each("volt", "فولت"),
    "Hz": Measure("hertz", "hertz", "هرتز"), "kHz": Measure("kilohertz", "kilohertz", "كيلوهرتز"),
    "MHz": Measure("megahertz", "megahertz", "ميغاهرتز"),
    "GHz": Measure("gigahertz", "gigahertz", "غيغاهرتز"),
    "KB": _each("kilobyte", "كيلوبايت"), "MB": _each("megabyte", "ميغابايت"),
    "GB": _each("gigabyte", "غيغابايت"), "TB": _each("terabyte", "تيرابايت"),
    "Kbps": Measure("kilobit per second", "kilobits per second", "كيلوبت", _PER_SECOND),
    "kbps": Measure("kilobit per second", "kilobits per second", "كيلوبت", _PER_SECOND),
    "Mbps": Measure("megabit per second", "megabits per second", "ميغابت", _PER_SECOND),
    "Mb/s": Measure("megabit per second", "megabits per second", "ميغابت", _PER_SECOND),
    "MB/s": Measure("megabyte per second", "megabytes per second", "ميغابايت", _PER_SECOND),
    "Gbps": Measure("gigabit per second", "gigabits per second", "غيغابت", _PER_SECOND),
    "km/h": Measure("kilometre per hour", "kilometres per hour", "كيلومتر", "في الساعة"),
    "kph": Measure("kilometre per hour", "kilometres per hour", "كيلومتر", "في الساعة"),
    "kmh": Measure("kilometre per hour", "kilometres per hour", "كيلومتر", "في الساعة"),
    "mph": Measure("mile per hour", "miles per hour", "ميل", "في الساعة"),
    "°C": Measure("degree Celsius", "degrees Celsius", "درجة", "مئوية"),
    "° C": Measure("degree Celsius", "degrees Celsius", "درجة", "مئوية"),
    "℃": Measure("degree Celsius", "degrees Celsius", "درجة", "مئوية"),
    "°F": Measure("degree Fahrenheit", "degrees Fahrenheit", "درجة", "فهرنهايت"),
    "°م": Measure("degree Celsius", "degrees Celsius", "درجة", "مئوية"),
    "°": _each("degree", "درجة"), "º": _each("degree", "درجة"),
    "hrs": _each("hour", "ساعة"), "hr": _each("hour", "ساعة"), "h": _each("hour", "ساعة"),
    "mins": _each("minute", "دقيقة"), "min": _each("minute", "دقيقة"),
    "secs": _each("second", "ثانية"), "sec": _each("second", "ثانية"),
    "ms": _each("millisecond", "ملي ثانية"), "yrs": _each("year", "سنة"),
    "م": _each("metre", "متر"), "كم": _each("kilometre", "كيلومتر"),
    "سم": _each("centimetre", "سنتيمتر"),
    "ملم": _each("millimetre", "مليمتر"), "كجم": _each("kilogram", "كيلوغرام"),
    "كغ": _each("kilogram", "كيلوغرام"), "كغم": _each("kilogram", "كيلوغرام"),
    "مل": _each("millilitre", "مليلتر"), "م²": _each("square metre", "متر", "مربع"),
    "م2": _each("square metre", "متر", "مربع"), "م³": _each("cubic metre", "متر", "مكعب"),
    "كم/س": Measure("kilometre per hour", "kilometres per hour", "كيلومتر", "في الساعة"),
    "ج.ب": _each("gigabyte", "غيغابايت"),
}  # fmt: skip
SYMBOL: Final = one_of(_SYMBOLS)
"""The source of a pattern of all symbols."""
_PERCENT_WORD: Final = r"%|بالمئة|بالمائة|في\sالمئة|في\sالمائة"


def _measure(match: re.Match[str], context: Context) -> str | None:
    if match["symbol"] == "م" and _no_length(match["number"]):
        return None
    measure = _SYMBOLS[" ".join(match["symbol"].split())]
    sign = sign_word(match["sign"], context.language)
    lower = _lower(match, context)
    number = match["number"]
    if context.arabic:
        return f"{sign}{lower}{arabic_amount(number, measure.arabic, measure.arabic_tail)}"
    name = measure.one if number == "1" else measure.more
    return f"{sign}{lower}{in_words(number, Language.EN)} {name}"


def _no_length(number: str) -> bool:
    """Whether "م" behind a number may be the afternoon, or the years of our era."""
    whole, part = parted(number)
    return not part and (len(whole) > LONGEST or int(whole) <= 12 or 1900 <= int(whole) < 2100)


def arabic_amount(number: str, word: str, tail: str = "") -> str:
    """A written number with its noun: "1.5" and "ساعة" is "ساعة ونصف"."""
    whole, part = parted(number)
    known = noun(word)
    if known is None or len(whole) > LONGEST or (part and part != "5"):
        return (
            f"{in_words(number, Language.AR, bool(known and known.feminine))} {word} {tail}".strip()
        )
    if not part:
        return (
            f"{numbers_ar.count_of(int(whole), known)} {_agreeing(tail, int(whole), known)}".strip()
        )
    if int(whole) == 0:
        return f"نصف {word} {tail}".strip()
    words = known.one if int(whole) == 1 else numbers_ar.count_of(int(whole), known)
    return f"{words} {_agreeing(tail, int(whole), known)}".strip() + " ونصف"


def _agreeing(tail: str, number: int, known: Noun) -> str:
    """The adjective behind the noun: "متران مربعان", "خمسة أمتار مربعة", "عشرون مترا مربعا"."""
    if tail not in _ADJECTIVES:
        return tail
    stem, last = tail.removesuffix("ة"), number % 100
    if last == 2:
        return stem + ("تان" if known.feminine else "ان")
    if known.feminine or 3 <= last <= 10:
        return stem + "ة"
    return stem + ("ا" if last > 10 else "")


_ADJECTIVES: Final = frozenset({"مربع", "مربعة", "مكعب", "مئوية"})


def _percent(match: re.Match[str], context: Context) -> str:
    sign = sign_word(match["sign"], context.language)
    if match["behind"]:
        number = in_words(match["behind"], context.language)
        return f"{number} {'بالمئة' if context.arabic else 'percent'}"
    lower = _lower(match, context)
    name = "بالمئة" if context.arabic else "percent"
    return f"{sign}{lower}{in_words(match['number'], context.language)} {name}"


def _lower(match: re.Match[str], context: Context) -> str:
    """The number in front of a dash or a cross, and how it is joined: "5-10", "10 x 20"."""
    if match["low"] is None:
        return ""
    to, by = (" إلى ", " في ") if context.arabic else (" to ", " by ")
    return in_words(match["low"], context.language) + (by if match["cross"] else to)


_AMOUNT: Final = rf"""
    (?<![0-9])(?<![0-9][ -])(?<![0-9][.,:/])(?P<sign>{MINUS})?
    (?:(?P<low>{NUMBER})(?:\s?%)?\s?(?:[-–]|(?P<cross>[x×]))\s?)?(?P<number>{NUMBER})(?![0-9])
"""
MEASURE: Final = Kind(
    pattern(rf"{_AMOUNT}\s?-?(?P<symbol>{SYMBOL})(?!\w)"),
    _measure,
    frozenset({"symbol"}),
    declines=True,
)
PERCENT: Final = Kind(
    pattern(
        rf"(?:{_AMOUNT}\s?(?:{_PERCENT_WORD})(?!\w)|(?<!\S)%\s?(?P<behind>{NUMBER})(?![0-9%]))"
    ),
    _percent,
    declines=True,
)
