"""A speech server on loopback, as OpenAI's API has it: streams tones for words, and misbehaves.

``async with SpeechServer() as server`` answers ``POST /v1/audio/speech`` at ``server.url``.
Sound lasts as long as the text has letters, so that the same text is always the same sound.
"""

import asyncio
import json
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Any, Final, Self

import numpy as np

LETTER_MS: Final = 60
WORD_GAP_MS: Final = 30
LEAD_MS: Final = 120
TAIL_MS: Final = 150


class Fault(StrEnum):
    """What goes wrong with an answer."""

    NONE = "none"
    REFUSES = "refuses"  # 500, with the text that was sent in its body
    HANGS = "hangs"  # takes the request and never answers
    STALLS = "stalls"  # falls silent in the middle
    CUTS = "cuts"  # the connection ends in the middle
    GARBAGE = "garbage"  # a web page with status 200
    EMPTY = "empty"  # status 200 and no byte
    SILENT = "silent"  # sound without a sound
    ENDLESS = "endless"  # sound without an end
    SHORT_WAV = "short-wav"  # promises more sound than it sends, and ends in order
    BROKEN_WAV = "broken-wav"  # a header of nonsense


@dataclass
class Behaviour:
    """How the server answers; may be changed between requests."""

    fault: Fault = Fault.NONE
    rate_hz: int = 24000
    wav: bool = False
    floats: bool = False  # 32-bit float WAV
    stereo: bool = False
    content_type: str = "audio/pcm"
    chunk_bytes: int = 1001  # odd, so that samples are split
    chunk_s: float = 0.0  # between two chunks
    first_s: float = 0.0  # before the first one
    level: float = 0.1
    wav_length: int | None = None  # what a WAV header says; None is the truth


@dataclass
class Request:
    """A request as it came, and whether the client left before the answer was whole."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    sent_bytes: int = 0
    abandoned: bool = False
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)


class SpeechServer:
    """Serves until the block ends; ``requests`` are those that came."""

    def __init__(self, behaviour: Behaviour | None = None) -> None:
        self.behaviour = behaviour or Behaviour()
        self.requests: list[Request] = []
        self.asked = asyncio.Event()
        self.most_at_once = 0
        self._at_once = 0
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/v1"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        tasks = list(self._open)
        for writer in self._open.values():
            writer.transport.abort()
        await asyncio.gather(*tasks)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open[task] = writer
        try:
            while (request := await _request(reader)) is not None:
                self.requests.append(request)
                self.asked.set()
                self._at_once += 1
                self.most_at_once = max(self.most_at_once, self._at_once)
                try:
                    if not await self._answer(request, reader, writer):
                        return
                except (ConnectionError, asyncio.IncompleteReadError):
                    request.abandoned = True
                    return
                finally:
                    self._at_once -= 1
                    request.over.set()
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            del self._open[task]
            writer.close()

    async def _answer(
        self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Whether the connection can be used again."""
        how = self.behaviour
        match how.fault:
            case Fault.HANGS:
                await _left(reader)
                raise ConnectionError
            case Fault.REFUSES:
                body = json.dumps({"error": {"message": str(request.body.get("input"))}})
                await _whole(writer, "500 Internal Server Error", "application/json", body)
                return True
            case Fault.GARBAGE:
                await _whole(writer, "200 OK", "text/html", "<html>welcome</html>" * 50)
                return True
        kind = "audio/wav" if how.wav else how.content_type
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n"
        writer.write(head.encode())
        await asyncio.sleep(how.first_s)
        async for data in self._chunks(request):
            if reader.at_eof():
                raise ConnectionError
            writer.write(b"%x\r\n%s\r\n" % (len(data), data))
            await writer.drain()
            request.sent_bytes += len(data)
            request.begun.set()
            if how.fault in (Fault.CUTS, Fault.STALLS) and request.sent_bytes > 40_000:
                if how.fault is Fault.STALLS:
                    await _left(reader)
                writer.transport.abort()
                raise ConnectionError
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    async def _chunks(self, request: Request) -> AsyncIterator[bytes]:
        how = self.behaviour
        text, speed = str(request.body["input"]), float(request.body.get("speed", 1.0))
        while True:
            data = self._body(text, speed)
            for at in range(0, len(data), how.chunk_bytes):
                yield data[at : at + how.chunk_bytes]
                await asyncio.sleep(how.chunk_s)
            if how.fault is not Fault.ENDLESS:
                return

    def _body(self, text: str, speed: float) -> bytes:
        how = self.behaviour
        if how.fault is Fault.EMPTY:
            return b""
        if how.fault is Fault.BROKEN_WAV:
            return b"RIFF" + bytes(range(200)) * 400
        sound = tones(text, how.rate_hz, speed) * how.level
        if how.fault is Fault.SILENT:
            sound *= 0
        if how.stereo:
            sound = np.repeat(sound, 2)
        data = (
            sound.astype("<f4").tobytes()
            if how.floats
            else np.rint(sound * 32767).astype("<i2").tobytes()
        )
        if not how.wav:
            return data
        length = len(data) if how.wav_length is None else how.wav_length
        if how.fault is Fault.SHORT_WAV:
            length = len(data) + 10_000
        return wav_header(how.rate_hz, 2 if how.stereo else 1, length, floats=how.floats) + data


def tones(text: str, rate_hz: int, speed: float = 1.0) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Each word as a tone of its own with overtones, at a peak near 1; silence around them."""
    parts = [np.zeros(LEAD_MS * rate_hz // 1000)]
    for word in text.split():
        letters = sum(map(str.isalnum, word))
        at = np.arange(round(letters * LETTER_MS * rate_hz / 1000 / speed)) / rate_hz
        pitch = 110 + sum(map(ord, word)) % 120
        overtones = [np.sin(2 * np.pi * pitch * n * at) / n for n in range(1, 8)]
        parts.append(np.sum(overtones, axis=0) * 0.6)
        parts.append(np.zeros(WORD_GAP_MS * rate_hz // 1000))
    parts.append(np.zeros(TAIL_MS * rate_hz // 1000))
    return np.concatenate(parts)


def wav_header(rate_hz: int, channels: int, length: int, *, floats: bool = False) -> bytes:
    """RIFF, a chunk that nobody needs, the description, and the head of the sound."""
    size = (4 if floats else 2) * channels
    described = struct.pack(
        "<HHIIHH", 3 if floats else 1, channels, rate_hz, rate_hz * size, size, size // channels * 8
    )
    extra = b"LIST" + struct.pack("<I", 5) + b"INFOx\0"
    return (
        b"RIFF"
        + struct.pack("<I", min(length + 36 + len(extra), 0xFFFFFFFF))
        + b"WAVE"
        + extra
        + b"fmt "
        + struct.pack("<I", len(described))
        + described
        + b"data"
        + struct.pack("<I", length)
    )


async def _request(reader: asyncio.StreamReader) -> Request | None:
    """The next request of a connection, or None where it ended."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode().rstrip().split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(first.split()[1], headers, json.loads(body or b"{}"))


async def _whole(writer: asyncio.StreamWriter, status: str, kind: str, body: str) -> None:
    data = body.encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n\r\n"
    writer.write(head.encode() + data)
    await writer.drain()


async def _left(reader: asyncio.StreamReader) -> None:
    """Wait until the client has gone."""
    while await reader.read(1000):
        pass
