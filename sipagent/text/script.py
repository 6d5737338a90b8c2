"""Which script a word is written in, and runs of words of one language."""

import re
from collections.abc import Sequence
from typing import Final

from sipagent.text.language import Language

_ARABIC: Final = re.compile(r"[\u0620-\u065F\u066E-\u06D5\u06FA-\u06FF\u0750-\u077F\uFB50-\uFEFC]")
_LATIN: Final = re.compile(r"[A-Za-z\u00C0-\u024F]")


def language_of(word: str) -> Language | None:
    """The language whose letters the word has, or None for digits and marks alone."""
    if _ARABIC.search(word):
        return Language.AR
    if _LATIN.search(word):
        return Language.EN
    return None


def languages_of(words: Sequence[str], base: Language) -> list[Language]:
    """A language for each word: a word without letters belongs to the one before it."""
    found: list[Language] = []
    current = base
    for word in words:
        current = language_of(word) or current
        found.append(current)
    return found


def dominant(text: str, base: Language) -> Language:
    """The language that most words of a text are written in; ``base`` where none says."""
    written = [found for word in text.split() if (found := language_of(word)) is not None]
    return max(Language, key=lambda one: (written.count(one), one is base))
