"""Numbers without a unit of their own: counts, ordinals, fractions, decimals, ratios, "24/7"."""

import re
from typing import Final

from sipagent.text import numbers_ar, numbers_en
from sipagent.text.language import Language
from sipagent.text.nouns_ar import noun
from sipagent.text.spoken.measures import arabic_amount
from sipagent.text.spoken.scales import SCALE, scaled
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
from sipagent.text.word_list import word_list

_NOT_COUNTED: Final = frozenset(
    word_list(
        "صباحا مساء ظهرا عصرا ليلا فجرا إلى أو من على في عن هو هي بالمئة مع ثم قبل بعد كل"
        " فقط أيضا حتى لكن إذا وإلا هذا هذه ذلك تلك التي الذي"
    )
)
_ORDERED: Final = re.compile(  # things that are numbered in order: "الطابق 2" is the second floor
    r"(?:^|\s)[وفبل]?ال(طابق|دور|مرحلة|خطوة|مستوى|أسبوع|يوم|شهر|سنة|فصل|مرة|محاولة)$"
)
_ORDINAL_DIGITS: Final = 2
_VULGAR: Final = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅛": (1, 8),
}  # fmt: skip
_LARGEST_BELOW: Final = 10


def _count(match: re.Match[str], context: Context) -> str:
    number, word, scale = match["number"], match["noun"], match["scale"]
    ordered = _ORDERED.search(context.before) if context.arabic else None
    if ordered and number.isdecimal() and 0 < len(number) <= _ORDINAL_DIGITS and not scale:
        said = numbers_ar.ordinal(int(number), feminine=numbers_ar.is_feminine(ordered[1]))
        return f"{said} {word or ''}".strip()
    sign = sign_word(match["sign"], context.language)
    if not context.arabic:
        name = f" {scaled(scale)[1]}" if scale else ""
        return sign + in_words(number, Language.EN) + name + (f" {word}" if word else "")
    return sign + _arabic(number, scale, word)


def _arabic(number: str, scale: str | None, word: str | None) -> str:
    whole, part = parted(number)
    if scale and not part and len(whole) <= LONGEST:
        value = int(whole) * scaled(scale)[0]
        if value <= numbers_ar.LARGEST:
            number, whole = str(value), str(value)
            scale = None
    tail = f" {scaled(scale)[2]}" if scale else ""
    if word is None or scale or len(whole) > LONGEST:
        return in_words(number, Language.AR) + tail + (f" {word}" if word else "")
    if word in _NOT_COUNTED:
        return f"{in_words(number, Language.AR)} {word}"
    if noun(word):
        return arabic_amount(number, noun_of(word))
    feminine = numbers_ar.is_feminine(word)
    return f"{numbers_ar.as_construct(in_words(number, Language.AR, feminine))} {word}"


def noun_of(word: str) -> str:
    """The singular of a noun of the table."""
    known = noun(word)
    return known.one if known else word


def _ordinal(match: re.Match[str], context: Context) -> str | None:
    number = match["number"].replace(",", "")
    return numbers_en.ordinal(int(number)) if len(number) <= LONGEST else None


def _fraction(match: re.Match[str], context: Context) -> str | None:
    if match["sign"]:
        above, below = _VULGAR[match["sign"]]
    else:
        above, below = int(match["above"]), int(match["below"])
    if not 0 < above < below <= _LARGEST_BELOW:
        return None
    whole = match["whole"]
    if context.arabic:
        said = numbers_ar.fraction(above, below)
        return f"{in_words(whole, Language.AR)} و{said}" if whole else said
    said = numbers_en.fraction(above, below)
    if not whole:
        return said
    said = said.replace("one ", "a ") if above == 1 else said
    return f"{in_words(whole, Language.EN)} and {said}"


def _all_day(match: re.Match[str], context: Context) -> str:
    return "على مدار الساعة" if context.arabic else "twenty-four seven"


def _dotted(match: re.Match[str], context: Context) -> str:
    """Versions and addresses of machines: "2.17.1"."""
    point = " نقطة " if context.arabic else " point "
    return point.join(in_words(one, context.language) for one in match.group().split("."))


def _ratio(match: re.Match[str], context: Context) -> str:
    """ "1:3", and "10 x 20"."""
    joint = " إلى " if match["ratio"] else " في "
    if not context.arabic:
        joint = " to " if match["ratio"] else " by "
    return joint.join(in_words(match[name], context.language) for name in ("left", "right"))


def _times(match: re.Match[str], context: Context) -> str:
    """ "2x faster"."""
    if context.arabic:
        return arabic_amount(match["number"], "مرة")
    return f"{in_words(match['number'], Language.EN)} times"


_EDGE: Final = r"(?<![0-9])(?<![0-9][.,:/])"
ALL_DAY: Final = Kind(pattern(rf"{_EDGE}24/7(?![0-9/])"), _all_day)
FRACTION: Final = Kind(
    pattern(
        rf"""
        {_EDGE}(?:(?P<whole>[0-9]{{1,6}})\s?)??
        (?: (?P<sign>{one_of(_VULGAR)})
          | (?P<above>[0-9]{{1,2}})/(?P<below>[0-9]{{1,2}})(?![0-9/]) )
        """
    ),
    _fraction,
    declines=True,
    figures=False,
)
ORDINAL: Final = Kind(
    pattern(
        rf"{_EDGE}(?P<number>[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]+)(?:st|nd|rd|th|ST|ND|RD|TH)(?!\w)"
    ),
    _ordinal,
)
DOTTED: Final = Kind(
    pattern(rf"{_EDGE}[0-9]{{1,5}}(?:\.[0-9]{{1,5}}){{2,5}}(?![0-9]|\.[0-9])"), _dotted
)
TIMES: Final = Kind(
    pattern(rf"{_EDGE}(?P<number>{NUMBER})(?P<mark>[xX×])(?!\w)"), _times, frozenset({"mark"})
)
RATIO: Final = Kind(
    pattern(
        rf"{_EDGE}(?P<left>[0-9]{{1,6}})(?:(?P<ratio>:)|\s?[x×]\s?)(?P<right>[0-9]{{1,6}})(?![0-9:])"
    ),
    _ratio,
)
COUNT: Final = Kind(
    pattern(
        rf"""
        (?<![0-9])(?P<sign>{MINUS})?(?P<number>{NUMBER}|(?<![\w.])\.[0-9]+)(?![0-9])
        (?:(?P<scale>{SCALE}))?(?:\s(?P<noun>[ء-ي]{{2,20}})(?![\wً-ْ]))?
        """
    ),
    _count,
    frozenset({"scale"}),
    declines=True,
)
