"""Engines that only wait, and a node that has them: ``python -m tests.bench.delays serve``.

Each takes the time that its name says for every request, however many calls ask at once: what is
left of a response is not theirs. They hear, think and say nothing of their own.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from functools import lru_cache
from typing import Final, Self, cast

import numpy as np

from sipagent.cli.main import main
from sipagent.engines import ENGINES
from sipagent.engines.levels import active_dbfs
from sipagent.ports import (
    Intent,
    Question,
    ReplyPart,
    Sentence,
    Speech,
    SpokenWord,
    Transcript,
    Understanding,
    Utterance,
)
from sipagent.text.language import Language

HERE: Final = "tests.bench.delays"
NAME: Final = "fixed"
ASR_S: Final = 0.100
FIRST_TOKEN_S: Final = 0.200
VOICE_S: Final = 0.150

# Of twenty sentences, those whose end the VAD sees with the least variation from call to call.
WHOLE: Final = "where can i park"
BROKEN_OFF: Final = "i am calling because"
WHOLE_DBFS: Final = -18.0
BROKEN_OFF_DBFS: Final = -28.0
FIRST: Final = "Our branches open at eight in the morning."
REST: Final = "They close at five in the evening, and at noon when there is a holiday after it."
MS_A_LETTER: Final = 100
TONE_HZ: Final = 300.0
TONE_DBFS: Final = -20.0


class _Fixed:
    """What is common to engines that only wait."""

    name = NAME

    @property
    def waited_s(self) -> float:
        return 0.0

    @classmethod
    def from_settings(cls, settings: Mapping[str, object], *_: object) -> Self:
        return cls()

    async def close(self) -> None: ...


class FixedTranscriber(_Fixed):
    """Tells ``WHOLE`` from ``BROKEN_OFF`` by how loud the caller is."""

    async def transcribe(self, utterance: Utterance) -> Transcript:
        samples = np.frombuffer(utterance.pcm, "<i2").astype(np.float32) / 32768.0
        loud = active_dbfs(samples, utterance.rate_hz) > (WHOLE_DBFS + BROKEN_OFF_DBFS) / 2
        await asyncio.sleep(ASR_S)
        return Transcript(WHOLE if loud else BROKEN_OFF, Language.EN, 0.95)


class FixedResponder(_Fixed):
    """Two sentences, the second as soon as it is asked for."""

    async def respond(self, question: Question) -> AsyncGenerator[ReplyPart, None]:
        await asyncio.sleep(FIRST_TOKEN_S)
        yield Sentence(FIRST, question.language)
        yield Sentence(REST, question.language)


class FixedAnalyst(_Fixed):
    """Takes every turn for a calm question, and no time."""

    async def analyse(self, text: str, language: Language) -> Understanding:
        return Understanding(Intent.QUESTION, 0.0, language, 0.9)


class FixedVoice(_Fixed):
    """A tone as long as the text: it has no pauses of its own, so that every silence is ours."""

    async def speak(self, text: str, language: Language, rate_hz: int) -> AsyncIterator[Speech]:
        await asyncio.sleep(VOICE_S)
        yield hummed(text, language, rate_hz)


@lru_cache(maxsize=256)
def hummed(text: str, language: Language, rate_hz: int) -> Speech:
    """``MS_A_LETTER`` of tone for each letter, its words where their letters are."""
    a_letter = MS_A_LETTER * rate_hz // 1000
    at = np.arange(len(text) * a_letter) / rate_hz
    level = 32767 * np.sqrt(2) * 10 ** (TONE_DBFS / 20)
    pcm = (level * np.sin(2 * np.pi * TONE_HZ * at)).astype("<i2").tobytes()
    words, place = [], 0
    for word in text.split():
        start = text.index(word, place)
        place = start + len(word)
        words.append(SpokenWord(word, start * a_letter, place * a_letter))
    return Speech(text, language, pcm, rate_hz, tuple(words))


if __name__ == "__main__":
    for kind, engine in (
        ("transcriber", "FixedTranscriber"),
        ("responder", "FixedResponder"),
        ("analyst", "FixedAnalyst"),
        ("voice", "FixedVoice"),
    ):
        cast("dict[str, str]", ENGINES[kind])[NAME] = f"{HERE}:{engine}"
    main()
