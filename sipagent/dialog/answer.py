"""One turn's answer: judged, thought, voiced, and begun before the turn is certain to be over.

Until it is certain, nothing sounds, nothing is recorded and no tool changes anything; a caller
who goes on costs only what was computed. Knows neither how a turn is heard nor when it ends.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from copy import copy
from dataclasses import dataclass, field
from typing import Final

from sipagent.dialog.ahead import ahead
from sipagent.dialog.deadline import each_within, within
from sipagent.dialog.dictation import Dictation
from sipagent.dialog.history import History
from sipagent.dialog.mouth import Mouth, Voiced
from sipagent.dialog.policy import Heard, Policy, Verdict, VerdictKind
from sipagent.dialog.replies import Ending
from sipagent.dialog.reply_language import ReplyLanguage
from sipagent.events import (
    Event,
    Judged,
    NothingKnown,
    ToolRan,
    TurnTimed,
    TurnUnderstood,
    WishHeard,
)
from sipagent.ports import (
    Analyst,
    Asked,
    Expect,
    Intent,
    Kind,
    Question,
    ReplyPart,
    Responder,
    Sentence,
    ToolUsed,
    Transcript,
    Understanding,
    Unknown,
    Wanted,
    Wish,
)
from sipagent.steps import Hangup, Transfer
from sipagent.text.backchannels import is_backchannel, says_stop
from sipagent.text.language import Language
from sipagent.text.spoken_digits import digits_in
from sipagent.text.yes_no import yes_or_no

OPEN: Final = Expect()
STOP_WORDS: Final = 4  # more than "wait a moment please" is a turn like any other
OFFER: Final = Expect(Kind.YES_NO, name="offer-human")
MORE: Final = "more"  # digits of a number are missing


@dataclass(slots=True)
class Turn:
    """A turn of the caller that is being answered. ``certain`` is set once it has ended.

    ``speaks``, ``policy`` and ``number`` are what the talk comes to by this turn, if it is one.
    """

    transcript: Transcript
    ended_ms: int
    speaks: ReplyLanguage
    policy: Policy
    number: Dictation
    certain: asyncio.Event = field(default_factory=asyncio.Event)
    begun: float = field(default_factory=time.monotonic)
    silence_ms: int = 0
    words_ms: int = 0
    thinking_ms: int = 0
    voice_ms: int = 0
    sounded: bool = False

    @property
    def language(self) -> Language:
        return self.speaks.language

    def over(self, now_ms: int, words_ms: int) -> None:
        """The caller has finished; the words were waited for so long after that."""
        self.silence_ms = now_ms - self.ended_ms - words_ms
        self.words_ms = words_ms
        self.certain.set()


@dataclass(slots=True)
class Talking:
    """What one call's talk has come to."""

    languages: tuple[Language, ...]
    speaks: ReplyLanguage
    policy: Policy
    number: Dictation = field(default_factory=Dictation)
    history: History = field(default_factory=History)
    expect: Expect = OPEN
    said: tuple[Sentence, ...] = ()  # the last answer, to be repeated
    closing: bool = False  # what is being said is the last

    @property
    def language(self) -> Language:
        return self.speaks.language

    @property
    def awaited(self) -> Expect:
        """What is still to come of what the agent asked for."""
        return self.number.awaited(self.expect)

    def asks(self, expect: Expect) -> None:
        """The agent's last words ask for this."""
        self.expect, self.number = expect, Dictation()

    def turn(self, transcript: Transcript, ended_ms: int) -> Turn:
        """What the caller has just said, as a turn that may still go on."""
        parts = copy(self.speaks), copy(self.policy), copy(self.number)
        turn = Turn(transcript, ended_ms, *parts)
        turn.speaks.hear(transcript.text, transcript.language, transcript.confidence)
        return turn


