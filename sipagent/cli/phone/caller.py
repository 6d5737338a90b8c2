"""One call of the test phone: dial, say each step in its moment, follow a REFER, hang up.

The asyncio shell around ``Pacing`` and ``Line``. Knows SIP only as the events of its legs.
"""

import asyncio
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeVar, assert_never

from sipagent.cli.phone import report
from sipagent.cli.phone.commentary import Commentary, Hear
from sipagent.cli.phone.console import Console
from sipagent.cli.phone.leg import PhoneLeg, ReferReceived, Trying
from sipagent.cli.phone.line import Line, Party
from sipagent.cli.phone.pacing import Pacing
from sipagent.cli.phone.plan import NotAnswered, Plan, Unreachable
from sipagent.cli.phone.report import Referral, Report
from sipagent.cli.phone.script import (
    HangUp,
    Keys,
    Made,
    PlayFile,
    Say,
    Silence,
    Step,
)
from sipagent.cli.phone.target import refer_target
from sipagent.errors import LegFailed, LegGone
from sipagent.events import Answered, DigitPressed, Event, Held, HungUp, Retrieved
from sipagent.sip.endpoint import Endpoint

T = TypeVar("T")

POLL_S: Final = 0.010
REACH_S: Final = 5.0
RING_S: Final = 60.0
CLOSE_S: Final = 3.0
DIGIT_S: Final = 0.3  # one digit and the pause after it, as PJSIP keys them


