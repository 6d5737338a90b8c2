"""Arabic numbers as they are read aloud, with the noun that they count.

Nominative and without case endings, as a telephone voice reads. Knows integers up to billions,
decimals, and the agreement of 1, 2 and 3-10 with the counted noun.
"""

from typing import Final

from sipagent.text.word_list import word_list

_ONES_FOR_MASCULINE: Final = word_list("صفر واحد اثنان ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة")
_ONES_FOR_FEMININE: Final = word_list("صفر واحدة اثنتان ثلاث أربع خمس ست سبع ثمان تسع عشر")
_TENS: Final = word_list("_ _ عشرون ثلاثون أربعون خمسون ستون سبعون ثمانون تسعون")
_HUNDREDS: Final = word_list("_ مئة مئتان ثلاثمئة أربعمئة خمسمئة ستمئة سبعمئة ثمانمئة تسعمئة")
_SCALES: Final = (
    (1_000_000_000, "مليار", "ملياران", "مليارات", "مليارا"),
    (1_000_000, "مليون", "مليونان", "ملايين", "مليونا"),
    (1_000, "ألف", "ألفان", "آلاف", "ألفا"),
)
LARGEST: Final = 999_999_999_999

_DUALS: Final = {
    "درهم": "درهمان",
    "فلس": "فلسان",
    "يوم": "يومان",
    "شهر": "شهران",
    "أسبوع": "أسبوعان",
    "عام": "عامان",
    "سنة": "سنتان",
    "ساعة": "ساعتان",
    "دقيقة": "دقيقتان",
    "ثانية": "ثانيتان",
    "مرة": "مرتان",
    "رقم": "رقمان",
    "رسالة": "رسالتان",
    "دفعة": "دفعتان",
    "فرع": "فرعان",
}
_FEMININE_PLURALS: Final = frozenset(word_list("سنين دقائق ثوان ثواني فلل شقق رسائل أسر نسخ خطط"))
_MASCULINE_IN_AT: Final = frozenset(
    word_list(
        "ريالات دولارات ميغابت غيغابايت إشعارات خطابات حسابات اشتراكات"
        " إيصالات بلاغات إعلانات حيوانات مليارات"
    )
)


def cardinal(number: int, feminine: bool = False) -> str:
    """The number in words; ``feminine`` is the gender of what is counted."""
    if number < 0:
        return "ناقص " + cardinal(-number, feminine)
    if number > LARGEST:
        return digits(str(number))
    parts: list[str] = []
    rest = number
    for size, one, two, few, many in _SCALES:
        count, rest = divmod(rest, size)
        if count:
            parts.append(_scaled(count, one, two, few, many))
    if rest or not parts:
        parts.append(_below_thousand(rest, feminine))
    return " و".join(parts)


def digits(text: str) -> str:
    """Each digit by its name, in the order written."""
    return " ".join(_ONES_FOR_MASCULINE[int(digit)] for digit in text if digit.isdigit())


def counted(number: int, noun: str) -> str:
    """The number with its noun: "درهم واحد", "يومان", "ثلاث ساعات", "خمسة وعشرون درهما"."""
    if number == 1:
        return f"{noun} {'واحدة' if is_feminine(noun) else 'واحد'}"
    if number == 2 and noun in _DUALS:
        return _DUALS[noun]
    return f"{cardinal(number, is_feminine(noun))} {noun}"


def is_feminine(noun: str) -> bool:
    """Whether a counted noun, singular or plural, is feminine; by its ending and a short list."""
    if noun in _FEMININE_PLURALS:
        return True
    return noun.endswith("ة") or (noun.endswith("ات") and noun not in _MASCULINE_IN_AT)


def dirhams(whole: int, fils: int = 0) -> str:
    """An amount of money in words."""
    parts = [counted(whole, _money(whole, "درهم", "دراهم", "درهما"))] if whole or not fils else []
    if fils:
        parts.append(counted(fils, _money(fils, "فلس", "فلوس", "فلسا")))
    return " و".join(parts)


def _money(number: int, one: str, few: str, many: str) -> str:
    """The form of a unit after a number: by its last two digits, as the grammar has it."""
    last = number % 100
    if 3 <= last <= 10:
        return few
    return many if last > 10 else one


def _scaled(count: int, one: str, two: str, few: str, many: str) -> str:
    if count <= 2:
        return one if count == 1 else two
    words = _below_thousand(count, feminine=False)
    return f"{words} {_money(count, one, few, many if count % 100 > 10 else one)}"


def _below_thousand(number: int, feminine: bool) -> str:
    hundreds, rest = divmod(number, 100)
    parts = [_HUNDREDS[hundreds]] if hundreds else []
    if rest or not hundreds:
        parts.append(_below_hundred(rest, feminine))
    return " و".join(parts)


def _below_hundred(number: int, feminine: bool) -> str:
    ones = _ONES_FOR_FEMININE if feminine else _ONES_FOR_MASCULINE
    if number <= 10:
        return ones[number]
    tens, rest = divmod(number, 10)
    if tens > 1:
        return f"{ones[rest]} و{_TENS[tens]}" if rest else _TENS[tens]
    ten = "عشرة" if feminine else "عشر"
    if rest == 1:
        return ("إحدى " if feminine else "أحد ") + ten
    if rest == 2:
        return ("اثنتا " if feminine else "اثنا ") + ten
    return f"{'ثماني' if feminine and rest == 8 else ones[rest]} {ten}"
