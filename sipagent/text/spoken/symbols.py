"""Signs that stand for words where they stand alone: "&", "+", "=", and "/" between words."""

import re
from typing import Final

from sipagent.text.spoken.unit import Context, Kind, one_of, pattern

_WORDS: Final = {
    "&": ("and", "و"), "+": ("plus", "زائد"), "=": ("equals", "يساوي"), "%": ("percent", "بالمئة"),
    "×": ("times", "في"), "÷": ("divided by", "على"), "±": ("plus or minus", "زائد أو ناقص"),
    "≥": ("at least", "على الأقل"), "≤": ("at most", "على الأكثر"), "~": ("about", "حوالي"),
    "≈": ("about", "حوالي"), "@": ("at", "على"), "#": ("hash", "مربع"), "*": ("star", "نجمة"),
    "→": ("to", "إلى"), "<": ("less than", "أقل من"), ">": ("more than", "أكثر من"),
    "°": ("degrees", "درجة"),
}  # fmt: skip


def _sign(match: re.Match[str], context: Context) -> str:
    return _WORDS[match.group()][context.arabic]


def _between(match: re.Match[str], context: Context) -> str:
    """A sign between two words: "R&D", "Wi-Fi/Ethernet", and "and/or"."""
    if match.group() == "&":
        return " و" if context.arabic else " and "
    if context.before.endswith("and") or context.before.endswith("و"):
        return " "
    return " أو " if context.arabic else " or "


_NUMBER: Final = "[0-9\ue000]"  # what has been read already is hidden
ALONE: Final = Kind(
    pattern(
        rf"(?<!\S){one_of(_WORDS)}(?=[\s.,؟?!،؛]|$)"
        rf"|(?<![^\s(])[~≈≥≤<>](?={_NUMBER})|(?<={_NUMBER})\+(?=\s|$)"
    ),
    _sign,
    figures=False,
)


def _between_numbers(match: re.Match[str], context: Context) -> str:
    slash, power = (" على ", " أس ") if context.arabic else (" slash ", " to the power of ")
    return slash if match.group() == "/" else power


BETWEEN_NUMBERS: Final = Kind(
    pattern(rf"(?<={_NUMBER})[/^](?={_NUMBER})"), _between_numbers, inside=True
)
BETWEEN: Final = Kind(
    pattern(r"(?<=[^\W\d_])[&/](?=[^\W\d_])"), _between, inside=True, figures=False
)
