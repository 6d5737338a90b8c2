"""Arabic (and its neighbours' letters) made comparable: folding for search, stripping for storing.

``fold`` is for search only, never for display. Knows letters, not words.
"""

import re
import unicodedata
from typing import Final

from sipagent.text.digits import ascii_digits

_MARKS: Final = re.compile(
    "[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed"  # harakat, tatweel, Quranic marks
    "\u200b-\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]"  # zero width, bidi
)
_LETTERS: Final = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا",
        "ى": "ي", "ی": "ي", "ئ": "ي",
        "ؤ": "و", "ة": "ه", "ہ": "ه", "ک": "ك",
        "گ": "ق", "چ": "ج", "پ": "ب", "ڤ": "ف",
    }
)  # fmt: skip


def strip_marks(text: str) -> str:
    """The text without tatweel, harakat and direction marks: the same to a reader."""
    return _MARKS.sub("", text)


def fold(text: str) -> str:
    """Lower case, one form for letters that are written in several ways, digits 0-9."""
    composed = unicodedata.normalize("NFKC", text)
    return ascii_digits(strip_marks(composed)).translate(_LETTERS).lower()