class Answers:
    """Answers the turns of one call."""

    def __init__(
        self,
        tenant: str,
        talking: Talking,
        responder: Responder,
        analyst: Analyst,
        mouth: Mouth,
        now_ms: Callable[[], int],
        filler_s: float,
        record: Callable[[Event], None],
    ) -> None:
        self._tenant = tenant
        self._talking = talking
        self._responder = responder
        self._analyst = analyst
        self._mouth = mouth
        self._now_ms = now_ms
        self._filler_s = filler_s
        self._record = record

    async def answer(self, turn: Turn) -> Ending | None:
        """Understand the turn and reply to it. Raises ``EngineError``."""
        filling = asyncio.create_task(self._fill(turn), name="filler")
        try:
            return await self._reply(turn)
        finally:
            filling.cancel()

    async def prompt(self, name: str) -> None:
        """Say a prompt in the caller's language, whole."""
        await self._mouth.prompt(name, [self._talking.language])
        await self._finish()

    async def part(self, prompt: str, ending: Ending) -> Ending:
        """Say a prompt that nothing interrupts, and end so."""
        self._talking.closing = True
        await self.prompt(prompt)
        return ending

    async def hand_over(self, reason: str) -> Ending:
        return await self.part("transfer", Transfer(reason))

    async def _reply(self, turn: Turn) -> Ending | None:
        """Think of a reply while it is judged whether there may be one."""
        number = self._number(turn)
        thinking = self._responder.respond(self._question(turn, number))
        async with ahead(thinking) as parts:
            found = await self._understood(turn.transcript)
            verdict = turn.policy.judge(
                Heard(turn.transcript.text, turn.transcript.confidence, found)
            )
            if verdict.kind is VerdictKind.GO_ON and not self._ours(turn, number):
                return await self._speak(turn, found, parts)
        await self._accept(turn, found)
        if verdict.kind is not VerdictKind.GO_ON:
            self._record(Judged(verdict=verdict.kind, reason=verdict.reason))
            return await self._obey(verdict)
        if number == MORE:
            await self.prompt("more-digits")
        elif self._talking.expect == OFFER:
            return await self.hand_over("caller-accepted")
        return None

    async def _understood(self, said: Transcript) -> Understanding:
        understanding = self._analyst.analyse(said.text, said.language)
        return await within(self._mouth.patience, self._analyst.name, understanding)

    def _number(self, turn: Turn) -> str | None:
        """The number that was asked for, with what this turn adds; MORE where digits are missing,
        None where the turn is about no number.
        """
        text, expect = turn.transcript.text, self._talking.expect
        if expect.kind is not Kind.DIGITS or not digits_in(text):
            return None
        return turn.number.add(text, expect) or MORE

    def _ours(self, turn: Turn, number: str | None) -> bool:
        """Whether the turn is for the talk itself: half a number, an offer taken up, or a mere
        "okay" that answers nothing.
        """
        text, expect = turn.transcript.text, self._talking.expect
        if expect == OFFER:
            return yes_or_no(text) is True
        if says_stop(text) and len(text.split()) <= STOP_WORDS:
            return True
        return number == MORE or (expect.kind is Kind.OPEN and is_backchannel(text))

    async def _obey(self, verdict: Verdict) -> Ending | None:
        match verdict.kind:
            case VerdictKind.EMERGENCY:
                return await self.part("emergency", Transfer("emergency"))
            case VerdictKind.HUMAN:
                return await self.hand_over(verdict.reason)
            case VerdictKind.OUT_OF_SCOPE:
                await self.prompt("out-of-scope")
            case VerdictKind.ASK_AGAIN:
                await self.prompt("not-understood")
            case VerdictKind.GO_ON:
                pass
        return None

    async def _accept(self, turn: Turn, found: Understanding) -> None:
        """From here on the turn has happened: it stands in the record and in the history."""
        await turn.certain.wait()
        talking = self._talking
        talking.speaks, talking.policy, talking.number = turn.speaks, turn.policy, turn.number
        self._record(
            TurnUnderstood(
                intent=found.intent,
                sentiment=round(found.sentiment, 2),
                language=found.language,
                confidence=round(found.confidence, 2),
                by=self._analyst.name,
            )
        )
        talking.history.caller(turn.transcript.text)

    async def _speak(
        self, turn: Turn, found: Understanding, parts: AsyncIterator[ReplyPart]
    ) -> Ending | None:
        """Say the reply as it comes; the first of it waits until the turn is certain."""
        talking, accepted = self._talking, False
        expect, said = OPEN, list[Sentence]()
        async for part in each_within(self._mouth.patience, self._responder.name, parts):
            turn.thinking_ms = turn.thinking_ms or _since_ms(turn.begun)
            voiced = await self._voiced(turn, part) if isinstance(part, Sentence) else None
            if not accepted:
                await self._accept(turn, found)
                talking.asks(OPEN)
                accepted = True
            match part:
                case Sentence():
                    assert voiced is not None
                    said.append(part)
                    talking.said = tuple(said)
                    self._sounds(turn)
                    await self._mouth.speak(voiced)
                case Wanted(wish=wish):
                    self._record(WishHeard(wish=wish))
                    return await self._grant(wish)
                case Unknown():
                    return await self._unknown(found)
                case Asked(expect=expect):
                    pass
                case ToolUsed():
                    self._record(ToolRan(part.tool, part.outcome, part.took_ms))
        talking.asks(expect)
        if said:
            talking.policy.answered()
        await self._finish()
        return None

    async def _voiced(self, turn: Turn, sentence: Sentence) -> Voiced:
        began = time.monotonic()
        voiced = await self._mouth.voiced(sentence)
        turn.voice_ms = turn.voice_ms or _since_ms(began)
        return voiced

    def _sounds(self, turn: Turn) -> None:
        """The answer begins to sound: tell once what it was waited for."""
        if turn.sounded:
            return
        turn.sounded = True
        self._record(
            TurnTimed(
                silence_ms=turn.silence_ms,
                words_ms=turn.words_ms,
                thinking_ms=turn.thinking_ms,
                voice_ms=turn.voice_ms,
                total_ms=self._now_ms() - turn.ended_ms,
            )
        )

    async def _fill(self, turn: Turn) -> None:
        """A caller who waits long for an answer hears that it is on its way, once a turn."""
        await turn.certain.wait()
        await asyncio.sleep(self._filler_s)
        if not turn.sounded and not self._mouth.speaking:
            await self._mouth.prompt("filler", [self._talking.language])

    def _question(self, turn: Turn, number: str | None) -> Question:
        talking = self._talking
        return Question(
            tenant=self._tenant,
            text=number or turn.transcript.text,
            language=turn.language,
            history=talking.history.recent,
            summary=talking.history.summary,
            asked=talking.expect,
            certain=turn.certain,
        )

    async def _unknown(self, found: Understanding) -> Ending | None:
        if found.intent is Intent.SOCIAL:
            await self.prompt("anything-else")
            return None
        self._record(NothingKnown())
        verdict = self._talking.policy.unknown()
        if verdict.kind is VerdictKind.HUMAN:
            self._record(Judged(verdict=verdict.kind, reason=verdict.reason))
            return await self.hand_over(verdict.reason)
        await self.prompt("unknown")
        return None

    async def _grant(self, wish: Wish) -> Ending | None:
        talking = self._talking
        match wish:
            case Wish.HUMAN:
                return await self.hand_over("caller-asked")
            case Wish.GOODBYE:
                return await self.part("goodbye", Hangup("goodbye"))
            case Wish.OTHER_LANGUAGE:
                asked = talking.speaks.asked  # by its name: then the reply follows it already
                if not asked and talking.language.other in talking.languages:
                    talking.speaks.switch(talking.language.other)
                await self.prompt("language")
            case Wish.REPEAT if not talking.said:
                await self.prompt("nothing-to-repeat")
            case Wish.REPEAT:
                for sentence in talking.said:
                    await self._mouth.speak(await self._mouth.voiced(sentence))
                await self._finish()
        return None

    async def _finish(self) -> None:
        """Wait until all has been played; the history holds what the caller heard (D7)."""
        cut = await self._mouth.finish()
        self._talking.history.agent(cut.heard, "")


def _since_ms(began: float) -> int:
    return max(1, round(1000 * (time.monotonic() - began)))
