"""Text as pieces that a voice can speak one by one, short enough to begin at once.

A clause ends at a mark, or where a long stretch can breathe. Joining the words of all clauses
gives the words of the text.
"""

import re
from typing import Final

from sipagent.text.sentences import sentences
from sipagent.text.word_list import word_list

MAX_WORDS: Final = 12
MIN_WORDS: Final = 3
_BREATHS_BEFORE: Final = frozenset(
    word_list(
        "and or but so because when if that which who then until unless while with for to from"
        " in on at by as"
        " ثم أو لكن لأن عندما إذا حتى الذي التي بين مع خلال بعد قبل إلى من في على عن"
    )
)
_NEVER_AFTER: Final = frozenset(
    word_list(
        "the a an of in on at by to from with for and or your our my"
        " في من إلى على عن مع و أو أي كل لا لم لن"
    )
)
_MARK: Final = re.compile(r"[,;:،؛–—][\"'”’)\]»]*$")


def clauses(text: str, max_words: int = MAX_WORDS) -> list[str]:
    """The clauses of a text in order, each of at most ``max_words`` words."""
    found: list[str] = []
    for sentence in sentences(text):
        for part in _at_marks(sentence.split()):
            found.extend(" ".join(piece) for piece in _breathing(part, max_words))
    return found


def _at_marks(words: list[str]) -> list[list[str]]:
    """Cut after inner marks, unless either side would be too short to sound natural."""
    parts: list[list[str]] = [[]]
    for position, word in enumerate(words):
        parts[-1].append(word)
        remaining = len(words) - position - 1
        if _MARK.search(word) and len(parts[-1]) >= MIN_WORDS and remaining >= MIN_WORDS:
            parts.append([])
    return parts


def _breathing(words: list[str], max_words: int) -> list[list[str]]:
    """Cut a long part where a reader would breathe, as near to its middle as can be."""
    if len(words) <= max_words:
        return [words]
    middle = len(words) / 2
    cut = min(
        range(MIN_WORDS, len(words) - MIN_WORDS + 1),
        key=lambda place: (_roughness(words[place - 1], words[place]), abs(place - middle)),
    )
    return _breathing(words[:cut], max_words) + _breathing(words[cut:], max_words)


def _roughness(before: str, after: str) -> int:
    """How much a break between two words would disturb: 0 none, 2 a lot."""
    if before.lower() in _NEVER_AFTER or before[-1].isdigit():
        return 2
    breathes = after.lower() in _BREATHS_BEFORE or _MARK.search(before) is not None
    return 0 if breathes or _is_joined_and(after) else 1


def _is_joined_and(word: str) -> bool:
    """Whether the word begins with an Arabic "and": "وسعرها"."""
    return len(word) > 4 and word.startswith("و")