ADVICE: Final[Mapping[int, str]] = {
    403: "this address is in no trunk of the server; add it to one's networks",
    404: "no tenant there has this number; `sipagent serve` prints those that have",
    488: "no codec or key that both want; see codecs and srtp of the trunk",
    503: "it is full, starting or shutting down; try again, or see sip.max_calls",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that the caller took, and when."""

    step: Step
    at_ns: int


class Caller:
    """The caller of one call. ``line``, ``taken`` and ``origin_ns`` stay for who judges it."""

    def __init__(
        self, endpoint: Endpoint, plan: Plan, console: Console, hear: Hear | None = None
    ) -> None:
        self._endpoint = endpoint
        self._plan = plan
        self._console = console
        self.line = Line()
        self.taken: list[Taken] = []
        self._commentary = Commentary(console, self.line, hear)
        self.origin_ns = 0
        self._legs: list[PhoneLeg] = []  # those that are alive, the first one first
        self._gone = asyncio.Event()  # none of them is left
        self._active: PhoneLeg | None = None
        self._referrals: dict[str, Referral] = {}  # by the call id of the leg that follows it
        self._desk_from_ns: int | None = None
        self._busy: Callable[[], bool] = lambda: False
        self._ended: tuple[str, str] | None = None  # by whom, and the detail

    async def call(self) -> Report:
        """Live the call. Raises ``Unreachable`` or ``NotAnswered``."""
        try:
            await self._dial()
            async with asyncio.TaskGroup() as self._tasks:
                await self._talk()
            return self._report()
        finally:
            await self._hang_up()

    # ------------------------------------------------------------------- dialling

    async def _dial(self) -> None:
        plan, loop = self._plan, asyncio.get_running_loop()
        self._tried: asyncio.Future[None] = loop.create_future()
        self._answered: asyncio.Future[Answered] = loop.create_future()
        leg = PhoneLeg(self._endpoint, uuid.uuid4().hex, follow=plan.follow)
        self._adopt(leg)
        self._dialled_ns = time.monotonic_ns()
        try:
            await self._endpoint.invite(leg, f"sip:{plan.number}@{plan.server}")
        except self._endpoint.pj.Error as error:
            raise NotAnswered(f"cannot dial {plan.number}: {error.reason}") from None
        try:
            async with asyncio.timeout(REACH_S):
                await self._tried
        except TimeoutError:
            raise Unreachable(
                f"nothing answers SIP at {plan.server} over UDP; run: sipagent serve"
            ) from None
        try:
            async with asyncio.timeout(RING_S):
                answered = await self._answered
        except TimeoutError:
            raise NotAnswered(f"{plan.number} was not answered in {RING_S:.0f} s") from None
        self._active, self._first = leg, leg
        self.line.connect(Party.AGENT, leg.tap)
        self._pacing = Pacing(plan.steps, round(plan.patience_s * 1e9), self.origin_ns)
        self._commentary.say(self.origin_ns, "", f"answered by {plan.server}, {answered.codec}")

    def _adopt(self, leg: PhoneLeg) -> None:
        self._legs.append(leg)
        leg.subscribe(partial(self._on_event, leg))

    # ------------------------------------------------------------------- talking

    async def _talk(self) -> None:
        """Until there is an end: all said, someone hung up, or it took too long."""
        until_ns = self.origin_ns + round(self._plan.max_s * 1e9)
        while self._ended is None:
            now_ns = time.monotonic_ns()
            for change in self.line.poll(now_ns):
                self._commentary.on_change(change, self._tasks)
            await self._advance(now_ns)
            if now_ns >= until_ns and self._ended is None:
                self._end("nobody", f"not over after {self._plan.max_s:g} s")
            await asyncio.sleep(POLL_S)
        for change in self.line.poll(time.monotonic_ns()):
            self._commentary.on_change(change, self._tasks)

    async def _advance(self, now_ns: int) -> None:
        """Take the next step if it is due; end the call if there is nothing left to wait for."""
        if self._active is None or self._waiting_for_desk:
            return
        if not self._busy():
            self._pacing.free(now_ns)
        step = self._pacing.due(now_ns, self.line.live.other)
        if step is not None:
            await self._take(step, now_ns)
        elif self._desk_from_ns is not None and not self._pacing.left:
            if now_ns >= self._desk_from_ns + self._plan.desk_s * 1e9 and not self._busy():
                self._end("caller", "the caller hung up on the desk")
        elif self._pacing.over(now_ns, self.line.live.other):
            self._end("caller", "the caller hung up, all was said")

    async def _take(self, step: Step, now_ns: int) -> None:
        self.taken.append(Taken(step, now_ns))
        match step.content:
            case Keys(digits=digits):
                await self._key(digits, now_ns)
            case Silence(seconds=seconds):
                self._commentary.say(now_ns, Party.CALLER, f"says nothing for {seconds:g} s")
                self._busy_until(now_ns + round(seconds * 1e9))
            case HangUp():
                self._end("caller", "the caller hung up")
            case Say(text=text) | Made(text=text):
                self._play(step, text)
            case PlayFile(path=path):
                self._play(step, str(path))
            case _:
                assert_never(step.content)

    def _play(self, step: Step, name: str) -> None:
        assert self._active is not None
        self._commentary.saying(name)
        port = self._active.port
        end = port.write(self._plan.sounds[step])
        self._busy = lambda: port.position() < end

    async def _key(self, digits: str, now_ns: int) -> None:
        assert self._active is not None
        self._commentary.say(now_ns, Party.CALLER, f"keys {digits}")
        self._busy_until(now_ns + round(DIGIT_S * 1e9) * len(digits))
        try:
            await self._active.send_digits(digits)
        except LegGone:  # its HungUp is on its way
            pass
        except LegFailed as failed:
            self._end("nobody", f"cannot key: {failed}; try another way of --send-digits")

    def _busy_until(self, until_ns: int) -> None:
        self._busy = lambda: time.monotonic_ns() < until_ns

    @property
    def _waiting_for_desk(self) -> bool:
        """Whether a desk is being called, and the agent has not come back meanwhile."""
        return self._transferring and self._pacing.answer(self.line.live.other) is None

    @property
    def _transferring(self) -> bool:
        return any(referral.settled_ms is None for referral in self._referrals.values())

    def _end(self, by: str, detail: str) -> None:
        if self._ended is None:
            self._ended = (by, detail)

    # ------------------------------------------------------------------- the legs' events

    def _on_event(self, leg: PhoneLeg, event: Event) -> None:
        now_ns = time.monotonic_ns()
        match event:
            case Trying():
                _settle(self._tried, None)
            case Answered() if not self.origin_ns:
                self.origin_ns = self._commentary.origin_ns = now_ns
                _settle(self._answered, event)
            case Answered():
                self._put_through(leg, now_ns)
            case HungUp():
                self._legs.remove(leg)
                if not self._legs:
                    self._gone.set()
                self._on_hung_up(leg, event, now_ns)
            case ReferReceived():
                self._on_refer(event, now_ns)
            case DigitPressed(digit=digit):
                self._commentary.say(now_ns, self.line.live.party, f"keys {digit}")
            case Held() | Retrieved():
                state = "holds" if isinstance(event, Held) else "takes off hold"
                self._commentary.say(now_ns, self.line.live.party, state)

    def _on_hung_up(self, leg: PhoneLeg, event: HungUp, now_ns: int) -> None:
        if not self.origin_ns:
            why = f"the server refused the call: {event.status} {event.reason}"
            advice = ADVICE.get(event.status)
            refused = NotAnswered(f"{why}; {advice}" if advice else why)
            _fail(self._tried, refused)
            _fail(self._answered, refused)
        elif leg is not self._first and leg is not self._active:
            self._settle_referral(leg.call_id, event.status, event.reason, now_ns)
            self._commentary.say(
                now_ns, Party.DESK, f"does not answer: {event.status} {event.reason}"
            )
            self._pacing.come_back(now_ns)
            if self._active is None:
                self._end(Party.AGENT, "the agent hung up and the desk did not answer")
        elif leg is self._active:
            self._active = None
            who = self.line.live.party
            if event.status >= 300:
                self._end("nobody", f"the call broke: {event.status} {event.reason}")
            elif not self._transferring:
                self._end(who, f"the {who} hung up")
        else:
            self._commentary.say(now_ns, Party.AGENT, "hung up, the caller is with the desk")

    def _on_refer(self, event: ReferReceived, now_ns: int) -> None:
        user, headers = refer_target(event.target)
        call_id = event.leg.call_id if event.leg is not None else uuid.uuid4().hex
        self._referrals[call_id] = Referral(self._ms(now_ns), event.target, user, headers)
        if event.leg is None:
            self._settle_referral(call_id, 603, "Decline", now_ns)
            self._pacing.come_back(now_ns)
        else:
            self._adopt(event.leg)
            self._pacing.restart(now_ns)
        does = "declined" if event.leg is None else "followed"
        self._commentary.say(now_ns, Party.AGENT, f"refers the caller to {user} ({does})")
        for name, value in headers.items():
            self._commentary.say(now_ns, "", f"  {name}: {value}")

    def _put_through(self, leg: PhoneLeg, now_ns: int) -> None:
        self._settle_referral(leg.call_id, 200, "OK", now_ns)
        self._active = leg
        self._desk_from_ns = now_ns
        self._busy = lambda: False
        self.line.connect(Party.DESK, leg.tap)
        self._pacing.put_through(now_ns)
        self._commentary.say(now_ns, Party.DESK, "answers, the caller is put through")

    def _settle_referral(self, call_id: str, status: int, reason: str, now_ns: int) -> None:
        self._referrals[call_id] = replace(
            self._referrals[call_id], status=status, reason=reason, settled_ms=self._ms(now_ns)
        )

    def _ms(self, ns: int) -> int:
        return round((ns - self.origin_ns) / 1e6)

    # ------------------------------------------------------------------- the end

    async def _hang_up(self) -> None:
        """BYE or CANCEL on every leg that is left, and a bounded wait for the answers."""
        for leg in list(self._legs):
            await leg.hang_up()
        try:
            async with asyncio.timeout(CLOSE_S if self.origin_ns else POLL_S):
                await self._gone.wait()
        except TimeoutError:
            if self.origin_ns:
                self._console.note("the other side did not answer BYE")

    def _report(self) -> Report:
        assert self._ended is not None
        by, detail = self._ended
        unsaid = self._pacing.left
        if unsaid:
            detail += f"; {unsaid} of {len(self._plan.steps)} steps were not said"
        now_ns = time.monotonic_ns()
        return Report(
            server=self._plan.server,
            number=self._plan.number,
            sip_call_id=self._first.sip_call_id,
            answered_unix_ms=round((time.time_ns() - (now_ns - self.origin_ns)) / 1e6),
            setup_ms=round((self.origin_ns - self._dialled_ns) / 1e6),
            duration_ms=self._ms(now_ns),
            utterances=report.utterances(self.line, self.origin_ns, self._commentary.texts),
            referrals=tuple(self._referrals.values()),
            gaps=report.packet_gaps(self.line),
            ended_by=by,
            detail=detail,
            in_order=by != "nobody" and not unsaid,
        )


def _settle(future: asyncio.Future[T], result: T) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[T], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
        future.exception()  # nobody may be waiting any more, which is no fault
