"""A talk with the caller: listen, understand, answer, be interrupted, until there is a next step.

The asyncio shell around the cores of turn taking, barge-in and silence. Knows neither SIP nor a
tenant's dialplan; returns ``Transfer`` or ``Hangup``.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sipagent.config import HearingSettings
from sipagent.dialog.answer import OFFER, OPEN, Answers, Talking, Turn
from sipagent.dialog.bargein import BargeAction, BargeIn, BargeInMode
from sipagent.dialog.hearer import Ears, Hearer, Words
from sipagent.dialog.keyed import BETWEEN_S, FINISHED, KeyedDigits
from sipagent.dialog.mouth import Mouth
from sipagent.dialog.policy import Policy
from sipagent.dialog.prompts import GREETING
from sipagent.dialog.replies import Ending, Replies, Reply, ReplyOver
from sipagent.dialog.reply_language import ReplyLanguage
from sipagent.dialog.silence import CallerSilence, Nudge, SilenceRules
from sipagent.dialog.summing_up import Summarise, SummingUp
from sipagent.dialog.turn_end import Heard, Silences, silence_ms
from sipagent.errors import EngineError
from sipagent.events import (
    DigitPressed,
    EngineFailed,
    Event,
    Held,
    PlayoutPaused,
    PlayoutResumed,
    Retrieved,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    SpeechSustained,
    StillSpeaking,
    TurnEnded,
    WordsHeard,
)
from sipagent.ports import Analyst, Expect, Hearing, Kind, Responder, Transcript
from sipagent.steps import Hangup, Talk, Transfer
from sipagent.text.language import Language

NOISE_MS: Final = 400  # shorter sounds without words are not worth a question
HUMAN_KEY: Final = "0"


@dataclass(frozen=True, slots=True)
class Mind:
    """What a tenant's calls hear, understand and answer with."""

    ears: Ears
    responder: Responder
    analyst: Analyst
    policy: Callable[[], Policy]
    deadline_s: float
    filler_s: float
    summarise: Summarise | None = None


