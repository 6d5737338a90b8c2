"""Whether words were heard, though a recogniser wrote them: a few letters may differ, no number.

Compares texts in either language; numbers may be written in digits, and are compared as they are
said. Knows no audio.
"""

from collections.abc import Sequence
from typing import Final

from sipagent.text.distance import within
from sipagent.text.language import Language
from sipagent.text.script import dominant, language_of
from sipagent.text.spoken import said
from sipagent.text.spoken_digits import digits_in, is_number_word
from sipagent.text.stop_words import STOP_WORDS
from sipagent.text.words import words

EXACT_UP_TO: Final = 4  # letters of a word in which none may differ
ONE_UP_TO: Final = 8  # letters of a word in which one may; in a longer one two
WORDS_PER_MISS: Final = 4  # of a phrase, for each of which one word may be too many or missing
_NEVER: Final = 1_000


def heard(phrase: str, text: str) -> bool:
    """Whether a phrase is among the words of ``text``, in its order and beside one another.

    For every four words one foreign word may stand between, or one small word ("the", "في") be
    missing or another. Every other word must be there: of over four letters one may differ, of over
    eight two. A number must be right, and no part of a longer one.
    """
    wanted, spoken = _spoken(phrase), _spoken(text)
    return bool(wanted) and _least_misses(wanted, spoken) <= len(wanted) // WORDS_PER_MISS


def heard_exactly(phrase: str, text: str) -> bool:
    """Whether a phrase is among the words of ``text``, letter by letter but for folding."""
    wanted, spoken = _spoken(phrase), _spoken(text)
    size = len(wanted)
    return bool(wanted) and any(
        spoken[at : at + size] == wanted for at in range(len(spoken) - size + 1)
    )


def digits_heard(digits: str, text: str) -> bool:
    """Whether ``text`` says these digits one after the other, in groups or singly."""
    return digits in digits_in(text)


def _spoken(text: str) -> tuple[str, ...]:
    """The folded words as they are said: numbers and amounts in words."""
    language = dominant(text, Language.EN)
    return words(said(text, language)) if any(map(str.isdigit, text)) else words(text)


def _least_misses(wanted: Sequence[str], spoken: Sequence[str]) -> int:
    """The fewest words to be left out, put in or changed so that ``wanted`` stands in ``spoken``,
    beginning and ending anywhere; ``_NEVER`` and more where that cannot be.
    """
    row = [_NEVER if _cuts(wanted[0], spoken, at - 1) else 0 for at in range(len(spoken) + 1)]
    for word in wanted:
        missing = 1 if _small(word) else _NEVER
        last, row = row, [row[0] + missing]
        for at, other in enumerate(spoken):
            foreign = _NEVER if is_number_word(other) else 1
            changed = last[at] + (0 if _same(word, other) else max(missing, foreign))
            row.append(min(changed, last[at + 1] + missing, row[at] + foreign))
    return min(misses for at, misses in enumerate(row) if not _cuts(wanted[-1], spoken, at))


def _small(word: str) -> bool:
    return not is_number_word(word) and any(word in small for small in STOP_WORDS.values())


def _cuts(number: str, spoken: Sequence[str], beside: int) -> bool:
    """Whether a number that stands at the edge of a phrase has another one beside it."""
    if not is_number_word(number) or not 0 <= beside < len(spoken):
        return False
    return is_number_word(spoken[beside])


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    if is_number_word(one) or is_number_word(other):
        return is_number_word(one) and is_number_word(other) and digits_in(one) == digits_in(other)
    if language_of(one) is not language_of(other):
        return False
    shorter = min(len(one), len(other))
    if shorter <= EXACT_UP_TO:
        return False
    return within(one, other, 1 if shorter <= ONE_UP_TO else 2)


def languages(texts: Sequence[tuple[str, Language]]) -> Language | None:
    """The language in which most words of some texts were heard; None where none was."""
    count = dict.fromkeys(Language, 0)
    for text, language in texts:
        count[language] += len(text.split())
    ranked = sorted(count.items(), key=lambda one: one[1], reverse=True)
    return ranked[0][0] if ranked[0][1] else None
