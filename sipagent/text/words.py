"""The words of a text as search sees them: folded, stemmed, without those that say nothing."""

import re
from typing import Final

from sipagent.text.arabic import fold
from sipagent.text.language import Language
from sipagent.text.script import language_of
from sipagent.text.stemming import stem
from sipagent.text.stop_words import STOP_WORDS

_WORD: Final = re.compile(r"\w+(?:['’]\w+)?")


def words(text: str) -> tuple[str, ...]:
    """The folded words in order, all of them."""
    return tuple(_WORD.findall(fold(text).replace("’", "'")))


def tokens(text: str, language: Language) -> tuple[str, ...]:
    """The stems of the words that carry meaning. A word in the other script is stemmed there."""
    return tuple(
        stem(word, language_of(word) or language)
        for word in words(text)
        if word not in STOP_WORDS[language_of(word) or language]
    )
