"""Digits as callers dictate them, in English, Arabic and both mixed.

Reads every number in a text as digits in a row, so it is to be asked where a number is expected.
Knows no plan of numbers: how many digits are enough is for whoever asked for them.

Numbers below a million are read as people say them ("twenty five" is 25, "خمسة وعشرين" too, "eight
hundred" 800); in English a single digit after "hundred" belongs to it only with "and", so that
"eight hundred five zero" is 80050. "double five", "five twice", "خمسة مكرر" repeat. A correction
("no", "sorry", "لا", "قصدي") before a number replaces the one number said before it, and no more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sipagent.text.arabic import fold
from sipagent.text.word_list import word_list
from sipagent.text.words import words


def _folded(text: str) -> frozenset[str]:
    return frozenset(word_list(fold(text)))


def _values(lines: str) -> dict[str, int]:
    """A line of words for each value: "7 seven سبعة"."""
    rows = (fold(line).split() for line in lines.strip().splitlines())
    return {word: int(value) for value, *names in rows for word in names}


_UNITS: Final = _values(
    """
    0 zero nought naught صفر زيرو سفر
    1 one واحد واحدة وحدة
    2 two اثنين اثنان ثنين ثنتين اثنتين اثنتان تنين اتنين
    3 three ثلاثة ثلاث تلاتة تلات ثري
    4 four أربعة أربع
    5 five خمسة خمس فايف
    6 six ستة ست سكس
    7 seven سبعة سبع سفن
    8 eight ثمانية ثمان ثماني ثمنية تمانية تمنية تمان ايت
    9 nine niner تسعة تسع ناين
    """
)
_TEENS: Final = _values(
    """
    10 ten عشرة عشر
    11 eleven احدعشر احدعش حدعش حداعش احداعش حداشر
    12 twelve اثنعش ثنعش اثناعش اثنعشر اثناعشر اطنعش اتناشر
    13 thirteen ثلاثطعش ثلطعش ثلتعش ثلاثتعش تلتاشر ثلاثعش
    14 fourteen اربعطعش اربعتعش اربعتاشر اربعطعشر
    15 fifteen خمسطعش خمستعش خمستاشر خمسطعشر
    16 sixteen ستطعش ستعش سطعش ستتعش ستاشر سطعشر
    17 seventeen سبعطعش سبعتعش سبعتاشر
    18 eighteen ثمنطعش ثمانطعش ثمنتعش ثمانتعش تمنتاشر
    19 nineteen تسعطعش تسعتعش تسعتاشر
    """
)
_TENS: Final = _values(
    """
    20 twenty عشرين عشرون
    30 thirty ثلاثين ثلاثون تلاتين
    40 forty fourty أربعين أربعون
    50 fifty خمسين خمسون
    60 sixty ستين ستون
    70 seventy سبعين سبعون
    80 eighty ثمانين ثمانون تمانين
    90 ninety تسعين تسعون
    """
)
_HUNDREDS: Final = _values(
    """
    100 hundred مئة مائة مية ميه ميت
    200 مئتين مائتين ميتين مئتان مائتان
    300 ثلاثمئة ثلاثمائة ثلاثمية ثلثمية
    400 أربعمئة أربعمائة أربعمية
    500 خمسمئة خمسمائة خمسمية
    600 ستمئة ستمائة ستمية
    700 سبعمئة سبعمائة سبعمية
    800 ثمانمئة ثمانمائة ثمانمية ثمنمية
    900 تسعمئة تسعمائة تسعمية
    """
)
_THOUSANDS: Final = _values(
    """
    1000 thousand ألف آلاف
    2000 ألفين ألفان
    """
)
_FIRST_OF_TEEN: Final = {"احد": 1, "احدي": 1, "اثنا": 2, "اثني": 2, "اثنتا": 2, "اثنتي": 2}
_TEN: Final = _folded("عشر عشرة")
_NAMED: Final = _UNITS | _TEENS | _TENS | _HUNDREDS | _THOUSANDS | _FIRST_OF_TEEN
_OPEN_ENDED: Final = _TEENS | _TENS | _HUNDREDS
_AND: Final = frozenset({"and", "و"})
_REPEATS: Final = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4, "دبل": 2, "تربل": 3}
_AGAIN: Final = {"twice": 2, **dict.fromkeys(_folded("مرتين مكرر مكررة"), 2)}
_TIMES: Final = _folded("times مرات")
_MOST_TIMES: Final = 5
_OH: Final = _folded("oh o")
_CORRECTIONS: Final = _folded("no sorry mean wait correction لا قصدي أقصد عفوا أوه غلط")
_HESITATIONS: Final = _folded(
    "um uh er erm hmm mm mmm ah so then okay ok well like يعني امم اممم ااا اه آه طيب زين"
)
# What may stand around a dictated number without making the turn more than a dictation.
_AROUND: Final = _folded(
    """
    my the number is it's its it that's and a i account customer phone mobile telephone id emirates
    passport meter contract order reference code pin ticket complaint please yes yeah card dash
    hyphen plus space digits digit starts starting ends with
    رقمي رقم الرقم هو هي هذا و حسابي حساب الحساب تلفوني موبايلي جوالي هاتفي هاتف التلفون الهاتف
    الموبايل هويتي الهوية هوية عقدي العقد العداد الطلب الشكوى الكود الرمز المرجع نعم إي اي ايوه
    شرطة زائد بلس لو سمحت من فضلك يبدا يبدأ ينتهي بـ ب
    """
)
# "one" and "second" that count nothing: "one moment", "واحد منكم".
_NOT_AFTER_ONE: Final = _folded("moment second sec minute of more thing day منكم من منهم")


@dataclass(frozen=True, slots=True)
class _Number:
    """A number read from the words up to ``end``; ``digits`` as they are dictated."""

    digits: str
    end: int


def digits_in(text: str) -> str:
    """The digits of a text in the order said, 0-9 only; empty where there is none."""
    spoken = words(text)
    said: list[str] = []
    correcting = False
    at = 0
    while at < len(spoken):
        again = _again(spoken, at) if said else None
        if again is not None:
            said[-1] *= int(again.digits)
            at = again.end
            continue
        number = _number(spoken, at)
        if number is None:
            correcting = spoken[at] in _CORRECTIONS or (
                correcting and spoken[at] in (_AROUND | _HESITATIONS)
            )
            at += 1
            continue
        if correcting and said:
            said.pop()
        correcting = False
        said.append(number.digits)
        at = number.end
    return "".join(said)


def only_digits(text: str) -> bool:
    """Whether a turn is a dictation: a number, and besides it only what leads in to one."""
    spoken = words(text)
    found = False
    at = 0
    while at < len(spoken):
        number = (_again(spoken, at) if found else None) or _number(spoken, at)
        if number is not None:
            found = True
            at = number.end
        elif spoken[at] in _AROUND | _HESITATIONS | _CORRECTIONS | _OH | _REPEATS.keys():
            at += 1
        else:
            return False
    return found


def is_number_word(word: str) -> bool:
    """Whether a folded word, alone, says a number, or is one in digits."""
    return _numeral(word) or _bare(word)[0] in _NAMED


def _number(spoken: Sequence[str], at: int) -> _Number | None:
    """The number that begins at a word: repeated, in digits, a zero said "oh", or counted."""
    word = spoken[at]
    if word in _REPEATS and at + 1 < len(spoken):
        inner = _below_hundred(spoken, at + 1)
        return inner and _Number(inner.digits * _REPEATS[word], inner.end)
    if _numeral(word):
        return _Number(word, at + 1)
    if word in _OH:
        near = [*spoken[max(0, at - 1) : at], *spoken[at + 1 : at + 2]]
        zero = any(one in _OH or one in _REPEATS or is_number_word(one) for one in near)
        return _Number("0", at + 1) if zero else None
    if _UNITS.get(word) == 1 and _word(spoken, at + 1) in _NOT_AFTER_ONE:
        return None
    return _below_million(spoken, at)


def _below_million(spoken: Sequence[str], at: int) -> _Number | None:
    head = _below_thousand(spoken, at)
    return _scaled(spoken, at, head, _THOUSANDS, 1000)


def _below_thousand(spoken: Sequence[str], at: int) -> _Number | None:
    head = _below_hundred(spoken, at)
    return _scaled(spoken, at, head, _HUNDREDS, 100)


def _scaled(
    spoken: Sequence[str], at: int, head: _Number | None, names: dict[str, int], scale: int
) -> _Number | None:
    """``head`` times the scale that may follow it, and what is counted on from there."""
    end = head.end if head else at
    name, _ = (_word(spoken, end), False) if head else _bare(_word(spoken, end))
    if name not in names or (head and (names[name] != scale or int(head.digits) == 0)):
        return head
    value = names[name] * (int(head.digits) if head else 1)
    end += 1
    rest = _rest(spoken, end, scale)
    return _Number(str(value + int(rest.digits)), rest.end) if rest else _Number(str(value), end)


def _rest(spoken: Sequence[str], at: int, scale: int) -> _Number | None:
    """What belongs to the number before: joined by "and", or in English from ten upwards."""
    joined = _word(spoken, at) in _AND
    start = at + joined
    word, prefixed = _bare(_word(spoken, start))
    if not (joined or prefixed) and (word not in _OPEN_ENDED and word not in _UNITS):
        return None
    rest = (_below_thousand if scale == 1000 else _below_hundred)(spoken, start)
    if rest is None or int(rest.digits) >= scale:
        return None
    alone = rest.end == start + 1 and word in _UNITS
    unjoined = not (joined or prefixed)
    return None if unjoined and (alone or not word.isascii()) else rest


def _below_hundred(spoken: Sequence[str], at: int) -> _Number | None:
    word, _ = _bare(_word(spoken, at))
    follows = _word(spoken, at + 1)
    if word in _FIRST_OF_TEEN and follows in _TEN:
        return _Number(str(10 + _FIRST_OF_TEEN[word]), at + 2)
    if word in _TENS:
        unit = _UNITS.get(follows, 0) if word.isascii() else 0
        return _Number(str(_TENS[word] + unit), at + (2 if unit else 1))
    if word in _TEENS:
        return _Number(str(_TEENS[word]), at + 1)
    if word not in _UNITS:
        return None
    unit = _UNITS[word]
    if unit > 2 and follows in _TEN:
        return _Number(str(10 + unit), at + 2)
    start = at + 1 + (follows == "و")
    tens, prefixed = _bare(_word(spoken, start))
    if unit and tens in _TENS and not tens.isascii() and (prefixed or follows == "و"):
        return _Number(str(_TENS[tens] + unit), start + 1)
    return _Number(str(unit), at + 1)


def _again(spoken: Sequence[str], at: int) -> _Number | None:
    """How often the number before is said: "twice", "three times"; its digits are the count."""
    if spoken[at] in _AGAIN:
        return _Number(str(_AGAIN[spoken[at]]), at + 1)
    times = _UNITS.get(spoken[at], 0)
    if 2 <= times <= _MOST_TIMES and _word(spoken, at + 1) in _TIMES:
        return _Number(str(times), at + 2)
    return None


def _word(spoken: Sequence[str], at: int) -> str:
    return spoken[at] if at < len(spoken) else ""


def _bare(word: str) -> tuple[str, bool]:
    """A number's name without the "و" written to it, and whether there was one."""
    if word not in _NAMED and word.startswith("و") and word[1:] in _NAMED:
        return word[1:], True
    return word, False


def _numeral(word: str) -> bool:
    return word.isascii() and word.isdigit()
