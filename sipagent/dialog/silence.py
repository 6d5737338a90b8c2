"""What to do about a caller who says nothing: ask again, offer a human, then end (D5)."""

from dataclasses import dataclass
from enum import Enum, auto


class Nudge(Enum):
    """The next thing to do about the silence."""

    ASK_AGAIN = auto()
    OFFER_HUMAN = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class SilenceRules:
    """``asks`` times to ask again; then to offer a human once, where ``offer``."""

    asks: int
    offer: bool


class CallerSilence:
    """Counts silences in a row. Owns no clock: it is told each time one was too long."""

    def __init__(self, rules: SilenceRules) -> None:
        self._rules = rules
        self._count = 0

    def spoke(self) -> None:
        """The caller said or keyed something."""
        self._count = 0

    def next(self) -> Nudge:
        """The caller was silent for too long, again."""
        self._count += 1
        if self._count <= self._rules.asks:
            return Nudge.ASK_AGAIN
        if self._rules.offer and self._count == self._rules.asks + 1:
            return Nudge.OFFER_HUMAN
        return Nudge.END