class Conversation:
    """One call's talk. ``inbox`` brings the caller's events in order."""

    def __init__(
        self,
        tenant: str,
        inbox: asyncio.Queue[Event],
        hearing: Hearing,
        mouth: Mouth,
        mind: Mind,
        rules: HearingSettings,
        record: Callable[[Event], None],
    ) -> None:
        languages = mind.ears.languages
        self._inbox = inbox
        self._hearing = hearing
        self._mouth = mouth
        self._patience = mouth.patience
        self._rules = rules
        self._silences = silences(rules)
        self._record = record
        speaks = ReplyLanguage(languages[0], mind.ears.hot_words, languages)
        self._talking = Talking(languages, speaks, mind.policy())
        self._answers = Answers(
            tenant,
            self._talking,
            mind.responder,
            mind.analyst,
            mouth,
            lambda: hearing.now_ms,
            mind.filler_s,
            record,
        )
        self._hearer = Hearer(mind.ears, hearing, self._patience, inbox.put_nowait)
        self._replies = Replies(inbox.put_nowait, self._fail)
        self._barge_in = BargeIn()
        self._mode = BargeInMode.SPEECH
        self._silence = CallerSilence(SilenceRules(rules.silences, rules.offer_human))
        self._keyed = KeyedDigits()
        self._summing_up = SummingUp(self._talking.history, mind.summarise, record)
        self._words: Words | None = None  # the latest of the turn that is being heard
        self._told = ""  # those of them that are on the record
        self._over: TurnEnded | None = None  # a turn has ended whose words are not known yet
        self._over_at_ms = 0
        self._turn: Turn | None = None  # the one that is being answered
        self._caller_speaking = False
        self._sound_from_ms = 0  # where the caller's present stretch of sound began
        self._held = False

    @property
    def language(self) -> Language:
        return self._talking.language

    async def run(self, talk: Talk, *, held: bool = False) -> Ending:
        """Talk until the caller wants something that the talk cannot give.

        ``held`` is whether the caller holds us as it begins.
        """
        self._held = held
        self._mode = BargeInMode(talk.barge_in)
        self._talking.closing = self._caller_speaking = False
        self._turn = None
        try:
            async with asyncio.TaskGroup() as tasks:
                self._hearer.open(tasks)
                self._replies.open(tasks)
                self._tasks = tasks
                self._forget_turn()
                self._start(self._say(talk.opening))
                ending: Ending | None = None
                while ending is None:
                    ending = self._handle(await self._next())
                self._hearer.forget()
                self._summing_up.stop()
        finally:
            self._replies.forget()
            self._hearer.forget()
        return ending

    async def _next(self) -> Event | None:
        """The next event, or None when the caller has said or keyed nothing for long."""
        busy = self._replies.running or self._over is not None
        if busy or self._caller_speaking or self._held:
            return await self._inbox.get()
        try:
            async with asyncio.timeout(BETWEEN_S if self._keyed.begun else self._rules.silence_s):
                return await self._inbox.get()
        except TimeoutError:
            return None

    def _handle(self, event: Event | None) -> Ending | None:
        """Act on one event; the ending, once there is one."""
        if isinstance(event, ReplyOver):
            return self._reply_over(event)
        if isinstance(event, SpeechStarted | TurnEnded):
            self._caller_speaking = isinstance(event, SpeechStarted)
        match event:
            case Held() | Retrieved():
                self._held = isinstance(event, Held)
            case _ if self._talking.closing:
                pass
            case None:
                self._on_silence()
            case DigitPressed():
                self._on_digit(event.digit)
            case Words() if self._hearer.wants(event):
                self._on_words(event)
            case SpeechStarted() | SpeechResumed() | SpeechSustained():
                self._on_speech(event)
            case StillSpeaking() | SpeechPaused() if self._heeds:
                self._on_progress(event)
            case TurnEnded():
                self._on_turn_ended(event)
        return None

    # ------------------------------------------------------------ the caller's voice

    @property
    def _heeds(self) -> bool:
        """Whether the caller's voice counts now: not while nothing may interrupt the agent."""
        return self._mode is BargeInMode.SPEECH or not self._mouth.speaking

    def _on_speech(self, event: SpeechStarted | SpeechResumed | SpeechSustained) -> None:
        """The caller makes a sound that may be speech, and lasts."""
        self._patience.end()
        if not self._heeds:
            return
        match event:
            case SpeechSustained():
                self._silence.spoke()
                self._take_up()
            case SpeechResumed():
                self._sound_from_ms = event.started_ms
                self._hear_from(event.started_ms)
                self._take_up()
                self._barge(self._barge_in.speech(self._mode, speaking=self._mouth.speaking))
            case SpeechStarted():
                self._sound_from_ms = event.at_ms
                if not self._goes_on:
                    self._hearer.forget()
                self._hear_from(event.at_ms)
                self._barge(self._barge_in.speech(self._mode, speaking=self._mouth.speaking))

    @property
    def _goes_on(self) -> bool:
        """Whether new speech belongs to the turn before it: nothing of an answer has sounded."""
        answering = self._turn is not None and not self._turn.sounded
        return self._over is not None or (answering and not self._mouth.speaking)

    def _hear_from(self, at_ms: int) -> None:
        if not self._hearer.hearing:
            self._words, self._told = None, ""
            self._hearer.begin(at_ms)

    def _take_up(self) -> None:
        """A caller who goes on before we answered takes the same turn up again."""
        if self._replies.running and not self._mouth.speaking:
            self._interrupt("speech")
            self._talking.history.take_back()
        self._over = None
        self._hearer.drop()

    def _on_progress(self, event: StillSpeaking | SpeechPaused) -> None:
        self._hear_from(event.started_ms)
        if isinstance(event, SpeechPaused):
            self._hearer.settle(event.ended_ms)
            return
        text = self._words.text if self._words is not None else ""
        self._barge(self._barge_in.lasting(event.at_ms - self._sound_from_ms, text))
        self._hearer.glance(event.at_ms)

    def _on_turn_ended(self, ended: TurnEnded) -> None:
        begun = self._turn is not None and not self._turn.certain.is_set()
        if not (self._hearer.hearing and self._heeds):
            return
        if self._barge_in.deciding or begun or not self._replies.running:
            self._over, self._over_at_ms = ended, self._hearing.now_ms
            self._patience.begin()
            self._hearer.settle(ended.ended_ms)
            self._end_turn()
        elif not self._goes_on:  # a sound beside the answer
            self._forget_turn()

    def _on_words(self, words: Words) -> None:
        self._words = words
        saying = self._mouth.saying
        if not words.settled:
            self._tell(words, words.agreed, final=False)
            self._barge(self._barge_in.partial(words.text, words.agreed, saying))
            return
        if isinstance(words.found, EngineError):
            self._start(self._fail(words.found))
            return
        decided = self._barge_in.settled(words.text, saying, words.found.confidence)
        self._barge(decided)
        if decided is BargeAction.RESUME:
            self._forget_turn()
            return
        heard = Heard(words.text, words.found.language, words.stable, words.finished)
        wanted_ms = silence_ms(heard, self._talking.awaited, self._silences)
        self._hearer.end_turn_after(wanted_ms, words.until_ms)
        if words.text and not self._replies.running:
            self._turn = self._talking.turn(words.found, words.until_ms)
            self._start(self._answers.answer(self._turn))
        self._end_turn()

    def _barge(self, action: BargeAction) -> None:
        match action:
            case BargeAction.PAUSE:
                self._mouth.pause()
                self._record(PlayoutPaused())
            case BargeAction.RESUME:
                self._mouth.resume()
                self._record(PlayoutResumed())
            case BargeAction.CUT:
                self._interrupt("speech")
            case BargeAction.NOTHING:
                pass

    # ------------------------------------------------------------ the caller's turn

    def _end_turn(self) -> None:
        """Where the turn is over and its words are known, nothing more is waited for."""
        ended, words = self._over, self._words
        if ended is None or words is None or not words.settled or words.until_ms != ended.ended_ms:
            return
        self._over = None
        self._tell(words, words.text, final=True)
        turn, now_ms = self._turn, self._hearing.now_ms
        if turn is not None and not turn.certain.is_set():
            turn.over(now_ms, now_ms - self._over_at_ms)
        elif not words.text:
            self._forget_turn()
            if ended.ended_ms - ended.started_ms >= NOISE_MS:
                self._start(self._say("not-heard", self._talking.expect))

    def _forget_turn(self) -> None:
        """What was heard so far was no turn."""
        self._words = self._over = None
        self._told = ""
        self._hearer.forget()

    def _tell(self, words: Words, text: str, *, final: bool) -> None:
        """Put words on the record: while the caller speaks those that are agreed on."""
        found = words.found
        if isinstance(found, EngineError) or (text == self._told and not final):
            return
        self._told = text
        self._record(
            WordsHeard(
                language=found.language,
                confidence=round(found.confidence, 3),
                final=final,
                compute_ms=words.took_ms,
                text=text,
            )
        )

    def _on_digit(self, key: str) -> None:
        expect = self._talking.awaited
        counts = expect.kind is Kind.DIGITS or key == HUMAN_KEY
        if not counts or (self._mode is BargeInMode.OFF and self._mouth.speaking):
            return
        self._silence.spoke()
        if key == FINISHED and not self._keyed.begun:
            return
        if expect.kind is not Kind.DIGITS:
            self._start(self._answers.hand_over("caller-keyed"), by="digit")
        elif (number := self._keyed.press(key, expect)) is not None:
            self._keyed_turn(number)
        else:
            self._interrupt("digit")

    def _keyed_turn(self, number: str) -> None:
        """A number that was keyed is a turn like one that was said."""
        self._interrupt("digit")
        self._forget_turn()
        self._patience.begin()
        self._turn = self._talking.turn(
            Transcript(number, self.language, 1.0), self._hearing.now_ms
        )
        self._turn.certain.set()
        self._start(self._answers.answer(self._turn))

    def _on_silence(self) -> None:
        if (number := self._keyed.take()) is not None:
            self._keyed_turn(number)
            return
        match self._silence.next():
            case Nudge.ASK_AGAIN:
                self._start(self._say("ask-again", self._talking.expect))
            case Nudge.OFFER_HUMAN:
                self._start(self._say("offer-human", OFFER))
            case Nudge.END:
                self._start(self._answers.part("goodbye", Hangup("caller-silent")))

    # ------------------------------------------------------------ replying

    def _start(self, reply: Reply, by: str = "next-reply") -> None:
        """Replace whatever reply there is by this one."""
        self._interrupt(by)
        self._replies.start(reply)

    def _interrupt(self, by: str) -> None:
        """End the reply, heard or not; what was heard of it is remembered."""
        self._barge_in.over()
        if self._replies.running:
            self._replies.cancel()
            self._turn = None
            cut = self._mouth.stop(by)
            self._talking.history.agent(cut.heard, cut.unheard)

    def _reply_over(self, over: ReplyOver) -> Ending | None:
        if not self._replies.ended(over):
            return None
        self._turn = None
        self._barge_in.over()
        self._patience.end()
        if not self._caller_speaking:
            self._hearer.forget()
        self._summing_up.look(self._tasks)
        return over.ending

    async def _fail(self, error: EngineError) -> Ending:
        """Apologise at once, paused or not, and hand the caller to a human."""
        self._record(EngineFailed(engine=error.engine, detail=error.detail))
        self._forget_turn()
        self._talking.closing = True
        cut = self._mouth.stop("engine-failed")
        self._talking.history.agent(cut.heard, cut.unheard)
        return await self._answers.part("apology", Transfer("engine-failed"))

    async def _say(self, name: str, expect: Expect = OPEN) -> None:
        """Say a prompt: the greeting in every language, the others in the caller's."""
        if expect != self._talking.expect:
            self._talking.asks(expect)
        languages = self._talking.languages if name == GREETING else [self.language]
        await self._mouth.prompt(name, languages)
        cut = await self._mouth.finish()
        self._talking.history.agent(cut.heard, "")


def silences(rules: HearingSettings) -> Silences:
    return Silences(
        rules.least_silence_ms,
        rules.end_silence_ms,
        rules.most_silence_ms,
        rules.digits_silence_ms,
    )
