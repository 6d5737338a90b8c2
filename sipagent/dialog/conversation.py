"""A talk with the caller: listen, understand, answer, be interrupted, until there is a next step.

The asyncio shell around the cores ``EndOfTurn`` and ``BargeIn``. Knows neither SIP nor a
tenant's dialplan; returns ``Transfer`` or ``Hangup``.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Final

from sipagent.config import HearingSettings
from sipagent.dialog.bargein import BargeAction, BargeIn
from sipagent.dialog.deadline import each_within, within
from sipagent.dialog.mouth import Mouth
from sipagent.dialog.prompts import GREETING
from sipagent.errors import EngineError
from sipagent.events import (
    DigitPressed,
    EngineFailed,
    Event,
    Held,
    NothingKnown,
    PlayoutPaused,
    PlayoutResumed,
    Retrieved,
    SpeechPaused,
    SpeechStarted,
    SpeechSustained,
    TurnEnded,
    WishHeard,
    WordsHeard,
)
from sipagent.ports import (
    Exchange,
    Hearing,
    Question,
    Responder,
    Sentence,
    Transcriber,
    Transcript,
    Unknown,
    Utterance,
    Wanted,
    Wish,
)
from sipagent.steps import Hangup, Talk, Transfer
from sipagent.text.language import Language

BEFORE_MS: Final = 200  # audio before the VAD's first window: soft first sounds
AFTER_MS: Final = 96
NOISE_MS: Final = 400  # shorter sounds without words are not worth a question
HISTORY: Final = 10
HUMAN_KEY: Final = "0"

Ending = Transfer | Hangup


@dataclass(frozen=True, slots=True)
class _ReplyOver(Event):
    """Reply ``number`` came to its end; ``ending`` is what it led to. Never recorded."""

    number: int
    ending: Ending | None


@dataclass(frozen=True, slots=True)
class _Recognition:
    """Words on their way, for the speech that ended at ``ended_ms``."""

    ended_ms: int
    words: "asyncio.Task[Transcript | EngineError]"


@dataclass(frozen=True, slots=True)
class Mind:
    """The engines that understand, and how long each may take."""

    transcriber: Transcriber
    responder: Responder
    deadline_s: float
    rate_hz: int


class Conversation:
    """One call's talk. ``inbox`` brings the caller's events in order."""

    def __init__(
        self,
        tenant: str,
        languages: tuple[Language, ...],
        inbox: asyncio.Queue[Event],
        hearing: Hearing,
        mouth: Mouth,
        mind: Mind,
        rules: HearingSettings,
        record: Callable[[Event], None],
    ) -> None:
        self._tenant = tenant
        self._languages = languages
        self.language = languages[0]
        self._inbox = inbox
        self._hearing = hearing
        self._mouth = mouth
        self._patience = mouth.patience
        self._mind = mind
        self._rules = rules
        self._record = record
        self._barge_in = BargeIn()
        self._history: list[Exchange] = []
        self._said: list[Sentence] = []  # the last answer, to be repeated
        self._caller_said = ""
        self._silences = 0
        self._turn_from_ms: int | None = None  # a turn that the caller took up again
        self._recognition: _Recognition | None = None
        self._reply: asyncio.Task[None] | None = None
        self._reply_number = 0
        self._caller_speaking = False
        self._held = False
        self._closing = False

    async def run(self, talk: Talk, *, held: bool = False) -> Ending:
        """Talk until the caller wants something that the talk cannot give.

        ``held`` is whether the caller holds us as it begins.
        """
        self._held = held
        self._closing = self._caller_speaking = False
        self._turn_from_ms = None
        try:
            async with asyncio.TaskGroup() as self._tasks:
                self._start(self._prompt(talk.opening))
                ending: Ending | None = None
                while ending is None:
                    ending = self._handle(await self._next())
                self._forget_recognition()
        finally:  # a task that was cancelled holds us by its error: let it go
            self._reply = self._recognition = None
        return ending

    async def _next(self) -> Event | None:
        """The next event, or None when the caller has said nothing for long."""
        if self._reply is not None or self._caller_speaking or self._held:
            return await self._inbox.get()
        try:
            async with asyncio.timeout(self._rules.silence_s):
                return await self._inbox.get()
        except TimeoutError:
            return None

    def _handle(self, event: Event | None) -> Ending | None:
        """Act on one event; the ending, once there is one."""
        if event is None:
            self._on_silence()
            return None
        if isinstance(event, _ReplyOver):
            if event.number != self._reply_number:
                return None  # a reply that was cut while this was on its way
            self._reply = None
            self._patience.end()
            return event.ending
        if isinstance(event, SpeechStarted | TurnEnded):
            self._caller_speaking = isinstance(event, SpeechStarted)
            self._patience.end()
        if isinstance(event, Held | Retrieved):
            self._held = isinstance(event, Held)
        if self._closing or (isinstance(event, DigitPressed) and event.digit != HUMAN_KEY):
            return None
        cough = self._barge(event)
        match event:
            case SpeechSustained():
                self._on_speech()
            case SpeechPaused() if not self._mouth.speaking:
                self._recognise(event.started_ms, event.ended_ms)
            case TurnEnded() if not cough:
                self._on_turn(event)
            case DigitPressed():
                self._start(self._hand_over("caller-keyed"))
        return None

    # ------------------------------------------------------------ the caller's voice

    def _barge(self, event: Event) -> bool:
        """Pause, cut or resume the agent. True where the sound was no turn."""
        match self._barge_in.judge(event, speaking=self._mouth.speaking):
            case BargeAction.PAUSE:
                self._mouth.pause()
                self._record(PlayoutPaused())
            case BargeAction.CUT:
                self._interrupt("digit" if isinstance(event, DigitPressed) else "speech")
            case BargeAction.RESUME:
                self._mouth.resume()
                self._record(PlayoutResumed())
                return True
            case BargeAction.NOTHING:
                pass
        return False

    def _on_speech(self) -> None:
        """A caller who goes on before we answered takes the same turn up again."""
        self._silences = 0
        if self._reply is not None:
            self._interrupt("speech")

    def _on_turn(self, turn: TurnEnded) -> None:
        self._patience.begin()
        self._recognise(turn.started_ms, turn.ended_ms)
        if self._turn_from_ms is None:
            self._turn_from_ms = turn.started_ms
        self._start(self._answer(turn))

    def _on_silence(self) -> None:
        self._silences += 1
        if self._silences > self._rules.silences:
            self._start(self._part("goodbye", "caller-silent"))
        else:
            self._start(self._prompt("ask-again"))

    # ------------------------------------------------------------ understanding

    def _recognise(self, started_ms: int, ended_ms: int) -> None:
        """Begin to recognise, unless this very speech is being recognised."""
        if self._recognition is not None:
            if self._recognition.ended_ms == ended_ms:
                return
            self._forget_recognition()
        first_ms = started_ms if self._turn_from_ms is None else self._turn_from_ms
        pcm = self._hearing.audio(first_ms - BEFORE_MS, ended_ms + AFTER_MS)
        words = self._tasks.create_task(self._transcribe(pcm), name="recognise")
        self._recognition = _Recognition(ended_ms, words)

    def _forget_recognition(self) -> None:
        if self._recognition is not None:
            self._recognition.words.cancel()
            self._recognition = None

    async def _transcribe(self, pcm: bytes) -> Transcript | EngineError:
        mind = self._mind
        began = time.monotonic()
        words = mind.transcriber.transcribe(Utterance(pcm, mind.rate_hz, self._languages))
        try:
            transcript = await within(self._patience, mind.transcriber.name, words)
        except EngineError as error:
            return error
        self._compute_ms = round(1000 * (time.monotonic() - began))
        return transcript

    async def _answer(self, turn: TurnEnded) -> Ending | None:
        """Understand the turn and reply to it."""
        assert self._recognition is not None
        recogniser = self._mind.transcriber.name
        transcript = await within(self._patience, recogniser, self._recognition.words)
        self._recognition = None
        if isinstance(transcript, EngineError):
            raise transcript
        self._record(
            WordsHeard(
                language=transcript.language,
                confidence=round(transcript.confidence, 3),
                final=True,
                compute_ms=self._compute_ms,
                text=transcript.text,
            )
        )
        self._turn_from_ms = None
        if not transcript.text:
            if turn.ended_ms - turn.started_ms >= NOISE_MS:
                await self._prompt("not-heard")
            return None
        self.language = transcript.language
        self._caller_said = transcript.text
        return await self._respond(transcript.text)

    async def _respond(self, text: str) -> Ending | None:
        mind = self._mind
        question = Question(self._tenant, text, self.language, tuple(self._history[-HISTORY:]))
        parts = mind.responder.respond(question)
        said: list[Sentence] = []
        async for part in each_within(self._patience, mind.responder.name, parts):
            match part:
                case Sentence():
                    said.append(part)
                    self._said = said
                    await self._mouth.sentence(part)
                case Wanted(wish=wish):
                    self._record(WishHeard(wish=wish))
                    return await self._grant(wish)
                case Unknown():
                    self._record(NothingKnown())
                    await self._prompt("unknown")
                    return None
        self._remember(await self._mouth.finish())
        return None

    async def _grant(self, wish: Wish) -> Ending | None:
        match wish:
            case Wish.HUMAN:
                return await self._hand_over("caller-asked")
            case Wish.GOODBYE:
                return await self._part("goodbye", "goodbye")
            case Wish.OTHER_LANGUAGE:
                if self.language.other in self._languages:
                    self.language = self.language.other
                await self._prompt("language")
            case Wish.REPEAT if not self._said:
                await self._prompt("nothing-to-repeat")
            case Wish.REPEAT:
                for sentence in self._said:
                    await self._mouth.sentence(sentence)
                self._remember(await self._mouth.finish())
        return None

    # ------------------------------------------------------------ replying

    def _start(self, reply: Coroutine[object, object, Ending | None]) -> None:
        """Replace whatever reply there is by this one."""
        self._interrupt("next-reply")
        self._reply_number += 1
        self._reply = self._tasks.create_task(
            self._carry_out(self._reply_number, reply), name="reply"
        )

    def _interrupt(self, by: str) -> None:
        """End the reply, heard or not; what was heard of it is remembered."""
        if self._reply is not None:
            self._reply.cancel()
            self._reply = None
            self._reply_number += 1
            self._remember(self._mouth.stop(by))

    async def _carry_out(
        self, number: int, reply: Coroutine[object, object, Ending | None]
    ) -> None:
        """Run a reply to its end. A failed engine costs an apology, never silence."""
        try:
            ending = await reply
        except EngineError as error:
            self._record(EngineFailed(engine=error.engine, detail=error.detail))
            self._turn_from_ms = self._recognition = None
            self._closing = True
            self._remember(self._mouth.stop("engine-failed"))  # at once, paused or not
            await self._mouth.prompt("apology", [self.language])
            await self._mouth.finish()
            ending = Transfer("engine-failed")
        self._inbox.put_nowait(_ReplyOver(number, ending))

    async def _prompt(self, name: str) -> Ending | None:
        """Say a prompt: the greeting in every language, the others in the caller's."""
        await self._mouth.prompt(name, self._languages if name == GREETING else [self.language])
        self._remember(await self._mouth.finish())
        return None

    async def _hand_over(self, reason: str) -> Ending:
        self._closing = True
        await self._prompt("transfer")
        return Transfer(reason)

    async def _part(self, prompt: str, reason: str) -> Ending:
        self._closing = True
        await self._prompt(prompt)
        return Hangup(reason)

    def _remember(self, heard: str) -> None:
        """The history holds what the caller heard, and nothing that was cut (D7)."""
        if self._caller_said:
            self._history.append(Exchange(self._caller_said, heard))
            self._caller_said = ""
