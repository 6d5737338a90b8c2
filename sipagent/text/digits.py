"""Digits of the three scripts that the Gulf writes, mapped one to one so that offsets survive."""

from typing import Final

_ARABIC_INDIC: Final = "٠١٢٣٤٥٦٧٨٩"
_PERSIAN: Final = "۰۱۲۳۴۵۶۷۸۹"
_SIGNS: Final = {"٪": "%", "٫": ".", "٬": ","}
_TABLE: Final = str.maketrans(
    {
        digit: str(value)
        for digits in (_ARABIC_INDIC, _PERSIAN)
        for value, digit in enumerate(digits)
    }
    | _SIGNS
)


def ascii_digits(text: str) -> str:
    """The text with every digit as 0-9; its length does not change."""
    return text.translate(_TABLE)
