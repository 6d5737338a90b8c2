"""The conversation against fakes of the ports: no audio and no engine."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from sipagent.config import HearingSettings
from sipagent.dialog.conversation import Conversation, Ending, Mind
from sipagent.dialog.deadline import Patience
from sipagent.dialog.mouth import Mouth
from sipagent.dialog.prompts import GREETING, TEXTS, Prompts
from sipagent.events import (
    DigitPressed,
    EngineFailed,
    Event,
    Held,
    Interrupted,
    ReplyBegun,
    Retrieved,
    SpeechPaused,
    SpeechStarted,
    SpeechSustained,
    TurnEnded,
    WordsPlayed,
)
from sipagent.ports import (
    Cut,
    Question,
    ReplyPart,
    Sentence,
    Speech,
    SpokenWord,
    Transcript,
    Unknown,
    Utterance,
    Wanted,
    Wish,
)
from sipagent.steps import Hangup, Talk, Transfer
from sipagent.text.language import Language

EN, AR = Language.EN, Language.AR


class Ears:
    """Hearing: the audio between two moments is those moments as text."""

    now_ms = 0

    def audio(self, start_ms: int, end_ms: int) -> bytes:
        return f"{start_ms}-{end_ms}".encode()

    def end_turn_after(self, silence_ms: int) -> None: ...

    def forget_before(self, at_ms: int) -> None: ...


class Lips:
    """Playout: says at once what it is given, or holds it back when ``slow``."""

    def __init__(self) -> None:
        self.slow = False
        self.queued: list[str] = []
        self.paused = False
        self.done = asyncio.Event()

    @property
    def busy(self) -> bool:
        return bool(self.queued) and self.slow

    async def play(self, speech: Speech) -> None:
        self.queued.append(speech.text)

    async def drained(self) -> Cut:
        if self.slow:
            await self.done.wait()
        return Cut(self._taken(), "")

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def cut(self) -> Cut:
        words = self._taken().split()
        self.paused = False
        return Cut(" ".join(words[:2]), " ".join(words[2:]))

    def _taken(self) -> str:
        text = " ".join(self.queued)
        self.queued.clear()
        return text


class Voice:
    name = "voice"
    waited_s = 0.0
    broken_at = ""
    gate: asyncio.Event | None = None

    async def speak(self, text: str, language: Language, rate_hz: int) -> AsyncIterator[Speech]:
        if self.broken_at and text == self.broken_at:
            assert self.gate is not None
            await self.gate.wait()
            raise RuntimeError("no breath")
        yield Speech(text, language, bytes(2), rate_hz, (SpokenWord(text, 0, 1),))

    async def close(self) -> None: ...


class Scribe:
    """Transcriber: gives the transcripts it was told to, one a turn."""

    name = "scribe"
    waited_s = 0.0

    def __init__(self) -> None:
        self.next: list[Transcript | Exception] = []
        self.asked: list[bytes] = []
        self.gate: asyncio.Event | None = None

    async def transcribe(self, utterance: Utterance) -> Transcript:
        self.asked.append(utterance.pcm)
        if self.gate is not None:
            await self.gate.wait()
        said = self.next.pop(0)
        if isinstance(said, Exception):
            raise said
        return said

    async def close(self) -> None: ...


class Mirror:
    """Responder: answers by a table, and keeps the questions."""

    name = "mirror"
    waited_s = 0.0

    def __init__(self) -> None:
        self.parts: dict[str, list[ReplyPart]] = {}
        self.asked: list[Question] = []

    async def respond(self, question: Question) -> AsyncIterator[ReplyPart]:
        self.asked.append(question)
        for part in self.parts.get(question.text, [Unknown()]):
            yield part

    async def close(self) -> None: ...


class Stage:
    """A conversation and everything around it."""

    def __init__(self, prompts: Prompts, **rules: float) -> None:
        self.inbox: asyncio.Queue[Event] = asyncio.Queue()
        self.lips, self.scribe, self.mirror = Lips(), Scribe(), Mirror()
        self.events: list[Event] = []
        self.voice = Voice()
        self.now_s = 0.0
        patience = Patience(1.0, lambda: self.now_s)
        mouth = Mouth(self.lips, self.voice, prompts, 8000, patience, self.events.append)
        self.conversation = Conversation(
            "demo",
            (EN, AR),
            self.inbox,
            Ears(),
            mouth,
            Mind(self.scribe, self.mirror, 1.0, 8000),
            HearingSettings(**rules),
            self.events.append,
        )

    async def run(self) -> Ending:
        async with asyncio.timeout(5):
            return await self.conversation.run(Talk(GREETING))

    def says(self, text: str, language: Language = EN) -> None:
        """The caller speaks a turn of 1 s."""
        self.scribe.next.append(Transcript(text, language, 0.9))
        self.hears(SpeechStarted(0), SpeechSustained(0), TurnEnded(0, 1000))

    def hears(self, *events: Event) -> None:
        for event in events:
            self.inbox.put_nowait(event)

    def kinds(self) -> list[str]:
        return [event.kind for event in self.events if isinstance(event, ReplyBegun)]


async def settle() -> None:
    """Let everything run that can, without time passing."""
    for _ in range(50):
        await asyncio.sleep(0)


@pytest.fixture
async def prompts() -> Prompts:
    return await Prompts.render(Voice(), 8000)


@pytest.mark.parametrize(
    ("wish", "ending", "prompt"),
    [
        (Wish.HUMAN, Transfer("caller-asked"), "transfer"),
        (Wish.GOODBYE, Hangup("goodbye"), "goodbye"),
    ],
)
async def test_a_wish_that_leads_away_is_announced_and_returned(
    prompts: Prompts, wish: Wish, ending: Ending, prompt: str
) -> None:
    stage = Stage(prompts)
    stage.mirror.parts["it"] = [Wanted(wish)]
    talk = asyncio.create_task(stage.run())
    await settle()
    stage.says("it")
    assert await talk == ending
    assert stage.kinds() == [GREETING, prompt]


async def test_the_answer_is_spoken_and_the_history_holds_what_was_heard(prompts: Prompts) -> None:
    stage = Stage(prompts)
    stage.mirror.parts = {
        "hours": [Sentence("We open at eight every day.", EN)],
        "bye": [Wanted(Wish.GOODBYE)],
    }
    talk = asyncio.create_task(stage.run())
    await settle()
    stage.lips.slow = True
    stage.says("hours")
    await settle()
    stage.says("bye")
    await settle()
    stage.lips.done.set()
    await talk
    (cut,) = [event for event in stage.events if isinstance(event, Interrupted)]
    assert (cut.heard, cut.unheard) == ("We open", "at eight every day.")
    (exchange,) = stage.mirror.asked[1].history
    assert (exchange.caller, exchange.agent) == ("hours", "We open")


async def test_repeat_says_the_last_answer_again(prompts: Prompts) -> None:
    stage = Stage(prompts)
    stage.mirror.parts = {
        "hours": [Sentence("We open at eight.", EN)],
        "again": [Wanted(Wish.REPEAT)],
        "bye": [Wanted(Wish.GOODBYE)],
    }
    talk = asyncio.create_task(stage.run())
    for text in ("again", "hours", "again", "bye"):
        await settle()
        stage.says(text)
    await settle()
    await talk
    assert stage.kinds() == [GREETING, "nothing-to-repeat", "answer", "answer", "goodbye"]


async def test_the_reply_follows_the_callers_language(prompts: Prompts) -> None:
    stage = Stage(prompts)
    stage.mirror.parts["مع السلامة"] = [Wanted(Wish.GOODBYE)]
    talk = asyncio.create_task(stage.run())
    await settle()
    stage.says("مع السلامة", AR)
    await talk
    last = [event for event in stage.events if isinstance(event, ReplyBegun)][-1]
    assert last.text == TEXTS["goodbye"][AR]


async def test_a_cough_pauses_and_resumes_and_costs_nothing(prompts: Prompts) -> None:
    stage = Stage(prompts)
    stage.lips.slow = True
    talk = asyncio.create_task(stage.run())
    await settle()
    stage.hears(SpeechStarted(0))
    await settle()
    assert stage.lips.paused
    stage.hears(TurnEnded(0, 64))
    await settle()
    assert not stage.lips.paused
    assert not stage.scribe.asked
    stage.lips.done.set()
    await settle()
    assert [event.whole for event in stage.events if isinstance(event, WordsPlayed)] == [True]
    talk.cancel()


async def test_a_caller_who_goes_on_before_the_answer_is_heard_as_one_turn(
    prompts: Prompts,
) -> None:
    stage = Stage(prompts)
    stage.mirror.parts["all of it"] = [Wanted(Wish.GOODBYE)]
    talk = asyncio.create_task(stage.run())
    await settle()
    stage.scribe.gate = asyncio.Event()
    stage.scribe.next = [Transcript("all of it", EN, 0.9)]
    stage.hears(SpeechStarted(1000), SpeechSustained(1000), TurnEnded(1000, 2000))
    await settle()
    stage.hears(SpeechStarted(2600), SpeechSustained(2600), TurnEnded(2600, 3000))
    await settle()
    stage.scribe.gate.set()
    assert await talk == Hangup("goodbye")
    assert stage.scribe.asked[-1].startswith(b"800-")


async def test_digit_zero_wants_a_human_at_once(prompts: Prompts) -> None:
    stage = Stage(prompts)
    stage.lips.slow = True
    talk = asyncio.create_task(stage.run())
    await settle()
    stage.hears(DigitPressed(digit="0"))
    await settle()
    stage.lips.done.set()
    assert await talk == Transfer("caller-keyed")


async def test_a_failed_engine_costs_an_apology_and_a_transfer(prompts: Prompts) -> None:
    stage = Stage(prompts)
    talk = asyncio.create_task(stage.run())
    await settle()
    stage.scribe.next = [RuntimeError("broken")]
    stage.hears(SpeechStarted(0), SpeechSustained(0), TurnEnded(0, 1000))
    assert await talk == Transfer("engine-failed")
    (failure,) = [event for event in stage.events if isinstance(event, EngineFailed)]
    assert failure == EngineFailed("scribe", "RuntimeError: broken")
    assert stage.kinds()[-1] == "apology"


async def test_an_engine_that_fails_while_the_agent_is_paused_does_not_end_in_silence(
    prompts: Prompts,
) -> None:
    """The first clause plays, the caller clears his throat, and the second never comes."""
    stage = Stage(prompts)
    answer = [Sentence("We open at eight every day.", EN), Sentence("fails", EN)]
    stage.mirror.parts["hours"] = list(answer)
    talk = asyncio.create_task(stage.run())
    await settle()
    stage.lips.slow = True
    stage.voice.broken_at, stage.voice.gate = "fails", asyncio.Event()
    stage.says("hours")
    await settle()
    stage.hears(SpeechStarted(2000))
    await settle()
    assert stage.lips.paused
    stage.voice.gate.set()
    await settle()
    assert not stage.lips.paused
    stage.lips.done.set()
    assert await talk == Transfer("engine-failed")
    assert stage.kinds()[-1] == "apology"


async def test_a_key_that_means_nothing_costs_nothing(prompts: Prompts) -> None:
    stage = Stage(prompts)
    stage.lips.slow = True
    talk = asyncio.create_task(stage.run())
    await settle()
    stage.hears(DigitPressed(digit="7"))
    await settle()
    stage.lips.done.set()
    await settle()
    assert [event.whole for event in stage.events if isinstance(event, WordsPlayed)] == [True]
    talk.cancel()


async def test_a_silent_caller_is_asked_again_and_then_let_go(prompts: Prompts) -> None:
    stage = Stage(prompts, silence_s=0.05, silences=1)
    assert await stage.run() == Hangup("caller-silent")
    assert stage.kinds() == [GREETING, "ask-again", "goodbye"]


async def test_a_caller_on_hold_is_not_asked_whether_he_is_there(prompts: Prompts) -> None:
    stage = Stage(prompts, silence_s=0.05, silences=1)
    talk = asyncio.create_task(stage.run())
    await settle()
    stage.hears(Held())
    await asyncio.sleep(0.2)
    assert stage.kinds() == [GREETING]
    stage.hears(Retrieved())
    assert await talk == Hangup("caller-silent")


async def test_noise_without_words_is_passed_over_and_speech_without_words_asked_again(
    prompts: Prompts,
) -> None:
    stage = Stage(prompts)
    talk = asyncio.create_task(stage.run())
    await settle()
    stage.scribe.next = [Transcript("", EN, 0.0), Transcript("", EN, 0.0)]
    stage.hears(SpeechStarted(0), TurnEnded(0, 200))
    await settle()
    assert stage.kinds() == [GREETING]
    stage.hears(SpeechStarted(0), SpeechSustained(0), TurnEnded(0, 900))
    await settle()
    assert stage.kinds() == [GREETING, "not-heard"]
    talk.cancel()


async def test_a_sound_without_words_leaves_the_next_turn_all_its_time(prompts: Prompts) -> None:
    """A cough ends no wait by a reply; the time of its turn must not run on into the next."""
    stage = Stage(prompts)
    stage.mirror.parts["hello"] = [Sentence("hi", EN)]
    talk = asyncio.create_task(stage.run())
    await settle()
    stage.scribe.next.append(Transcript("", EN, 0.1))
    stage.hears(SpeechStarted(0), SpeechSustained(0), TurnEnded(0, 200))
    await settle()
    stage.now_s += 5.0
    stage.scribe.next.append(Transcript("hello", EN, 0.9))
    stage.scribe.gate = asyncio.Event()  # recognition begins before the turn ends, and takes time
    stage.hears(SpeechStarted(6000), SpeechSustained(6000), SpeechPaused(6000, 6500))
    await settle()
    stage.scribe.gate.set()
    stage.hears(TurnEnded(6000, 6500))
    await settle()
    assert not [event for event in stage.events if isinstance(event, EngineFailed)]
    assert [event.text for event in stage.events if isinstance(event, ReplyBegun)][-1] == "hi"
    talk.cancel()
