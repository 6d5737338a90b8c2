"""Where a transfer by REFER stands, as a table and one setter. Owns no clock (D5)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from sipagent.events import Event, ReferAnswered, ReferNotified


class State(StrEnum):
    """Where a transfer stands."""

    REFERRED = "referred"
    ACCEPTED = "accepted"
    RINGING = "ringing"
    ANSWERED = "answered"
    REFUSED = "refused"  # the carrier will not transfer
    UNANSWERED = "unanswered"  # the desk declined, was busy, or did not answer
    UNKNOWN = "unknown"  # the carrier ended its reports without a result
    SILENT = "silent"  # the carrier reported nothing in time


FINAL: Final = frozenset(
    {State.ANSWERED, State.REFUSED, State.UNANSWERED, State.UNKNOWN, State.SILENT}
)

TRANSITIONS: Final[Mapping[State, frozenset[State]]] = {
    State.REFERRED: frozenset({State.ACCEPTED, State.RINGING, *FINAL}),
    State.ACCEPTED: frozenset({State.RINGING, *FINAL}),
    State.RINGING: FINAL,
    State.SILENT: frozenset({State.ANSWERED}),  # a 200 that came late still answers
    State.UNKNOWN: frozenset({State.ANSWERED}),
}


class Transfer:
    """The states of one transfer. Owns no clock and sends nothing (D5)."""

    def __init__(self) -> None:
        self.number = 0  # of its REFER on the leg, once it was sent
        self.state = State.REFERRED
        self.detail = ""

    @property
    def over(self) -> bool:
        return self.state in FINAL

    def feed(self, event: Event) -> bool:
        """Take an event of the leg; whether the state changed.

        Of an earlier REFER only its success counts: then a desk has the caller, whatever we
        are doing.
        """
        match event:
            case ReferAnswered(refer=refer) | ReferNotified(refer=refer) if refer != self.number:
                late = isinstance(event, ReferNotified) and 200 <= event.status < 300
                return late and self._move(State.ANSWERED, f"REFER {refer}: {event.status}")
            case ReferAnswered(status=status, reason=reason) if status >= 300:
                return self._move(State.REFUSED, f"{status} {reason}")
            case ReferAnswered(status=status, reason=reason):
                return self._move(State.ACCEPTED, f"{status} {reason}")
            case ReferNotified(status=0, final=True, reason=reason):
                return self._move(State.UNKNOWN, reason)
            case ReferNotified(status=status, reason=reason, final=final) if status:
                return self._notified(status, f"{status} {reason}", final=final)
        return False

    def _notified(self, status: int, detail: str, *, final: bool) -> bool:
        if 200 <= status < 300:
            return self._move(State.ANSWERED, detail)
        if status >= 300:
            return self._move(State.UNANSWERED, detail)
        if final:
            return self._move(State.UNKNOWN, detail)
        return self._move(State.RINGING if status > 100 else State.ACCEPTED, detail)

    def refuse(self, detail: str) -> bool:
        """The REFER could not be sent."""
        return self._move(State.REFUSED, detail)

    def expire(self) -> bool:
        """Nothing was heard in time."""
        return self._move(State.SILENT, "no answer in time")

    def _move(self, state: State, detail: str) -> bool:
        """The one setter. What the table does not know is a repeat or too late: ignored."""
        if state not in TRANSITIONS.get(self.state, frozenset()):
            return False
        self.state, self.detail = state, detail
        return True
