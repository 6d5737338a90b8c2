"""Arabic numbers as they are read aloud, with the noun that they count.

Nominative and without case endings, as a telephone voice reads; ``oblique`` is for years, which
always stand behind a word such as "عام". Knows integers up to trillions, decimals, ordinals,
fractions, and the agreement with the counted noun.
"""

import re
from typing import Final

from sipagent.text.nouns_ar import Noun, noun
from sipagent.text.word_list import word_list

_ONES_FOR_MASCULINE: Final = word_list("صفر واحد اثنان ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة")
_ONES_FOR_FEMININE: Final = word_list("صفر واحدة اثنتان ثلاث أربع خمس ست سبع ثمان تسع عشر")
_ONES: Final = {False: _ONES_FOR_MASCULINE, True: _ONES_FOR_FEMININE}
_TENS: Final = word_list("_ _ عشرون ثلاثون أربعون خمسون ستون سبعون ثمانون تسعون")
_HUNDREDS: Final = word_list("_ مئة مئتان ثلاثمئة أربعمئة خمسمئة ستمئة سبعمئة ثمانمئة تسعمئة")
_ORDINALS: Final = word_list(
    "_ الأول الثاني الثالث الرابع الخامس السادس السابع الثامن التاسع العاشر"
)
_PARTS: Final = {  # one, two, three or more
    2: ("نصف", "نصفان", "أنصاف"),
    3: ("ثلث", "ثلثان", "أثلاث"),
    4: ("ربع", "ربعان", "أرباع"),
    5: ("خمس", "خمسان", "أخماس"),
    6: ("سدس", "سدسان", "أسداس"),
    7: ("سبع", "سبعان", "أسباع"),
    8: ("ثمن", "ثمنان", "أثمان"),
    9: ("تسع", "تسعان", "أتساع"),
    10: ("عشر", "عشران", "أعشار"),
}
_SCALES: Final = tuple(
    (size, one, two, few, many)
    for size, (one, two, few, many) in (
        (10**12, ("تريليون", "تريليونان", "تريليونات", "تريليونا")),
        (10**9, ("مليار", "ملياران", "مليارات", "مليارا")),
        (10**6, ("مليون", "مليونان", "ملايين", "مليونا")),
        (10**3, ("ألف", "ألفان", "آلاف", "ألفا")),
    )
)
_CONSTRUCT: Final = (  # how a number ends before its noun: "مئتا درهم", "عشرون ألف درهم"
    *((two, two.removesuffix("ن")) for _, _, two, _, _ in _SCALES),
    *((many, one) for _, one, _, _, many in _SCALES),
    ("مئتان", "مئتا"),
    ("ثمان", "ثماني"),
    ("مئتين", "مئتي"),
)
_OBLIQUE: Final = (
    {two: two.removesuffix("ان") + "ين" for _, _, two, _, _ in _SCALES}
    | {ten: ten.removesuffix("ون") + "ين" for ten in _TENS[2:]}
    | {"مئتان": "مئتين", "مئتا": "مئتي", "ألفا": "ألفي", "اثنان": "اثنين", "اثنتان": "اثنتين"}
    | {"اثنا": "اثني", "اثنتا": "اثنتي"}
)
_DUAL_ADJECTIVE: Final = re.compile(r"(?:\w{3}ي|مربعت?|مكعبت?|مئويت)ان$")
LARGEST: Final = 10**15 - 1


def cardinal(number: int, feminine: bool = False, oblique: bool = False) -> str:
    """The number in words; ``feminine`` is the gender of what is counted."""
    if number < 0:
        return "ناقص " + cardinal(-number, feminine, oblique)
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
    words = " و".join(parts)
    return in_oblique(words) if oblique else words


def digits(text: str) -> str:
    """Each digit by its name, in the order written."""
    return " ".join(_ONES_FOR_MASCULINE[int(digit)] for digit in text if digit.isdecimal())


def decimal(whole: int, part: str) -> str:
    """12 and "5" is "اثنا عشر فاصلة خمسة"; a long or zero-led part is read by digit."""
    by_digit = part.startswith("0") or len(part) > 2
    decimals = digits(part) if by_digit else cardinal(int(part))
    return f"{cardinal(whole)} فاصلة {decimals}"


def ordinal(number: int, feminine: bool = False) -> str:
    """3 is "الثالث" or "الثالثة", 21 "الحادي والعشرون"; beyond 99 "رقم" and the number."""
    if not 1 <= number <= 99:
        return f"رقم {cardinal(number)}"
    tens, ones = divmod(number, 10)
    if number <= 10:
        return _ordinal_below_eleven(number, feminine)
    if tens == 1:
        return f"{_ordinal_one(ones, feminine)} {'عشرة' if feminine else 'عشر'}"
    if not ones:
        return f"ال{_TENS[tens]}"
    return f"{_ordinal_one(ones, feminine)} وال{_TENS[tens]}"


