"""What was said in a call, as the model is told it: only what was heard (D7). No I/O."""

from collections.abc import Sequence
from typing import Final

from sipagent.ports import Exchange

TURNS: Final = 10


class History:
    """The last turns, and a summary of those before them."""

    def __init__(self, turns: int = TURNS) -> None:
        self._turns = turns
        self._exchanges: list[Exchange] = []
        self._caller = ""
        self.summary = ""

    @property
    def recent(self) -> tuple[Exchange, ...]:
        return tuple(self._exchanges[-self._turns :])

    @property
    def to_summarise(self) -> tuple[Exchange, ...]:
        """Exchanges that no longer fit and are in no summary yet."""
        return tuple(self._exchanges[: -self._turns])

    def caller(self, text: str) -> None:
        """The caller finished a turn. One that was never answered is kept as it is."""
        self._close("", "")
        self._caller = text

    def take_back(self) -> None:
        """The turn goes on: what was said of it so far is no turn yet."""
        self._caller = ""

    def agent(self, heard: str, unheard: str) -> None:
        """The agent's reply ended; ``unheard`` is what the caller cut off."""
        if self._caller:
            self._close(heard, unheard)
        elif (heard or unheard) and self._exchanges:
            last = self._exchanges[-1]
            said = " ".join(filter(None, (last.agent, heard)))
            self._exchanges[-1] = Exchange(last.caller, said, unheard)

    def summarised(self, summary: str, exchanges: Sequence[Exchange]) -> None:
        """``summary`` now stands for these oldest exchanges."""
        self.summary = summary
        del self._exchanges[: len(exchanges)]

    def _close(self, heard: str, unheard: str) -> None:
        if self._caller:
            self._exchanges.append(Exchange(self._caller, heard, unheard))
        self._caller = ""
