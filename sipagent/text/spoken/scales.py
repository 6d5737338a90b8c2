"""Words and letters behind a number that make it larger: "1.5 million", "3bn", "٢ مليار"."""

from typing import Final

from sipagent.text.spoken.unit import one_of

_SCALES: Final = {
    "thousand": (10**3, "thousand", "ألف"), "k": (10**3, "thousand", "ألف"),
    "K": (10**3, "thousand", "ألف"), "ألف": (10**3, "thousand", "ألف"),
    "آلاف": (10**3, "thousand", "ألف"), "ألفا": (10**3, "thousand", "ألف"),
    "million": (10**6, "million", "مليون"), "mn": (10**6, "million", "مليون"),
    "M": (10**6, "million", "مليون"), "m": (10**6, "million", "مليون"),
    "مليون": (10**6, "million", "مليون"), "ملايين": (10**6, "million", "مليون"),
    "مليونا": (10**6, "million", "مليون"),
    "billion": (10**9, "billion", "مليار"), "bn": (10**9, "billion", "مليار"),
    "B": (10**9, "billion", "مليار"), "مليار": (10**9, "billion", "مليار"),
    "مليارات": (10**9, "billion", "مليار"), "trillion": (10**12, "trillion", "تريليون"),
}  # fmt: skip
SCALE: Final = rf"(?:\s?{one_of(_SCALES)}(?!\w))"


def scaled(word: str) -> tuple[int, str, str]:
    """The size of a scale, its English and its Arabic name."""
    return _SCALES[word.strip()]