def fraction(above: int, below: int) -> str:
    """1 over 2 is "نصف", 2 over 3 "ثلثان", 3 over 4 "ثلاثة أرباع"."""
    if below not in _PARTS:
        return f"{cardinal(above)} على {cardinal(below)}"
    one, two, few = _PARTS[below]
    if above <= 2:
        return one if above == 1 else two
    return f"{cardinal(above)} {few if above <= 10 else one}"


def year(number: int) -> str:
    """A year as it stands behind "عام": 2026 is "ألفين وستة وعشرين"."""
    return cardinal(number, oblique=True)


def counted(number: int, counted_noun: str) -> str:
    """The number with its noun: "درهم واحد", "يومان", "ثلاث ساعات", "خمسة وعشرون درهما".

    A noun of the table takes the form that the number asks for, another one stays as it is.
    """
    known = noun(counted_noun)
    if known is None:
        words = as_construct(cardinal(number, is_feminine(counted_noun)))
        return f"{words} {counted_noun}"
    return count_of(number, known)


def count_of(number: int, known: Noun) -> str:
    """The number with a noun of the table in the form that it asks for."""
    if number < 0:
        return "ناقص " + count_of(-number, known)
    last = number % 100
    if last in (1, 2):
        end = known.two if last == 2 else f"{known.one} {_ONES[known.feminine][1]}"
        if number == last:
            return end
        return f"{as_construct(cardinal(number - last))} {known.one} و{end}"
    return f"{as_construct(cardinal(number, known.feminine))} {known.after(number)}"


def as_construct(words: str) -> str:
    """A number as it stands before its noun: "مئتان" becomes "مئتا"."""
    for alone, before_noun in _CONSTRUCT:
        if words.endswith(alone):
            return words.removesuffix(alone) + before_noun
    return words


def in_oblique(words: str) -> str:
    """A reading as it stands behind a particle: "عشرون" becomes "عشرين", "يومان" "يومين"."""
    return " ".join(_word_in_oblique(word) for word in words.split())


def is_feminine(word: str) -> bool:
    """Whether a counted noun, singular or plural, is feminine; by the table, else its ending."""
    known = noun(word)
    return known.feminine if known else word.endswith(("ة", "ات"))


def dirhams(whole: int, fils: int = 0) -> str:
    """An amount of money in words."""
    parts = [counted(whole, "درهم")] if whole or not fils else []
    return " و".join([*parts, counted(fils, "فلس")] if fils else parts)


def _scaled(count: int, one: str, two: str, few: str, many: str) -> str:
    if count <= 2:
        return one if count == 1 else two
    scale = Noun(one, two, few, many, feminine=False)
    return f"{as_construct(_below_thousand(count, feminine=False))} {scale.after(count)}"


def _below_thousand(number: int, feminine: bool) -> str:
    hundreds, rest = divmod(number, 100)
    parts = [_HUNDREDS[hundreds]] if hundreds else []
    if rest or not hundreds:
        parts.append(_below_hundred(rest, feminine))
    return " و".join(parts)


def _below_hundred(number: int, feminine: bool) -> str:
    ones = _ONES[feminine]
    if number <= 10:
        return ones[number]
    tens, rest = divmod(number, 10)
    if tens > 1:
        one = "إحدى" if feminine and rest == 1 else ones[rest]
        return f"{one} و{_TENS[tens]}" if rest else _TENS[tens]
    ten = "عشرة" if feminine else "عشر"
    if rest == 1:
        return ("إحدى " if feminine else "أحد ") + ten
    if rest == 2:
        return ("اثنتا " if feminine else "اثنا ") + ten
    return f"{'ثماني' if feminine and rest == 8 else ones[rest]} {ten}"


def _ordinal_below_eleven(number: int, feminine: bool) -> str:
    if number == 1:
        return "الأولى" if feminine else "الأول"
    return _ORDINALS[number] + ("ة" if feminine else "")


def _ordinal_one(ones: int, feminine: bool) -> str:
    """The ordinal that stands before a ten: its first is "الحادي"."""
    if ones == 1:
        return "الحادية" if feminine else "الحادي"
    return _ORDINALS[ones] + ("ة" if feminine else "")


def _word_in_oblique(word: str) -> str:
    for joint in ("", "و", "ال", "وال"):
        bare = word.removeprefix(joint)
        if joint and bare == word:
            continue
        if bare in _OBLIQUE:
            return joint + _OBLIQUE[bare]
        if _DUAL_ADJECTIVE.search(bare):
            return joint + bare.removesuffix("ان") + "ين"
        known = noun(bare)
        if known and bare == known.two != known.one:
            return joint + bare.removesuffix("ان") + "ين"
    return word
