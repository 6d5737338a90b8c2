"""Engines that fail, and a node that has them: ``python -m tests.peers.faulty serve``."""

import asyncio
import os
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from pathlib import Path
from typing import Self, cast

from sipagent.cli.main import main
from sipagent.engines import ENGINES
from sipagent.engines.tts_espeak import EspeakVoice
from sipagent.ports import Question, ReplyPart, Speech, Transcript, Utterance
from sipagent.text.language import Language

HERE = "tests.peers.faulty"


class _Engine:
    name = "faulty"

    @property
    def waited_s(self) -> float:
        return 0.0

    @classmethod
    def from_settings(cls, settings: Mapping[str, object], *_: object) -> Self:
        return cls()

    async def close(self) -> None: ...


class RaisingTranscriber(_Engine):
    async def transcribe(self, utterance: Utterance) -> Transcript:
        raise RuntimeError("the model is on fire")


class HangingTranscriber(_Engine):
    async def transcribe(self, utterance: Utterance) -> Transcript:
        await asyncio.sleep(3600)
        raise AssertionError


class BusyTranscriber(HangingTranscriber):
    """Keeps its requests waiting as long as the file that ``BUSY_S`` names says, in seconds."""

    @property
    def waited_s(self) -> float:
        return float(Path(os.environ["BUSY_S"]).read_text() or 0.0)


class RaisingResponder(_Engine):
    async def respond(self, question: Question) -> AsyncGenerator[ReplyPart, None]:
        raise RuntimeError("no thought")
        yield


class HangingResponder(_Engine):
    async def respond(self, question: Question) -> AsyncGenerator[ReplyPart, None]:
        await asyncio.sleep(3600)
        raise AssertionError
        yield


class HangingVoice(_Engine):
    """Speaks what has no digit in it: the prompts at start, also the one with the emergency
    number, but none of the demo's answers."""

    def __init__(self) -> None:
        self._voice = EspeakVoice()

    async def speak(self, text: str, language: Language, rate_hz: int) -> AsyncIterator[Speech]:
        if re.search(r"\d", text.replace("999", "")):
            await self._fail()
        async for speech in self._voice.speak(text, language, rate_hz):
            yield speech

    async def _fail(self) -> None:
        await asyncio.sleep(3600)


class RaisingVoice(HangingVoice):
    async def _fail(self) -> None:
        raise RuntimeError("no breath")


if __name__ == "__main__":
    for kind, faulty in (
        ("transcriber", ("RaisingTranscriber", "HangingTranscriber", "BusyTranscriber")),
        ("responder", ("RaisingResponder", "HangingResponder")),
        ("voice", ("RaisingVoice", "HangingVoice")),
    ):
        cast("dict[str, str]", ENGINES[kind]).update({name: f"{HERE}:{name}" for name in faulty})
    main()
