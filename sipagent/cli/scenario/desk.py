"""The desk of a node that was started for a run: answers each transferred call, says nothing."""

import asyncio

import structlog

from sipagent.errors import LegGone
from sipagent.events import Ringing
from sipagent.sip.leg import SipLeg

log = structlog.get_logger(__name__)


class Desk:
    """Takes calls as the endpoint's ``on_invite``; who called hangs up."""

    def __init__(self) -> None:
        self._answering: set[asyncio.Task[None]] = set()

    def take(self, leg: SipLeg, ringing: Ringing, _dialled: tuple[str, ...]) -> None:
        """Answer a call."""
        task = asyncio.create_task(self._answer(leg), name=f"desk {ringing.sip_call_id}")
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _answer(self, leg: SipLeg) -> None:
        try:
            await leg.answer()
        except LegGone:
            log.info("the transferred caller hung up", call_id=leg.call_id)
