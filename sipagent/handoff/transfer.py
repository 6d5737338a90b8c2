"""A blind transfer by REFER (RFC 3515, RFC 5589), as a table and one setter.

The caller's side places the new call; we learn of it by NOTIFY. Until a final success we keep
the caller, and never send BYE: whatever else happens, he is talked to again.
"""

import asyncio
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from sipagent.config import HandoffSettings
from sipagent.errors import LegFailed
from sipagent.events import Event, ReferAnswered, ReferNotified, TransferStep
from sipagent.handoff.token import Context, Tokens, headers, target
from sipagent.ports import Leg


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


class Handoff:
    """Carries out transfers to one tenant's desk."""

    def __init__(self, desk: str, tokens: Tokens, settings: HandoffSettings) -> None:
        self._desk = desk
        self._tokens = tokens
        self._settings = settings

    async def transfer(
        self,
        transfer: Transfer,
        leg: Leg,
        inbox: asyncio.Queue[Event],
        context: Context,
        record: Callable[[Event], None],
    ) -> None:
        """Refer the caller to the desk and wait until ``transfer`` is over.

        Raises ``LegGone`` where the caller hung up meanwhile.
        """
        token = self._tokens.give(context)
        self._tell(transfer, context.reason, record)
        try:
            transfer.number = await leg.refer(target(self._desk, token), headers(token))
        except LegFailed as error:
            transfer.refuse(str(error))
            self._tell(transfer, transfer.detail, record)
        clock = asyncio.get_running_loop().time
        until = clock() + self._settings.accept_s
        while not transfer.over:
            waiting = transfer.state is State.REFERRED
            try:
                async with asyncio.timeout_at(until):
                    changed = transfer.feed(await inbox.get())
            except TimeoutError:
                changed = transfer.expire()
            if changed:
                self._tell(transfer, transfer.detail, record)
                if waiting:  # a NOTIFY may overtake the 202
                    until = clock() + self._settings.ring_s

    def _tell(self, transfer: Transfer, detail: str, record: Callable[[Event], None]) -> None:
        record(TransferStep(desk=self._desk, state=transfer.state, detail=detail))
