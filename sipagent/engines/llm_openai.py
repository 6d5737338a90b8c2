"""Any server that speaks the OpenAI chat-completions protocol, as a language model; vLLM first.

Streams over a pool of kept connections. Closing the iterator closes its HTTP stream, by which
the server learns that nobody wants the rest. Knows no conversation and retries nothing that
a server has begun to answer.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from typing import Final, TypeVar

import httpx2

from sipagent.config.models import OpenAiSettings
from sipagent.engines.line import Line
from sipagent.engines.openai_errors import refusal
from sipagent.engines.openai_request import body
from sipagent.engines.openai_server import OpenAiServer
from sipagent.engines.openai_stream import Assembly, BadChunk
from sipagent.engines.sse import Events
from sipagent.ports import Completion, ModelPart

T = TypeVar("T")

DONE: Final = "[DONE]"
STREAM: Final = "text/event-stream"
MOST_OCTETS: Final = 1 << 24  # of one answer
MOST_ERROR_OCTETS: Final = 1 << 16
TAIL_S: Final = 0.2  # for what follows the end, so that the connection can be used again
LIST_S: Final = 2.0


class OpenAiModel:
    """The port ``LanguageModel`` over HTTP. Raises ``ConfigError`` where its key is missing."""

    def __init__(self, settings: OpenAiSettings | None = None) -> None:
        self._settings = settings or OpenAiSettings()
        self._model = self._settings.model
        self._line = Line()
        self._server = OpenAiServer(self.name, "model", self._settings, late="token")

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> "OpenAiModel":
        return cls(OpenAiSettings.model_validate(settings))

    @property
    def name(self) -> str:
        return "openai"

    @property
    def waited_s(self) -> float:
        """How long the oldest request without a first token has waited for one."""
        return self._line.waited_s

    async def close(self) -> None:
        """Close every connection. Closing twice is harmless."""
        await self._server.close()

    async def complete(self, wanted: Completion) -> AsyncGenerator[ModelPart]:
        """Yield what the model writes as it comes, and ``Stopped``. Raises ``EngineError``.

        A stream that breaks off after the model's own end is whole; before it, an error.
        """
        assembly = Assembly()
        begun = self._line.join()
        try:
            async with aclosing(self._events(wanted)) as events:
                async for data in events:
                    begun()
                    for part in assembly.feed(data):
                        yield part
            if not assembly.whole:
                raise BadChunk("the stream ended before the model did")
            yield assembly.end()
        except BadChunk as bad:
            raise self._server.error(str(bad)) from None
        finally:
            begun()

    async def _events(self, wanted: Completion) -> AsyncGenerator[str]:
        """The data of each event up to the end mark, each in its time."""
        clock, settings = asyncio.get_running_loop().time, self._settings
        deadline = clock() + settings.first_token_s
        events, octets_left = Events(), MOST_OCTETS
        response = await self._server.in_time(deadline, self._open(wanted))
        try:
            octets = response.aiter_raw()
            while piece := await self._server.in_time(deadline, anext(octets, b"")):
                octets_left -= len(piece)
                for data in _fed(events, piece, octets_left):
                    if data == DONE:
                        await _drained(octets)
                        return
                    yield data
                    deadline = clock() + settings.token_s
        finally:
            await response.aclose()

    async def _open(self, wanted: Completion) -> httpx2.Response:
        """The head of the answer, tried once more where the server never began one."""
        model = self._model or await self._first_model()
        response = await self._server.post(
            "chat/completions",
            content=body(wanted, model, self._settings),
            headers={"Content-Type": "application/json", "Accept": STREAM},
        )
        try:
            await self._check(response, wanted, model)
        except BaseException:
            await response.aclose()
            raise
        return response

    async def _check(self, response: httpx2.Response, wanted: Completion, model: str) -> None:
        """Raise ``EngineError`` for anything but a stream of events."""
        if response.status_code == httpx2.codes.OK:
            if not response.headers.get("content-type", "").startswith(STREAM):
                raise self._server.error(f"{self._settings.url} answers without a stream of events")
            return
        said = await _beginning(response)
        listed = await self._listed() if response.status_code == httpx2.codes.NOT_FOUND else ()
        raise self._server.error(refusal(response.status_code, said, wanted, model, listed))

    async def _first_model(self) -> str:
        listed = await self._listed()
        if not listed:
            raise self._server.error(f"{self._settings.url} lists no model; set one")
        self._model = listed[0]
        return self._model

    async def _listed(self) -> tuple[str, ...]:
        """The names of the models that the server has, as far as it tells them."""
        try:
            listed = await self._server.get("models", LIST_S)
            return tuple(str(one["id"]) for one in listed["data"])
        except httpx2.ConnectError:
            raise
        except (httpx2.HTTPError, ValueError, TypeError, KeyError):
            return ()


def _fed(events: Events, piece: bytes, octets_left: int) -> list[str]:
    if octets_left < 0:
        raise BadChunk(f"an answer of more than {MOST_OCTETS} octets")
    try:
        return events.feed(piece)
    except ValueError as error:
        raise BadChunk(str(error)) from None


async def _drained(octets: AsyncIterator[bytes]) -> None:
    """Read what follows the end mark; a server that sends more is not waited for."""
    try:
        async with asyncio.timeout(TAIL_S):
            while await anext(octets, b""):
                pass
    except (TimeoutError, httpx2.HTTPError):
        return  # the answer is whole: only this connection is not used again


async def _beginning(response: httpx2.Response) -> bytes:
    """The first octets of an error's body."""
    said = b""
    async for piece in response.aiter_bytes():
        said += piece
        if len(said) > MOST_ERROR_OCTETS:
            break
    return said[:MOST_ERROR_OCTETS]
