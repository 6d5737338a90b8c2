"""Which words of speech that still goes on will stay: those that two hypotheses agree on.

LocalAgreement-2 (Macháček, Dabre, Bojar 2023, "Turning Whisper into Real-Time Transcription
System"): what two hypotheses in a row begin with alike is committed and never taken back. Words
are compared as search does, so that a comma, a capital or a vowel mark is no disagreement. Owns
no clock (D5).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sipagent.text.words import words


@dataclass(frozen=True, slots=True)
class Agreed:
    """``committed`` words stay; ``tentative`` ones follow them in the last hypothesis alone.

    ``repeats`` is how many hypotheses in a row had the same whole text, the last one included.
    """

    committed: str
    tentative: str
    repeats: int


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as it was written, and what it is compared by."""

    text: str
    key: tuple[str, ...]


class LocalAgreement:
    """One turn's hypotheses, in order. Begin anew for each turn."""

    def __init__(self) -> None:
        self._committed: list[_Word] = []
        self._rest: list[_Word] = []  # of the last hypothesis, after what was committed
        self._last: list[tuple[str, ...]] = []
        self._repeats = 0

    def feed(self, text: str) -> Agreed:
        """The next hypothesis, for the speech from the beginning of the turn to now."""
        hypothesis = [_Word(word, words(word)) for word in text.split()]
        keys = [word.key for word in hypothesis if word.key]
        self._repeats = self._repeats + 1 if keys == self._last and self._repeats else 1
        self._last = keys
        rest = hypothesis[_covered([one.key for one in self._committed], hypothesis) :]
        agreed = _common(self._rest, rest)
        self._committed += rest[:agreed]
        self._rest = rest[agreed:]
        return Agreed(_text(self._committed), _text(self._rest), self._repeats)


def _text(said: Sequence[_Word]) -> str:
    return " ".join(word.text for word in said)


def _common(before: Sequence[_Word], now: Sequence[_Word]) -> int:
    """How many words of ``now`` both begin with. A mark alone is no word to disagree on."""
    earlier = [word.key for word in before if word.key]
    matched = 0
    for at, word in enumerate(now):
        if not word.key:
            continue
        if matched == len(earlier) or word.key != earlier[matched]:
            return at
        matched += 1
    return len(now)


def _covered(committed: Sequence[tuple[str, ...]], hypothesis: Sequence[_Word]) -> int:
    """How many words of a hypothesis say what was committed, even if it says it otherwise now.

    The beginning of it that differs least from the committed words (word by word, as in
    Levenshtein's distance); of several the longest.
    """
    row = list(range(len(committed) + 1))
    best, covered = row[-1], 0
    for at, word in enumerate(hypothesis, start=1):
        diagonal, row[0] = row[0], at
        for column, key in enumerate(committed, start=1):
            diagonal, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, diagonal + (word.key != key)),
            )
        if row[-1] < best or (row[-1] == best and row[-1] > 0 and at <= len(committed)):
            best, covered = row[-1], at
    return covered
