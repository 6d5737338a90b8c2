"""A blind transfer by REFER (RFC 3515, RFC 5589): sent, listened to, timed.

The caller's side places the new call; we learn of it by NOTIFY. Until a final success we keep
the caller, and never send BYE: whatever else happens, he is talked to again.
"""

import asyncio
from collections.abc import Callable

from sipagent.config import HandoffSettings
from sipagent.errors import LegFailed
from sipagent.events import Event, TransferStep
from sipagent.handoff.states import State, Transfer
from sipagent.handoff.token import Context, Tokens, headers, target
from sipagent.ports import Leg


class Handoff:
    """Carries out transfers to desks."""

    def __init__(self, tokens: Tokens, settings: HandoffSettings) -> None:
        self._tokens = tokens
        self._settings = settings

    async def transfer(
        self,
        transfer: Transfer,
        desk: str,
        leg: Leg,
        inbox: asyncio.Queue[Event],
        context: Context,
        record: Callable[[Event], None],
    ) -> None:
        """Refer the caller to ``desk`` and wait until ``transfer`` is over.

        Raises ``LegGone`` where the caller hung up meanwhile.
        """

        def tell(detail: str) -> None:
            record(TransferStep(desk=desk, state=transfer.state, detail=detail))

        token = self._tokens.give(context)
        tell(context.reason)
        try:
            transfer.number = await leg.refer(target(desk, token), headers(token))
        except LegFailed as error:
            transfer.refuse(str(error))
            tell(transfer.detail)
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
                tell(transfer.detail)
                if waiting:  # a NOTIFY may overtake the 202
                    until = clock() + self._settings.ring_s
