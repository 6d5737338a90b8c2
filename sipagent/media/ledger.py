"""Which words of the agent left the node (D7)."""

from collections.abc import Iterable
from dataclasses import dataclass

from sipagent.ports import Cut


@dataclass(frozen=True, slots=True)
class _Placed:
    """A word at its place in what was written to the port, in samples."""

    text: str
    end: int


class Ledger:
    """Which words left the node. Owns no clock and no port: it is told offsets.

    >>> ledger = Ledger()
    >>> ledger.wrote([("hello", 800), ("there", 1600)], start=0)
    >>> ledger.cut(at=1000)
    Cut(heard='hello', unheard='there')
    """

    def __init__(self) -> None:
        self._words: list[_Placed] = []

    def wrote(self, words: Iterable[tuple[str, int]], start: int) -> None:
        """Speech was written at offset ``start``; each word with its end within it."""
        self._words.extend(_Placed(text, start + end) for text, end in words)

    def recent(self, at: int, count: int) -> str:
        """The last ``count`` words that had begun to play at offset ``at``."""
        begun = [word.text for word in self._words if word.end <= at]
        going_on = next((word.text for word in self._words if word.end > at), "")
        return " ".join([*begun, going_on][-count:]).strip()

    def cut(self, at: int) -> Cut:
        """Playout ended at offset ``at``: forget all words, telling heard from unheard."""
        heard = " ".join(word.text for word in self._words if word.end <= at)
        unheard = " ".join(word.text for word in self._words if word.end > at)
        self._words.clear()
        return Cut(heard=heard, unheard=unheard)
