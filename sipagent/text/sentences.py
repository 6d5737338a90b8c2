"""Where one sentence ends and the next begins, in English and Arabic. Knows no grammar."""

import re
from typing import Final

from sipagent.text.word_list import word_list

ABBREVIATIONS: Final = frozenset(
    word_list("a.m. p.m. e.g. i.e. etc. mr. mrs. ms. dr. st. no. approx. tel. ext. dh. dhs. vs.")
)
_END: Final = re.compile(r"[.!?؟…]+[\"'”’)\]»]*(?=\s|$)|\n+")


def sentences(text: str) -> list[str]:
    """Split at final marks and line ends; "8 a.m." and "12.5" stay whole. No empty ones."""
    found: list[str] = []
    start = 0
    for end in _END.finditer(text):
        if _is_abbreviation(text, start, end.end()):
            continue
        found.append(text[start : end.end()].strip())
        start = end.end()
    found.append(text[start:].strip())
    return [sentence for sentence in found if re.search(r"\w", sentence)]


def _is_abbreviation(text: str, start: int, end: int) -> bool:
    """Whether the mark belongs to a word like "a.m." and a lower-case word goes on."""
    words = text[start:end].split()
    if not words or words[-1].lower() not in ABBREVIATIONS:
        return False
    follows = text[end:].lstrip(" \t")
    return follows[:1].islower() or follows[:1].isdigit() or words[-1].lower() not in _FINAL


_FINAL: Final = frozenset({"a.m.", "p.m.", "etc.", "st.", "no.", "dh.", "dhs."})
