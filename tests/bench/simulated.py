"""Calls on a clock of their own: the node's own ear and conversation, without SIP or waiting.

Time passes only while everything waits for it, so that hours of talk take minutes and a busy
machine changes nothing. An engine is charged what it is told, whatever it really takes. Knows no
clip and judges nothing.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from sipagent.call import turn_rules
from sipagent.config import HearingSettings
from sipagent.dialog.conversation import Conversation, Mind
from sipagent.dialog.deadline import Patience
from sipagent.dialog.hearer import Ears, Words
from sipagent.dialog.mouth import Mouth
from sipagent.dialog.policy import Policy
from sipagent.dialog.prompts import GREETING, TEXTS, Prompts
from sipagent.dialog.turns import EndOfTurn
from sipagent.events import Event, SpeechStarted, StillSpeaking, TurnEnded
from sipagent.media.playout import PortPlayout
from sipagent.media.tick import INTERVAL_S, Ear, Tick
from sipagent.media.vad import SileroVad
from sipagent.ports import (
    Asked,
    Expect,
    Intent,
    Question,
    ReplyPart,
    Sentence,
    Speech,
    SpokenWord,
    Transcriber,
    Transcript,
    TurnDetector,
    Understanding,
    Utterance,
)
from sipagent.steps import Talk
from sipagent.text.language import Language
from tests.bench.simulated_clock import RealTime
from tests.bench.simulated_line import RATE_HZ, SimulatedLine

ANSWER_S: Final = 0.35  # until an answer sounds: its first token 200 ms, its voice 150 ms
ASKING: Final = "please ask me"
DEADLINE_S: Final = 5.0
FILLER_S: Final = 10.0

# ------------------------------------------------------------------------- engines


class _Free:
    """What is common to engines that nobody waits for."""

    @property
    def waited_s(self) -> float:
        return 0.0

    async def close(self) -> None: ...


class ChargedTranscriber(_Free):
    """A recogniser that takes ``cost_s`` of the simulated time.

    ``first`` are the words of the first request, where they are known without hearing.
    """

    def __init__(self, engine: Transcriber, real: RealTime, cost_s: float) -> None:
        self._engine, self._real, self._cost_s = engine, real, cost_s
        self.name = engine.name
        self.first = ""

    async def transcribe(self, utterance: Utterance) -> Transcript:
        if self.first:
            words, self.first = self.first, ""
            return Transcript(words, utterance.languages[0], 1.0)
        found = self._real.run(self._engine.transcribe(utterance))
        await asyncio.sleep(self._cost_s)
        return found


class ChargedDetector(_Free):
    """A turn detector that takes ``cost_s`` of the simulated time."""

    def __init__(self, engine: TurnDetector, real: RealTime, cost_s: float) -> None:
        self._engine, self._real, self._cost_s = engine, real, cost_s
        self.name = engine.name

    async def finished(self, pcm: bytes, rate_hz: int) -> float:
        found = self._real.run(self._engine.finished(pcm, rate_hz))
        await asyncio.sleep(self._cost_s)
        return found


class Calm(_Free):
    """The port ``Analyst``: every turn is a calm question."""

    name = "calm"

    async def analyse(self, text: str, language: Language) -> Understanding:
        return Understanding(Intent.QUESTION, 0.0, language, 0.9)


@dataclass(slots=True)
class Brief(_Free):
    """The port ``Responder``: one sentence. To ``ASKING`` it asks for what ``asks`` says."""

    asks: Expect
    name: str = "brief"

    async def respond(self, question: Question) -> AsyncGenerator[ReplyPart, None]:
        if question.text != ASKING:
            await asyncio.sleep(ANSWER_S)
        yield Sentence("All right.", question.language)
        if question.text == ASKING:
            yield Asked(self.asks)


class Hummer(_Free):
    """The port ``Voice``: a second of sound for anything."""

    name = "hummer"

    async def speak(self, text: str, language: Language, rate_hz: int) -> AsyncIterator[Speech]:
        yield speech_of(text, language, np.ones(rate_hz, "<i2").tobytes())


def speech_of(text: str, language: Language, pcm: bytes) -> Speech:
    """A sound as speech: its words share the part that is not silent by their letters."""
    samples = np.frombuffer(pcm, "<i2")
    loud = np.flatnonzero(samples)
    first, last = (int(loud[0]), int(loud[-1]) + 1) if len(loud) else (0, len(samples))
    written = text.split()
    ends = np.cumsum([len(word) + 1 for word in written])
    places = [first, *(first + round((last - first) * end / ends[-1]) for end in ends)]
    words = [SpokenWord(word, places[at], places[at + 1]) for at, word in enumerate(written)]
    return Speech(text, language, pcm, RATE_HZ, tuple(words))


# ------------------------------------------------------------------------- the call


@dataclass(frozen=True, slots=True)
class Happened:
    """An event, and when it was told on the call's clock."""

    at_ms: int
    event: Event


