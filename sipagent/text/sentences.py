"""Where one sentence ends and the next begins, in English and Arabic. Knows no grammar."""

import re
from typing import Final

from sipagent.text.word_list import word_list

ABBREVIATIONS: Final = frozenset(
    word_list(
        "a.m. p.m. e.g. i.e. etc. mr. mrs. ms. dr. prof. eng. st. ave. rd. bldg. apt. no. nos."
        " approx. tel. mob. ext. ref. incl. excl. dept. dh. dhs. vs. p.o. u.a.e. u.s. u.k. a.k.a."
        " jan. feb. mar. apr. jun. jul. aug. sep. sept. oct. nov. dec. sq. ft."
        " د. أ. م. ش. ت. أ.د. ص.ب. د.إ. ر.س. ج.م. ذ.م.م. ش.م.ع. ق.م."
    )
)
# what may also be the last word of a sentence
_FINAL: Final = frozenset(
    word_list(
        "a.m. p.m. etc. st. ave. rd. no. dh. dhs. u.a.e. u.s. u.k. ft. apr. aug. bldg. dept."
        " د.إ. ر.س. ج.م. ذ.م.م. ش.م.ع. ق.م."
        " jan. feb. mar. jun. jul. sep. sept. oct. nov. dec."
    )
)
_END: Final = re.compile(r"[.!?؟…]+[\"'”’)\]»]*(?=\s|$)|\n+")
_LONGEST_ABBREVIATION: Final = 12
_INITIAL: Final = re.compile(r"(?:^|[\s(])[A-HJ-Z]\.$")


def sentences(text: str) -> list[str]:
    """Split at final marks and line ends; "8 a.m." and "12.5" stay whole. No empty ones."""
    return [text[start:end] for start, end in spans(text)]


def spans(text: str) -> list[tuple[int, int]]:
    """Where each sentence begins and ends, without the space around it. No empty ones."""
    found: list[tuple[int, int]] = []
    start = 0
    for end in _END.finditer(text):
        if end.group().startswith("\n") or ends_sentence(text, end.end()):
            found.append((start, end.end()))
            start = end.end()
    found.append((start, len(text)))
    return [
        (first + len(part) - len(part.lstrip()), last - (len(part) - len(part.rstrip())))
        for first, last in found
        if re.search(r"\w", part := text[first:last])
    ]


def ends_sentence(text: str, end: int) -> bool:
    """Whether the final mark before ``end`` ends a sentence, and is not that of "a.m."."""
    before = text[max(0, end - _LONGEST_ABBREVIATION) : end]
    words = before.split()
    last = words[-1] if words else ""
    after = text[end : end + _LONGEST_ABBREVIATION].lstrip(" \t")
    bare = last.lower().lstrip("(\"'“«[")
    if bare in ABBREVIATIONS:
        goes_on = after[:1].islower() or after[:1].isdigit()
        return not goes_on and (bare in _FINAL or not after)
    return not (_INITIAL.search(before) and after[:1].isupper())
