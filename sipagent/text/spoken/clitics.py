"""Arabic letters that are written to the front of a number: "ب20 درهما", "الـ24", "و30".

Knows particles, not numbers.
"""

import re
from typing import Final

from sipagent.text import numbers_ar
from sipagent.text.language import Language
from sipagent.text.script import language_of

_CLITIC: Final = re.compile(r"(?<!\w)(?:[وف]?(?:[بك]?ال|لل|[بلك])|[وف])ـ?$|(?<![\w.])[وبلك]ـ?\s$")
_SECOND: Final = re.compile(r"\bو(?=(?:عشر|ثلاث|أربع|خمس|ست|سبع|ثمان|تسع)[وي]ن\b)")
_TATWEEL: Final = "ـ"
_THE: Final = "ال"


def clitic_before(text: str) -> str | None:
    """The particle at the end of ``text``, "" where no letter is there, None within a word.

    One letter alone, "و 20", is a particle too, with the space behind it.
    """
    last = text[-1:]
    found = _CLITIC.search(text)
    if found or not (last.isalpha() or last in ("_", _TATWEEL)):
        return found.group() if found else ""
    return None


def joined(clitic: str, reading: str) -> str:
    """An Arabic reading with the particle in front, in the case that it asks for: "بعشرين"."""
    particle = clitic.rstrip().removesuffix(_TATWEEL)
    if re.search("[بكل]", particle.removesuffix(_THE)):
        reading = numbers_ar.in_oblique(reading)
    if language_of(reading[:1]) is not Language.AR:
        return f"{particle} {reading}"
    if particle.endswith((_THE, "لل")):
        return particle + _SECOND.sub("وال", reading.removeprefix(_THE))
    if particle.endswith("ل") and reading.startswith(_THE):
        return particle + "ل" + reading.removeprefix(_THE)
    return particle + reading