@dataclass(frozen=True, slots=True)
class Hearers:
    """What simulated calls hear with; one for all calls of a process."""

    vad: SileroVad
    transcriber: ChargedTranscriber
    detector: ChargedDetector | None = None
    rules: HearingSettings = field(default_factory=HearingSettings)
    languages: tuple[Language, ...] = (Language.EN, Language.AR)


class _Inbox(asyncio.Queue[Event]):
    """A call's inbox that also tells of each look at the caller's words."""

    def __init__(self, tell: Callable[[Event], None]) -> None:
        super().__init__()
        self._tell = tell

    def put_nowait(self, event: Event) -> None:
        if isinstance(event, Words):
            self._tell(event)
        super().put_nowait(event)


class Scene:
    """One call, in which the agent says ``opening`` first and may then ``ask`` for something.

    ``told`` has all that happened: what is recorded of a call, and each look at its words.
    """

    def __init__(self, hearers: Hearers, opening: Speech, asks: Expect | None = None) -> None:
        loop = asyncio.get_running_loop()
        rules = hearers.rules
        self.line = SimulatedLine(loop.time)
        self.told: list[Happened] = []
        self._transcriber = hearers.transcriber
        self._inbox = _Inbox(self._tell)
        self._tick = Tick(hearers.vad)
        self._ear = Ear(self.line, RATE_HZ, EndOfTurn(turn_rules(rules)), self._heard)
        self._tick.add(self._ear)
        mouth = Mouth(
            PortPlayout(self.line, RATE_HZ),
            Hummer(),
            Prompts(_prompts(opening)),
            RATE_HZ,
            Patience(DEADLINE_S, loop.time),
            self._tell,
        )
        mind = Mind(
            ears=Ears(hearers.transcriber, hearers.detector, RATE_HZ, hearers.languages),
            responder=Brief(asks or Expect()),
            analyst=Calm(),
            policy=Policy,
            deadline_s=DEADLINE_S,
            filler_s=FILLER_S,
        )
        self._talk = Conversation("bench", self._inbox, self._ear, mouth, mind, rules, self._tell)

    async def play(self, script: Coroutine[Any, Any, None]) -> None:
        """Let the call go on until the script has ended, or the call has."""
        tasks = {
            asyncio.create_task(work)
            for work in (self._talk.run(Talk(GREETING)), self._ticking(), script)
        }
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()

    async def asked(self) -> None:
        """Bring the agent to ask what it ``asks`` for, and wait until it has."""
        now_ms = self._ear.now_ms
        self._transcriber.first = ASKING
        self._inbox.put_nowait(SpeechStarted(at_ms=now_ms))
        self._inbox.put_nowait(TurnEnded(started_ms=now_ms, ended_ms=now_ms + 1))
        await asyncio.sleep(2.0)

    def when(self, *kinds: type[Event]) -> list[int]:
        """When events of these kinds were told, in ms."""
        return [one.at_ms for one in self.told if isinstance(one.event, kinds)]

    async def _ticking(self) -> None:
        while True:
            self._tick.step()
            await asyncio.sleep(INTERVAL_S)

    def _heard(self, events: Sequence[Event]) -> None:
        """As a call does with what its listener tells."""
        for event in events:
            if not isinstance(event, StillSpeaking):
                self._tell(event)
            self._inbox.put_nowait(event)

    def _tell(self, event: Event) -> None:
        self.told.append(Happened(self._ear.now_ms, event))


def _prompts(opening: Speech) -> dict[tuple[str, Language], tuple[Speech, ...]]:
    """Half a second for each prompt; the opening in its own language, and nothing in the other."""
    short = np.ones(RATE_HZ // 2, "<i2").tobytes()
    spoken: dict[tuple[str, Language], tuple[Speech, ...]] = {
        (name, language): (speech_of(text, language, short),)
        for name, texts in TEXTS.items()
        for language, text in texts.items()
    }
    spoken[GREETING, opening.language] = (opening,)
    spoken[GREETING, opening.language.other] = ()
    return spoken
