"""One call, from INVITE to Outcome: owns its tasks, its record and its one close.

Reads top to bottom as the call goes. What is said is the conversation's, how a transfer goes
is the handoff's; this picks the next step and tells every ending once.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from traceback import clear_frames
from typing import Final

import structlog

from sipagent.config import HearingSettings, SipSettings, Tenant
from sipagent.dialog.conversation import Conversation, Mind
from sipagent.dialog.deadline import Patience
from sipagent.dialog.mouth import Mouth
from sipagent.dialog.prompts import GREETING, Prompts
from sipagent.dialog.turns import EndOfTurn, TurnRules
from sipagent.errors import Blame, LegGone, NotAcknowledged, SipagentError
from sipagent.events import (
    UNRECORDED,
    Answered,
    Event,
    Held,
    HungUp,
    MediaStopped,
    Quality,
    Retrieved,
    Ringing,
    TransferStep,
)
from sipagent.handoff.states import State
from sipagent.handoff.states import Transfer as Transaction
from sipagent.handoff.token import Context
from sipagent.handoff.transfer import Handoff
from sipagent.media.playout import PortPlayout
from sipagent.media.tick import Ear, Tick
from sipagent.media.tones import ToneDetector
from sipagent.outcome import (
    CALLER_CANCELLED,
    CALLER_HUNG_UP,
    HELD_TOO_LONG,
    MEDIA_STOPPED,
    TOO_LONG,
    TRANSFERRED,
    Outcome,
)
from sipagent.ports import Leg, Voice
from sipagent.steps import Hangup, Step, Talk, Transfer
from sipagent.store.calllog import CallLog

log = structlog.get_logger(__name__)

ACK_S: Final = 40.0  # PJSIP itself gives up after 64 * T1 (RFC 3261 13.3.1.4) and says why
CLOSE_S: Final = 2.0  # a peer that does not answer BYE keeps nobody waiting
INBOX_EVENTS: Final = 256

ENDINGS: Final[Mapping[str, Outcome]] = {
    "goodbye": Outcome("goodbye", Blame.CALLER, "the caller said goodbye"),
    "caller-silent": Outcome("caller-silent", Blame.CALLER, "the caller said nothing for long"),
    "transferred": TRANSFERRED,
    "engine-failed": Outcome("engine-failed", Blame.US, "an engine failed and no desk answered"),
}

UNCLASSIFIED: Final = Outcome("unclassified", Blame.US, "a bug: see the node's log")


@dataclass(frozen=True, slots=True)
class Service:
    """What the calls of one tenant share."""

    tenant: Tenant
    prompts: Prompts
    voice: Voice
    mind: Mind
    handoff: Handoff
    hearing: HearingSettings
    limits: SipSettings
    tick: Tick


class Call:
    """A call of one tenant's caller."""

    def __init__(self, leg: Leg, ringing: Ringing, service: Service, record: CallLog) -> None:
        self._leg = leg
        self._service = service
        self._ringing = ringing
        self._log = record
        self._loop = asyncio.get_running_loop()
        self._inbox: asyncio.Queue[Event] = asyncio.Queue(INBOX_EVENTS)
        self._answered = asyncio.Event()
        self._digits = ""  # how they come
        self._gone = asyncio.Event()
        self._flowing: asyncio.Task[Outcome] | None = None
        self._outcome: Outcome | None = None  # told by whatever ended the flow from outside
        self._ear: Ear | None = None
        self._held = False
        self._hold_limit: asyncio.TimerHandle | None = None
        self._length_limit: asyncio.TimerHandle | None = None
        self._transaction: Transaction | None = None
        self._desk = service.tenant.desk  # where the caller was last referred
        record.record(ringing)
        leg.subscribe(self._on_leg_event)

    async def run(self) -> Outcome:
        """Live the call; whatever ends it, there is one close and one Outcome."""
        outcome = UNCLASSIFIED
        self._flowing = asyncio.create_task(self._flow(), name="flow")
        if self._outcome is not None:  # a CANCEL overtook us
            self._flowing.cancel()
        self._length_limit = self._loop.call_later(
            self._service.limits.max_call_s, self.end, TOO_LONG
        )
        try:
            outcome = await self._flowing
        except asyncio.CancelledError as ended:
            if self._outcome is None:
                raise
            outcome = self._outcome
            clear_frames(ended.__traceback__)  # in Python 3.11, TaskGroup's own frame holds it
        except LegGone:
            outcome = await self._why_gone()
        except SipagentError as failed:
            outcome = Outcome.of(failed)
        except Exception:
            log.exception("call failed", call_id=self._leg.call_id)
        finally:
            self._flowing = None
            await self._close(outcome)
        return outcome

    def end(self, outcome: Outcome) -> None:
        """End the call from outside; nothing happens if it is ending already."""
        if self._outcome is None:
            self._outcome = outcome
            if self._flowing is not None:
                self._flowing.cancel()

    # ------------------------------------------------------------------- the flow

    async def _flow(self) -> Outcome:
        await self._leg.answer()
        await self._acknowledged()
        conversation, mouth = self._listen()
        step: Step = Talk(GREETING, self._service.hearing.barge_in)
        while True:
            match step:
                case Talk():
                    step = await conversation.run(step, held=self._held)
                case Transfer():
                    step = await self._hand_over(step, conversation, mouth)
                case Hangup(reason=reason):
                    return ENDINGS[reason]

    async def _acknowledged(self) -> None:
        try:
            async with asyncio.timeout(ACK_S):
                await self._answered.wait()
        except TimeoutError:
            raise NotAcknowledged(f"no ACK or no audio within {ACK_S:g} s") from None

    def _listen(self) -> tuple[Conversation, Mouth]:
        """Join the call's audio to the tick, and give it somebody to talk to."""
        service, mind = self._service, self._service.mind
        listener = EndOfTurn(turn_rules(service.hearing))
        tones = ToneDetector(mind.ears.rate_hz) if self._digits == "inband" else None
        ear = Ear(self._leg.port, mind.ears.rate_hz, listener, self._on_heard_from_tick, tones)
        self._ear = ear
        self._log.clock = lambda: ear.now_ms
        service.tick.add(ear)
        mouth = Mouth(
            PortPlayout(self._leg.port, mind.ears.rate_hz),
            service.voice,
            service.prompts,
            mind.ears.rate_hz,
            Patience(mind.deadline_s),
            self._log.record,
        )
        conversation = Conversation(
            service.tenant.name,
            self._inbox,
            ear,
            mouth,
            mind,
            service.hearing,
            self._log.record,
        )
        return conversation, mouth

    async def _hand_over(self, step: Transfer, conversation: Conversation, mouth: Mouth) -> Step:
        """Transfer the caller. BYE follows the desk's answer at once, and nothing else."""
        tenant = self._service.tenant
        context = Context(self._leg.call_id, tenant.name, step.reason)
        self._transaction = Transaction()
        self._desk = (step.reason == "emergency" and tenant.emergency_desk) or tenant.desk
        await self._service.handoff.transfer(
            self._transaction, self._desk, self._leg, self._inbox, context, self._log.record
        )
        if self._transaction.state is State.ANSWERED:
            return Hangup("transferred")
        if step.reason != "engine-failed":
            return Talk("desk-unavailable", self._service.hearing.barge_in)
        await mouth.prompt("call-later", [conversation.language])
        await mouth.finish()
        return Hangup("engine-failed")

    # ------------------------------------------------------------------- events

    def _on_leg_event(self, event: Event) -> None:
        """An event of the leg, on the loop."""
        self._log.record(event)
        if isinstance(event, Answered):
            self._digits = event.digits
            self._answered.set()
        elif isinstance(event, HungUp):
            self._gone.set()
            self.end(_outcome_of(event, answered=self._answered.is_set()))
        elif isinstance(event, MediaStopped):
            self.end(MEDIA_STOPPED)
        elif not isinstance(event, Quality):
            if isinstance(event, Held | Retrieved):
                self._hold(held=isinstance(event, Held))
            self._post(event)
            self._take_late_answer(event)

    def _hold(self, *, held: bool) -> None:
        """A peer that holds us and dies would keep the call for ever."""
        self._held = held
        if self._hold_limit is not None:
            self._hold_limit.cancel()
            self._hold_limit = None
        if held:
            limit_s = self._service.limits.hold_s
            self._hold_limit = self._loop.call_later(limit_s, self.end, HELD_TOO_LONG)

    def _take_late_answer(self, event: Event) -> None:
        """A desk may answer after we stopped waiting: then the caller is with it, not with us."""
        transaction = self._transaction
        if transaction is not None and transaction.over and transaction.feed(event):
            self._log.record(TransferStep(self._desk, transaction.state, transaction.detail))
            self.end(TRANSFERRED)

    def _on_heard_from_tick(self, events: tuple[Event, ...]) -> None:
        self._loop.call_soon_threadsafe(self._on_heard, events)

    def _on_heard(self, events: tuple[Event, ...]) -> None:
        for event in events:
            if type(event) not in UNRECORDED:
                self._log.record(event)
            self._post(event)

    def _post(self, event: Event) -> None:
        try:
            self._inbox.put_nowait(event)
        except asyncio.QueueFull:
            log.error("event dropped", call_id=self._leg.call_id, kind=type(event).__name__)

    # ------------------------------------------------------------------- the end

    async def _why_gone(self) -> Outcome:
        """A command found the leg gone; its HungUp says why, or is on its way."""
        try:
            async with asyncio.timeout(CLOSE_S):
                await self._gone.wait()
        except TimeoutError:
            pass
        if self._outcome is not None:
            return self._outcome
        return Outcome(LegGone.code, LegGone.blame, "the leg ended without a reason")

    async def _close(self, outcome: Outcome) -> None:
        """BYE first, media second, the record last."""
        for limit in (self._hold_limit, self._length_limit):
            if limit is not None:
                limit.cancel()
        try:
            async with asyncio.timeout(CLOSE_S):
                await self._leg.hang_up()
                await self._gone.wait()
        except TimeoutError:
            log.warning("peer did not answer BYE", call_id=self._leg.call_id)
        if self._ear is not None:
            self._service.tick.remove(self._ear)
            self._ear.forget()
        self._log.end(outcome)
        log.info(
            "call ended",
            call_id=self._leg.call_id,
            tenant=self._service.tenant.name,
            trunk=self._ringing.trunk,
            dialled=self._ringing.dialled,
            outcome=outcome.code,
            blame=outcome.blame.value,
        )


def _outcome_of(event: HungUp, *, answered: bool) -> Outcome:
    """What the end of the leg means, where nothing else had ended the call."""
    if event.status == 487:
        return CALLER_CANCELLED
    if event.status == 408 and not answered:
        return Outcome.of(NotAcknowledged("no ACK to our 200"))
    if event.by == "peer" and event.status < 300:
        return CALLER_HUNG_UP
    return Outcome("leg-failed", Blame.PEER, f"{event.status} {event.reason}")


def turn_rules(hearing: HearingSettings) -> TurnRules:
    return TurnRules(
        threshold=hearing.threshold,
        min_speech_ms=hearing.min_speech_ms,
        sustained_ms=hearing.sustained_ms,
        partial_ms=hearing.partial_ms,
        pause_ms=hearing.pause_ms,
        end_silence_ms=hearing.most_silence_ms,  # until the words tell that it may be less
        max_turn_ms=round(1000 * hearing.max_turn_s),
    )
