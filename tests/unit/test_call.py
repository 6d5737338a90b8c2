"""A whole call over a fake leg: every way to end it has one Outcome, and leaves nothing behind."""

import asyncio
import gc
import json
import weakref
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from sipagent.call import Call, Service
from sipagent.config import HandoffSettings, HearingSettings, SipSettings, Tenant
from sipagent.dialog.conversation import Mind
from sipagent.dialog.hearer import Ears
from sipagent.dialog.policy import Policy
from sipagent.dialog.prompts import Prompts
from sipagent.errors import LegGone
from sipagent.events import (
    Answered,
    DigitPressed,
    Event,
    HungUp,
    ReferAnswered,
    ReferNotified,
    Ringing,
)
from sipagent.handoff.token import Tokens
from sipagent.handoff.transfer import Handoff
from sipagent.media.tick import Tick
from sipagent.media.vad import SileroVad
from sipagent.outcome import TOO_LONG, Outcome
from sipagent.ports import PcmPort
from sipagent.store.calllog import CallLogs
from sipagent.text.language import Language
from tests.unit.test_conversation import Calm, Mirror, Scribe, Voice, settle

RINGING = Ringing("demo", "192.0.2.1", "+97142000000", "1@test", "tests", "+971500000000")
HUNG_UP = HungUp(by="peer", status=200, reason="OK")


class Wire:
    """A port whose far end plays at once and says nothing."""

    written = 0

    def read(self) -> bytes:
        return b""

    def write(self, pcm: bytes) -> int:
        self.written += len(pcm) // 2
        return self.written

    def flush(self) -> int:
        return self.written

    def pause(self) -> int:
        return self.written

    def resume(self) -> None: ...

    def position(self) -> int:
        return self.written

    def room(self) -> int:
        return 8000

    def lost(self) -> int:
        return 0


class Line:
    """A leg whose peer answers every command as the test says."""

    call_id = "call"

    def __init__(self) -> None:
        self._port = Wire()
        self.sink: Callable[[Event], None] = lambda event: None
        self.on_answer: Callable[[], None] = lambda: self.sink(Answered("PCMU", ""))
        self.on_refer: Callable[[], None] = lambda: None
        self.byes = 0

    @property
    def port(self) -> PcmPort:
        return self._port

    def subscribe(self, sink: Callable[[Event], None]) -> None:
        self.sink = sink

    async def answer(self) -> None:
        self.on_answer()

    async def refuse(self, status: int, retry_after_s: int | None = None) -> None: ...

    async def hang_up(self) -> None:
        self.byes += 1
        self.gone(HungUp(by="us", status=200, reason="OK"))

    async def refer(self, target: str, headers: Mapping[str, str]) -> int:
        self.on_refer()
        return 1

    def gone(self, event: HungUp = HUNG_UP) -> None:
        """The last event, after which a leg knows nobody."""
        self.sink(event)
        self.sink = lambda event: None


class Node:
    """One tenant's service, and the records."""

    def __init__(self, folder: Path, prompts: Prompts) -> None:
        self.folder = folder
        self.logs = CallLogs(folder)
        self.logs.prepare()
        self.scribe, self.mirror = Scribe(), Mirror()
        handoff = HandoffSettings()
        voice = Voice()
        ears = Ears(self.scribe, None, 8000, (Language.EN,))
        self.service = Service(
            tenant=Tenant(
                name="demo",
                numbers=("+97142000000",),
                knowledge=folder,
                desk="sip:desk@192.0.2.2",
                languages=(Language.EN,),
            ),
            prompts=prompts,
            voice=voice,
            mind=Mind(ears, self.mirror, Calm(), Policy, 1.0, 1.2),
            handoff=Handoff(Tokens(handoff.token_life_s), handoff),
            hearing=HearingSettings(),
            limits=SipSettings(),
            tick=Tick(SileroVad(8000)),  # never started: the tests bring the events themselves
        )

    def call(self, line: Line) -> Call:
        return Call(line, RINGING, self.service, self.logs.open("call", "demo"))

    def outcomes(self) -> list[str]:
        lines = [
            json.loads(line)
            for path in (self.folder / "calls").rglob("call.jsonl")
            for line in path.read_text().splitlines()
        ]
        return [line["code"] for line in lines if line["event"] == "Ended"]


@pytest.fixture
async def node(tmp_path: Path) -> Node:
    return Node(tmp_path, await Prompts.render(Voice(), 8000))


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


async def live(call: Call) -> Outcome:
    async with asyncio.timeout(10):
        return await call.run()


def hang_up(line: Line, call: Call) -> None:
    line.gone()


def too_long(line: Line, call: Call) -> None:
    call.end(TOO_LONG)


def refuse_bye_race(line: Line, call: Call) -> None:
    line.gone(HungUp(by="peer", status=487, reason="Request Terminated"))


@pytest.mark.parametrize(
    ("ends", "code"),
    [
        (hang_up, "caller-hung-up"),
        (too_long, "call-too-long"),
        (refuse_bye_race, "caller-cancelled"),
    ],
)
async def test_an_ended_call_has_one_outcome_and_is_forgotten_without_the_collector(
    node: Node, no_collector: None, ends: Callable[[Line, Call], None], code: str
) -> None:
    """Calls that wait for the garbage collector hold 100 KiB each until it comes."""
    line = Line()
    call = node.call(line)
    living = asyncio.create_task(live(call))
    await settle()
    ends(line, call)
    outcome = await living
    assert (outcome.code, node.outcomes()) == (code, [code])
    left = weakref.ref(call)
    del call, living, ends
    line.sink = lambda event: None
    await settle()
    assert left() is None


async def test_a_caller_who_is_gone_before_the_call_runs_gets_no_conversation(node: Node) -> None:
    line = Line()
    call = node.call(line)
    line.gone(HungUp(by="peer", status=487, reason="Request Terminated"))
    assert (await live(call)).code == "caller-cancelled"
    assert node.outcomes() == ["caller-cancelled"]


async def test_a_leg_that_is_gone_tells_why_in_its_last_event(node: Node) -> None:
    line = Line()

    def cancelled() -> None:
        asyncio.get_running_loop().call_later(
            0.01, line.gone, HungUp(by="peer", status=487, reason="Request Terminated")
        )
        raise LegGone("cancelled")

    line.on_answer = cancelled
    assert (await live(node.call(line))).code == "caller-cancelled"


async def test_a_bug_ends_the_call_in_order_and_says_that_it_is_one(node: Node) -> None:
    line = Line()

    def broken() -> None:
        raise ZeroDivisionError

    line.on_answer = broken
    assert (await live(node.call(line))).code == "unclassified"
    assert (line.byes, node.outcomes()) == (1, ["unclassified"])


async def test_the_desk_that_answers_ends_the_call_as_transferred(node: Node) -> None:
    line = Line()

    def transferred() -> None:
        line.sink(ReferAnswered(refer=1, status=202, reason="Accepted"))
        line.sink(ReferNotified(refer=1, status=200, reason="OK", final=True))

    line.on_refer = transferred
    living = asyncio.create_task(live(node.call(line)))
    await settle()
    line.sink(DigitPressed(digit="0"))
    assert (await living).code == "transferred"
    assert line.byes == 1
