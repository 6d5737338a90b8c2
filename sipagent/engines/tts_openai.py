"""Speech from any server that answers ``POST /v1/audio/speech`` as OpenAI's does.

The way in for voices that run elsewhere, since they want a GPU, or libraries of versions of
their own. Sound is passed on while it arrives, and closing the iterator closes its stream, by
which the server learns that nobody wants the rest. Knows no model behind the address.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Final, TypeVar

import httpx2

from sipagent.config.voices import OpenAiSpeechSettings
from sipagent.engines.line import Line
from sipagent.engines.openai_server import OpenAiServer
from sipagent.engines.tts_clauses import Run, pace
from sipagent.engines.tts_pieces import Pieces, Sounds
from sipagent.engines.wav_stream import HIGHEST_HZ, LOWEST_HZ, NoSound, SoundStream
from sipagent.ports import Speech
from sipagent.text.language import Language
from sipagent.text.marks import Manner

T = TypeVar("T")

# OpenAI's API takes speeds from 0.25 to 4.0.
_SLOWEST: Final = 0.25
_FASTEST: Final = 4.0
_NOT_SOUND: Final = ("application/json", "application/problem", "application/xml", "text/")


class OpenAiSpeech:
    """The port ``Voice`` over HTTP. Raises ``ConfigError`` where its key is missing."""

    def __init__(self, settings: OpenAiSpeechSettings | None = None) -> None:
        self._settings = settings or OpenAiSpeechSettings()
        self._line = Line()
        self._pieces = Pieces(
            self.name,
            self._sound,
            first_ms=self._settings.first_ms,
            longest_s=self._settings.longest_s,
            split=self._settings.split_languages,
        )
        self._server = OpenAiServer(self.name, "voice", self._settings, late="sound")

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> "OpenAiSpeech":
        return cls(OpenAiSpeechSettings.model_validate(settings))

    @property
    def name(self) -> str:
        return "openai-speech"

    def speak(self, text: str, language: Language, rate_hz: int) -> AsyncIterator[Speech]:
        """Yield each clause in pieces as it arrives. Raises ``EngineError``."""
        return self._pieces.speak(text, language, rate_hz)

    @property
    def waited_s(self) -> float:
        """How long the oldest request without a first sound has waited for one."""
        return self._line.waited_s

    async def close(self) -> None:
        """Close every connection. Closing twice is harmless."""
        await self._server.close()

    async def _sound(self, run: Run, manner: Manner) -> Sounds:
        """float32 mono and its rate as they arrive, each in its time."""
        clock, settings = asyncio.get_running_loop().time, self._settings
        deadline = clock() + settings.first_sound_s
        begun = self._line.join()
        try:
            answer = await self._server.in_time(
                deadline, self._server.post("audio/speech", json=self._request(run, manner))
            )
            try:
                source = SoundStream(self._rate_hz(answer))
                octets = answer.aiter_raw()
                while data := await self._server.in_time(deadline, anext(octets, b"")):
                    begun()
                    samples = source.feed(data)
                    if len(samples):
                        yield samples, source.rate_hz
                    deadline = clock() + settings.sound_s
                source.end()
            finally:
                await answer.aclose()
        except NoSound as error:
            raise self._server.error(
                f"{settings.url} sends what cannot be played: {error}"
            ) from None
        finally:
            begun()

    def _request(self, run: Run, manner: Manner) -> dict[str, object]:
        settings = self._settings
        request: dict[str, object] = {
            "model": settings.model,
            "input": run.said,
            "voice": settings.voice(run.language),
            "response_format": settings.response_format,
        }
        speed = pace(manner)
        if speed != 1.0:
            request["speed"] = round(min(max(speed, _SLOWEST), _FASTEST), 3)
        if manner.style and settings.style_field:
            request[settings.style_field] = manner.style
        return {**request, **settings.fields(run.language)}

    def _rate_hz(self, answer: httpx2.Response) -> int:
        """The rate of bare PCM. Raises ``EngineError`` for an answer that is no sound.

        What a server writes of an error may repeat the text that it was sent, so only the
        status is told.
        """
        url, status = self._settings.url, answer.status_code
        if status in (401, 403):
            raise self._server.error(
                f"{url} refuses the key ({status}); set api_key or api_key_variable"
            )
        if status != httpx2.codes.OK:
            raise self._server.error(f"{url} answers {status}")
        kind, _, parameters = answer.headers.get("content-type", "").lower().partition(";")
        if kind.strip().startswith(_NOT_SOUND):
            raise self._server.error(f"{url} answers with {kind.strip()} in place of sound")
        for parameter in parameters.split(";"):
            name, _, value = parameter.strip().partition("=")
            if name == "rate" and value.isdecimal():
                if not LOWEST_HZ <= int(value) <= HIGHEST_HZ:
                    raise self._server.error(f"{url} sends sound at {value[:9]} Hz")
                return int(value)
        return self._settings.pcm_rate_hz
