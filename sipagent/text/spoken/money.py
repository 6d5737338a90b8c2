"""Amounts of money: "AED 1,234.50", "٢٥ درهما", "$5 million", "-AED 50", "99 AED/month"."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sipagent.text import numbers_ar, numbers_en
from sipagent.text.language import Language
from sipagent.text.spoken.scales import SCALE, scaled
from sipagent.text.spoken.unit import (
    LONGEST,
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
class Currency:
    """A currency in both languages: English singular and plural, Arabic nouns of the table."""

    english: tuple[str, str]
    part: tuple[str, str]
    arabic: str
    arabic_part: str
    of: str = ""  # the Arabic adjective, where the noun alone means the dirham's neighbours too
    part_digits: int = 2


_DIRHAM: Final = Currency(("dirham", "dirhams"), ("fils", "fils"), "درهم", "فلس")
_SAUDI: Final = Currency(
    ("Saudi riyal", "Saudi riyals"), ("halala", "halalas"), "ريال", "هللة", "سعودي"
)
_RIYAL: Final = Currency(("riyal", "riyals"), ("halala", "halalas"), "ريال", "هللة")
_DOLLAR: Final = Currency(("dollar", "dollars"), ("cent", "cents"), "دولار", "سنت")
_EURO: Final = Currency(("euro", "euros"), ("cent", "cents"), "يورو", "سنت")
_POUND: Final = Currency(("pound", "pounds"), ("penny", "pence"), "جنيه", "بنس")
_EGYPTIAN: Final = Currency(
    ("Egyptian pound", "Egyptian pounds"), ("piastre", "piastres"), "جنيه", "قرش", "مصري"
)
_RUPEE: Final = Currency(("rupee", "rupees"), ("paisa", "paisa"), "روبية", "بيسة")
_QATARI: Final = Currency(
    ("Qatari riyal", "Qatari riyals"), ("dirham", "dirhams"), "ريال", "درهم", "قطري"
)
_OMANI: Final = Currency(
    ("Omani rial", "Omani rials"), ("baisa", "baisa"), "ريال", "بيسة", "عماني", 3
)
_KUWAITI: Final = Currency(
    ("Kuwaiti dinar", "Kuwaiti dinars"), ("fils", "fils"), "دينار", "فلس", "كويتي", 3
)
_BAHRAINI: Final = Currency(
    ("Bahraini dinar", "Bahraini dinars"), ("fils", "fils"), "دينار", "فلس", "بحريني", 3
)

_CODES: Final = {
    "AED": _DIRHAM, "Aed": _DIRHAM, "Dhs.": _DIRHAM, "Dhs": _DIRHAM, "Dh.": _DIRHAM,
    "Dh": _DIRHAM, "DHS": _DIRHAM, "DH": _DIRHAM, "د.إ.": _DIRHAM, "د.إ": _DIRHAM,
    "د.ا": _DIRHAM, "\u20c3": _DIRHAM,
    "SAR": _SAUDI, "SR": _SAUDI, "ر.س.": _SAUDI, "ر.س": _SAUDI, "﷼": _RIYAL, "\u20c1": _SAUDI,
    "US$": _DOLLAR, "USD": _DOLLAR, "$": _DOLLAR, "EUR": _EURO, "€": _EURO,
    "GBP": _POUND, "£": _POUND, "INR": _RUPEE, "₹": _RUPEE, "QAR": _QATARI,
    "EGP": _EGYPTIAN, "ج.م.": _EGYPTIAN, "ج.م": _EGYPTIAN,
    "OMR": _OMANI, "ر.ع": _OMANI, "KWD": _KUWAITI, "د.ك": _KUWAITI,
    "BHD": _BAHRAINI, "د.ب": _BAHRAINI,
}  # fmt: skip
_WORDS: Final = {
    "dirhams": _DIRHAM, "dirham": _DIRHAM, "Dirhams": _DIRHAM, "Dirham": _DIRHAM,
    "درهما": _DIRHAM, "درهم": _DIRHAM, "دراهم": _DIRHAM, "درهماً": _DIRHAM,
    "Saudi riyals": _SAUDI, "Saudi riyal": _SAUDI, "riyals": _RIYAL, "riyal": _RIYAL,
    "ريال سعودي": _SAUDI, "ريالا سعوديا": _SAUDI, "ريالات سعودية": _SAUDI,
    "ريال": _RIYAL, "ريالا": _RIYAL, "ريالات": _RIYAL,
    "dollars": _DOLLAR, "dollar": _DOLLAR, "دولار": _DOLLAR, "دولارا": _DOLLAR,
    "دولارات": _DOLLAR, "euros": _EURO, "euro": _EURO, "يورو": _EURO,
    "pounds": _POUND, "rupees": _RUPEE, "روبية": _RUPEE, "روبيات": _RUPEE,
}  # fmt: skip
_PER: Final = {
    "month": ("month", "الشهر"), "mo": ("month", "الشهر"), "شهر": ("month", "الشهر"),
    "شهريا": ("month", "الشهر"), "year": ("year", "السنة"), "yr": ("year", "السنة"),
    "سنة": ("year", "السنة"), "week": ("week", "الأسبوع"), "day": ("day", "اليوم"),
    "يوم": ("day", "اليوم"), "hour": ("hour", "الساعة"), "hr": ("hour", "الساعة"),
    "ساعة": ("hour", "الساعة"), "min": ("minute", "الدقيقة"), "minute": ("minute", "الدقيقة"),
    "دقيقة": ("minute", "الدقيقة"), "SMS": ("S.M.S", "الرسالة"), "GB": ("gigabyte", "الغيغابايت"),
    "kWh": ("kilowatt hour", "الكيلوواط ساعة"), "kg": ("kilogram", "الكيلوغرام"),
    "كيلو": ("kilogram", "الكيلوغرام"), "km": ("kilometre", "الكيلومتر"),
    "unit": ("unit", "الوحدة"), "user": ("user", "المستخدم"), "person": ("person", "الشخص"),
    "night": ("night", "الليلة"), "visit": ("visit", "الزيارة"),
}  # fmt: skip
_AMOUNT: Final = rf"{NUMBER}(?:\s?[-–]\s?{NUMBER})?(?![0-9])"
_CODE: Final = one_of(_CODES)


def _read(match: re.Match[str], context: Context) -> str | None:
    before = match["low"] is not None
    code = match["code"] or match["behind"] or match["unit"]
    name = " ".join(code.split())
    currency = _CODES.get(name) or _WORDS[name]
    numbers = re.split(r"\s?[-–]\s?", match["low"] if before else match["high"])
    scale = match["scale"] if before else match["times"]
    said = _amount(numbers, scale, currency, context.language)
    sign = sign_word(match["sign"] or match["inner"], context.language)
    return sign + said + _rate(match["per"], context)


def _rate(per: str | None, context: Context) -> str:
    if per is None:
        return ""
    english, arabic = _PER[per]
    return f" في {arabic}" if context.arabic else f" per {english}"


def _amount(numbers: list[str], scale: str | None, currency: Currency, language: Language) -> str:
    """An amount, or two of which the first shares the currency of the second."""
    read = _arabic if language is Language.AR else _english
    to = " إلى " if language is Language.AR else " to "
    return to.join(
        [*(in_words(one, language) for one in numbers[:-1]), read(numbers[-1], scale, currency)]
    )


def _english(number: str, scale: str | None, currency: Currency) -> str:
    whole, part = parted(number)
    if scale:
        return f"{in_words(number, Language.EN)} {scaled(scale)[1]} {currency.english[1]}"
    small = _small(part, currency)
    if small is None or len(whole) > LONGEST:
        return f"{in_words(number, Language.EN)} {currency.english[1]}"
    read = []
    if int(whole) or not small:
        read.append(f"{numbers_en.cardinal(int(whole))} {currency.english[int(whole) != 1]}")
    if small:
        read.append(f"{numbers_en.cardinal(small)} {currency.part[small != 1]}")
    return " and ".join(read)


def _arabic(number: str, scale: str | None, currency: Currency) -> str:
    whole, part = parted(number)
    name = f"{currency.arabic} {currency.of}".strip()
    if len(whole) > LONGEST or len(part) > LONGEST:
        return f"{in_words(number, Language.AR)} {name}"
    if scale:
        value = Decimal(f"{whole}.{part or 0}") * scaled(scale)[0]
        if value != int(value) or value > numbers_ar.LARGEST:
            return f"{in_words(number, Language.AR)} {scaled(scale)[2]} {name}"
        return _whole(int(value), currency)
    small = _small(part, currency)
    if small is None:
        return f"{in_words(number, Language.AR)} {name}"
    read = [_whole(int(whole), currency)] if int(whole) or not small else []
    if small:
        read.append(numbers_ar.counted(small, currency.arabic_part))
    return " و".join(read)


def _whole(number: int, currency: Currency) -> str:
    """A whole amount with the adjective of the currency in agreement: "خمسة ريالات سعودية"."""
    words = numbers_ar.counted(number, currency.arabic)
    if not currency.of:
        return words
    last = number % 100
    if last == 1:
        before, _, one = words.rpartition(" ")
        return f"{before} {currency.of} {one}"
    ending = "ان" if last == 2 else "ة" if 3 <= last <= 10 else "ا" if last > 10 else ""
    return f"{words} {currency.of}{ending}"


def _small(part: str, currency: Currency) -> int | None:
    """The parts of a currency's unit, or None where more digits are written than it has."""
    size = currency.part_digits
    if len(part.rstrip("0")) > size:
        return None
    return int((part + "0" * size)[:size])


MONEY: Final = Kind(
    pattern(
        rf"""
        (?: (?<![^\s(])(?P<sign>[-+])\s? )?
        (?: (?P<code>{_CODE})\s?(?P<inner>[-+])?(?P<low>{_AMOUNT})(?P<scale>{SCALE})?
          | (?<![0-9])(?<![0-9][ -])(?<![0-9][.,])
            (?P<high>{_AMOUNT})(?P<times>{SCALE})?\s?
            (?: (?P<behind>{_CODE}) | (?P<unit>{one_of(_WORDS)}) )(?!\w) )
        (?: \s?/\s?(?P<per>{one_of(_PER)})(?!\w) | /-(?!\w) )?
        """
    ),
    _read,
    frozenset({"code", "scale", "times", "behind", "per"}),
    declines=True,
)
