"""The conversation against fakes of the ports: no audio and no engine."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import pytest

from sipagent.config import HearingSettings
from sipagent.dialog import hearer
from sipagent.dialog.conversation import Conversation, Mind
from sipagent.dialog.deadline import Patience
from sipagent.dialog.mouth import Mouth
from sipagent.dialog.policy import Policy
from sipagent.dialog.prompts import GREETING, TEXTS, Prompts
from sipagent.dialog.replies import Ending
from sipagent.events import (
    DigitPressed,
    EngineFailed,
    Event,
    Held,
    Interrupted,
    ReplyBegun,
    Retrieved,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    SpeechSustained,
    StillSpeaking,
    TurnEnded,
    TurnTimed,
    WishHeard,
    WordsPlayed,
)
from sipagent.ports import (
    Asked,
    Cut,
    Expect,
    Intent,
    Kind,
    Question,
    ReplyPart,
    Sentence,
    Speech,
    SpokenWord,
    Transcript,
    Understanding,
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

    def __init__(self) -> None:
        self.ends: list[tuple[int, int]] = []  # silence, and since when
        self.kept_from: int | None = None

    def audio(self, start_ms: int, end_ms: int) -> bytes:
        return f"{start_ms}-{end_ms}".encode()

    def end_turn_after(self, silence_ms: int, ended_ms: int) -> None:
        self.ends.append((silence_ms, ended_ms))

    def keep_from(self, at_ms: int | None) -> None:
        self.kept_from = at_ms


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

    @property
    def left_ms(self) -> int:
        return 5000 if self.busy else 0

    @property
    def recent(self) -> str:
        return " ".join(self.queued)

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


class Calm:
    """Analyst: every turn is a calm question."""

    name = "calm"
    waited_s = 0.0

    async def analyse(self, text: str, language: Language) -> Understanding:
        return Understanding(Intent.QUESTION, 0.0, language, 0.9)

    async def close(self) -> None: ...


class Mirror:
    """Responder: answers by a table, and keeps the questions."""

    name = "mirror"
    waited_s = 0.0

    def __init__(self) -> None:
        self.parts: dict[str, list[ReplyPart]] = {}
        self.asked: list[Question] = []
        self.open = 0  # replies that nobody has closed yet
        self.gate: asyncio.Event | None = None

    async def respond(self, question: Question) -> AsyncGenerator[ReplyPart, None]:
        self.asked.append(question)
        self.open += 1
        try:
            for part in self.parts.get(question.text, [Unknown()]):
                if self.gate is not None:
                    await self.gate.wait()
                yield part
        finally:
            self.open -= 1

    async def close(self) -> None: ...


class Stage:
    """A conversation and everything around it."""

    def __init__(self, prompts: Prompts, **rules: Any) -> None:
        self.inbox: asyncio.Queue[Event] = asyncio.Queue()
        self.lips, self.scribe, self.mirror = Lips(), Scribe(), Mirror()
        self.events: list[Event] = []
        self.voice = Voice()
        self.now_s = 0.0
        patience = Patience(1.0, lambda: self.now_s)
        mouth = Mouth(self.lips, self.voice, prompts, 8000, patience, self.events.append)
        self.ears = Ears()
        mind = Mind(
            hearer.Ears(self.scribe, None, 8000, (EN, AR)), self.mirror, Calm(), Policy, 1.0, 0.2
        )
        self.conversation = Conversation(
            "demo",
            self.inbox,
            self.ears,
            mouth,
            mind,
            HearingSettings(**rules),
            self.events.append,
        )

    async def run(self) -> Ending:
        async with asyncio.timeout(5):
            return await self.conversation.run(Talk(GREETING))

    def says(self, text: str, language: Language = EN) -> None:
        """The caller speaks a turn of 1 s."""
        self.speaks(text, language)
        self.hears(TurnEnded(0, 1000))

    def speaks(self, text: str, language: Language = EN) -> None:
        """The caller says this, and pauses; the turn may go on."""
        self.scribe.next.append(Transcript(text, language, 0.9))
        self.hears(SpeechStarted(0), SpeechSustained(0), SpeechPaused(0, 1000))

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
    stage.scribe.next.append(Transcript("", EN, 0.0))
    stage.hears(TurnEnded(0, 64))
    await settle()
    assert not stage.lips.paused
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
    assert stage.kinds() == [GREETING, "ask-again", "offer-human", "goodbye"]


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


# ------------------------------------------------------------ what may still go on


async def test_an_answer_is_prepared_before_the_turn_is_over_and_sounds_only_then(
    prompts: Prompts,
) -> None:
    stage = Stage(prompts)
    stage.mirror.parts["hours"] = [Sentence("We open at eight.", EN)]
    talk = asyncio.create_task(stage.run())
    await settle()
    stage.speaks("hours")
    await settle()
    assert [one.text for one in stage.mirror.asked] == ["hours"]
    assert stage.kinds() == [GREETING]
    stage.hears(TurnEnded(0, 1000))
    await settle()
    assert stage.kinds() == [GREETING, "answer"]
    talk.cancel()


async def test_an_answer_to_a_turn_that_goes_on_is_thrown_away_at_no_harm(
    prompts: Prompts,
) -> None:
    stage = Stage(prompts)
    stage.mirror.parts = {
        "i want to pay": [Wanted(Wish.HUMAN)],
        "i want to pay my bill": [Sentence("In the app.", EN), Sentence("Or here.", EN)],
        "bye": [Wanted(Wish.GOODBYE)],
    }
    talk = asyncio.create_task(stage.run())
    await settle()
    stage.speaks("i want to pay")
    await settle()
    assert stage.mirror.open == 1
    stage.scribe.next.append(Transcript("i want to pay my bill", EN, 0.9))
    stage.hears(SpeechResumed(1300))
    await settle()
    assert stage.mirror.open == 0
    stage.hears(SpeechPaused(0, 2000), TurnEnded(0, 2000))
    await settle()
    stage.says("bye")
    await talk
    assert not [event for event in stage.events if isinstance(event, WishHeard)][:-1]
    assert [one.caller for one in stage.mirror.asked[-1].history] == ["i want to pay my bill"]


async def test_nothing_may_be_changed_for_a_turn_until_it_is_certain(prompts: Prompts) -> None:
    stage = Stage(prompts)
    talk = asyncio.create_task(stage.run())
    await settle()
    stage.speaks("hours")
    await settle()
    certain = stage.mirror.asked[0].certain
    assert certain is not None
    assert not certain.is_set()
    stage.hears(TurnEnded(0, 1000))
    await settle()
    assert certain.is_set()
    talk.cancel()


async def test_a_complete_turn_is_ended_sooner_and_one_that_breaks_off_later(
    prompts: Prompts,
) -> None:
    stage = Stage(prompts)
    talk = asyncio.create_task(stage.run())
    await settle()
    stage.speaks("what are your opening hours on friday")
    await settle()
    stage.scribe.next.append(Transcript("what are your opening hours on friday and the", EN, 0.9))
    stage.hears(SpeechResumed(1300), SpeechPaused(0, 1800))
    await settle()
    (complete_ms, _), (broken_off_ms, since_ms) = stage.ears.ends
    assert complete_ms < 448 < broken_off_ms
    assert since_ms == 1800
    talk.cancel()


# ------------------------------------------------------------ barge-in


async def test_a_backchannel_over_the_agent_resumes_it_and_is_no_turn(prompts: Prompts) -> None:
    stage = Stage(prompts)
    stage.lips.slow = True
    talk = asyncio.create_task(stage.run())
    await settle()
    stage.says("okay")
    await settle()
    assert not stage.lips.paused
    assert stage.lips.queued
    assert not stage.mirror.asked
    assert stage.ears.kept_from is None
    talk.cancel()


async def test_words_over_the_agent_stop_it_and_are_answered(prompts: Prompts) -> None:
    stage = Stage(prompts)
    stage.mirror.parts["what about monday"] = [Sentence("On Monday from eight.", EN)]
    stage.lips.slow = True
    talk = asyncio.create_task(stage.run())
    await settle()
    stage.says("what about monday")
    await settle()
    assert stage.kinds() == [GREETING, "answer"]
    assert [event.by for event in stage.events if isinstance(event, Interrupted)] == ["speech"]
    talk.cancel()


async def test_a_word_that_says_stop_stops_while_it_is_spoken(prompts: Prompts) -> None:
    stage = Stage(prompts)
    stage.lips.slow = True
    talk = asyncio.create_task(stage.run())
    await settle()
    stage.scribe.next.append(Transcript("wait", EN, 0.9))
    stage.hears(SpeechStarted(0), SpeechSustained(0), StillSpeaking(0, 256))
    await settle()
    assert [event.by for event in stage.events if isinstance(event, Interrupted)] == ["speech"]
    talk.cancel()


@pytest.mark.parametrize("mode", ["off", "digits"])
async def test_where_speech_may_not_interrupt_the_agent_is_not_even_paused(
    prompts: Prompts, mode: str
) -> None:
    stage = Stage(prompts)
    stage.lips.slow = True
    talk = asyncio.create_task(stage.conversation.run(Talk(GREETING, mode)))
    await settle()
    stage.hears(SpeechStarted(0), SpeechSustained(0), TurnEnded(0, 1000))
    await settle()
    assert not stage.lips.paused
    assert not stage.scribe.asked
    stage.hears(DigitPressed(digit="0"))
    await settle()
    keyed = [event.by for event in stage.events if isinstance(event, Interrupted)]
    assert keyed == ([] if mode == "off" else ["digit"])
    talk.cancel()


async def test_the_model_is_told_what_was_cut_off(prompts: Prompts) -> None:
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
    (exchange,) = stage.mirror.asked[-1].history
    assert exchange.unheard == "at eight every day."


# ------------------------------------------------------------ waiting


async def test_a_late_answer_is_announced_once(prompts: Prompts) -> None:
    stage = Stage(prompts)
    stage.mirror.parts["hours"] = [Sentence("We open at eight.", EN)]
    stage.mirror.gate = asyncio.Event()
    talk = asyncio.create_task(stage.run())
    await settle()
    stage.says("hours")
    await asyncio.sleep(0.5)
    stage.mirror.gate.set()
    await settle()
    assert stage.kinds() == [GREETING, "filler", "answer"]
    talk.cancel()


async def test_the_milliseconds_of_a_wait_are_told_by_stage(prompts: Prompts) -> None:
    stage = Stage(prompts)
    stage.mirror.parts["hours"] = [Sentence("We open at eight.", EN)]
    talk = asyncio.create_task(stage.run())
    await settle()
    stage.speaks("hours")
    await settle()
    stage.ears.now_ms = 1260
    stage.hears(TurnEnded(0, 1000))
    await settle()
    (timed,) = [event for event in stage.events if isinstance(event, TurnTimed)]
    assert (timed.silence_ms, timed.words_ms, timed.total_ms) == (260, 0, 260)
    talk.cancel()


# ------------------------------------------------------------ numbers, offers


async def test_a_number_that_was_asked_for_may_be_keyed(prompts: Prompts) -> None:
    stage = Stage(prompts)
    asked = Expect(Kind.DIGITS, 4, 4, "account")
    stage.mirror.parts = {
        "balance": [Sentence("Your number please.", EN), Asked(asked)],
        "2048": [Wanted(Wish.GOODBYE)],
    }
    talk = asyncio.create_task(stage.run())
    await settle()
    stage.says("balance")
    await settle()
    stage.hears(*(DigitPressed(digit=digit) for digit in "2048"))
    assert await talk == Hangup("goodbye")
    assert stage.mirror.asked[-1].asked == asked


async def test_a_silent_caller_who_accepts_the_offer_is_handed_over(prompts: Prompts) -> None:
    stage = Stage(prompts, silence_s=0.05, silences=1)
    talk = asyncio.create_task(stage.run())
    async with asyncio.timeout(5):
        while "offer-human" not in stage.kinds():  # noqa: ASYNC110  # the record signals nobody
            await asyncio.sleep(0.01)
    await settle()
    stage.says("yes please")
    assert await talk == Transfer("caller-accepted")


async def test_an_emergency_is_announced_and_routed_and_never_answered(prompts: Prompts) -> None:
    stage = Stage(prompts)
    talk = asyncio.create_task(stage.run())
    await settle()
    stage.says("there is a fire in my kitchen")
    assert await talk == Transfer("emergency")
    assert stage.kinds() == [GREETING, "emergency"]
    assert not stage.mirror.asked


ACCOUNT = Expect(Kind.DIGITS, 4, 4, "account")


async def asks_for_a_number(stage: Stage) -> None:
    stage.mirror.parts["balance"] = [Sentence("Your number please.", EN), Asked(ACCOUNT)]
    stage.says("balance")
    await settle()


async def test_a_sound_without_words_does_not_forget_what_was_asked(prompts: Prompts) -> None:
    stage = Stage(prompts)
    stage.mirror.parts["2048"] = [Wanted(Wish.GOODBYE)]
    talk = asyncio.create_task(stage.run())
    await settle()
    await asks_for_a_number(stage)
    stage.says("")
    await settle()
    stage.says("two zero four eight")
    assert await talk == Hangup("goodbye")


async def test_a_number_may_come_in_two_turns(prompts: Prompts) -> None:
    stage = Stage(prompts)
    stage.mirror.parts["2048"] = [Wanted(Wish.GOODBYE)]
    talk = asyncio.create_task(stage.run())
    await settle()
    await asks_for_a_number(stage)
    stage.says("two zero")
    await settle()
    assert stage.kinds()[-1] == "more-digits"
    stage.says("four eight")
    assert await talk == Hangup("goodbye")


async def test_a_hash_after_the_last_digit_does_not_silence_the_answer(prompts: Prompts) -> None:
    stage = Stage(prompts)
    stage.mirror.parts["2048"] = [Sentence("Your balance is 5 dirhams.", EN), Asked(ACCOUNT)]
    talk = asyncio.create_task(stage.run())
    await settle()
    await asks_for_a_number(stage)
    stage.lips.slow = True
    stage.hears(*(DigitPressed(digit=digit) for digit in "2048#"))
    await settle()
    assert stage.lips.queued
    talk.cancel()


@pytest.mark.parametrize("text", ["stop", "لحظة من فضلك"])
async def test_a_caller_who_only_says_stop_is_not_answered(prompts: Prompts, text: str) -> None:
    stage = Stage(prompts)
    stage.lips.slow = True
    talk = asyncio.create_task(stage.run())
    await settle()
    stage.says(text)
    await settle()
    assert stage.kinds() == [GREETING]
    assert not stage.lips.queued
    talk.cancel()


async def test_words_that_two_looks_agreed_on_outlast_a_last_look_that_finds_none(
    prompts: Prompts,
) -> None:
    stage = Stage(prompts)
    stage.mirror.parts["two zero four"] = [Wanted(Wish.GOODBYE)]
    talk = asyncio.create_task(stage.run())
    await settle()
    looks = ("two zero four", "two zero four", "")
    stage.scribe.next = [Transcript(text, EN, 0.8) for text in looks]
    stage.hears(SpeechStarted(0), SpeechSustained(0), StillSpeaking(0, 256))
    await settle()
    stage.hears(StillSpeaking(0, 512))
    await settle()
    stage.hears(TurnEnded(0, 700))
    assert await talk == Hangup("goodbye")
