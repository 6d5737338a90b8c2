"""A server on loopback that speaks the OpenAI chat-completions protocol, well or badly.

Without a script it obeys like a model: JSON where a schema is given, a call where one is
demanded, else words until the tokens run out. A script says step by step what to do instead.
It records what it was asked, and whether a client's hanging up reached it. It holds no model.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

HOST: Final = "127.0.0.1"
CONTEXT: Final = 4096  # tokens of a prompt
MODEL: Final = "tiny"
EVENTS: Final = "text/event-stream; charset=utf-8"
WORDS: Final = ("lorem ", "ipsum ", "طيب ", "dolor ", "\n", "sit ", "amet ")
_REASONS: Final = {401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests"}


@dataclass(frozen=True, slots=True)
class Say:
    """Text, in one chunk."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call, its arguments cut into pieces of ``cut`` characters."""

    name: str
    arguments: str
    id: str = "call_1"
    index: int = 0
    cut: int = 7


@dataclass(frozen=True, slots=True)
class End:
    """The model's end; ``usage`` and the end mark follow it unless they are taken away."""

    reason: str = "stop"
    usage: bool = True
    done: bool = True


@dataclass(frozen=True, slots=True)
class Data:
    """One event with this data, whatever it is."""

    data: str


@dataclass(frozen=True, slots=True)
class Octets:
    """These octets of the stream, cut into packets of ``cut``."""

    octets: bytes
    cut: int = 1 << 16


@dataclass(frozen=True, slots=True)
class Wait:
    seconds: float


@dataclass(frozen=True, slots=True)
class Hang:
    """Nothing more, until the client hangs up."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """The connection closes in the middle of whatever it was."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """An answer that is no stream."""

    status: int
    body: str = ""
    kind: str = "application/json"


Step = Say | Call | End | Data | Octets | Wait | Hang | HangUp | Refuse
Script = Sequence[Step]


def says(*texts: str, reason: str = "stop") -> Script:
    """A good answer of these pieces."""
    return (*(Say(text) for text in texts), End(reason))


@dataclass(slots=True)
class Exchange:
    """One request, and what came of it. ``chunks`` counts the events that were written."""

    path: str
    headers: Mapping[str, str]
    request: dict[str, Any]
    connection: int
    chunks: int = 0
    over: bool = False
    aborted: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def prompt(self) -> str:
        return json.dumps([self.request.get("tools"), self.request.get("messages")])


class _Gone(Exception):
    """The script or the client ended the connection."""


class OpenAiServer:
    """``scripts`` are used one a completion, in order; then ``reply`` says what it does; where
    that says nothing it obeys, a token each ``pace_s``.
    """

    def __init__(self, key: str = "", pace_s: float = 0.0) -> None:
        self.scripts: deque[Script] = deque()
        self.reply: Callable[[Exchange], Script | None] = lambda exchange: None
        self.exchanges: list[Exchange] = []
        self.key = key
        self.pace_s = pace_s
        self.models = [MODEL]
        self.port = 0
        self._connections = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/v1"

    @property
    def completions(self) -> list[Exchange]:
        return [one for one in self.exchanges if one.path.endswith("/chat/completions")]

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Refuse connections from now on, and drop those there are."""
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    # ------------------------------------------------------------ HTTP

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._connections += 1
        try:
            await self._serve(reader, writer, self._connections)
        except (_Gone, ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int
    ) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {
                name.lower(): value.strip()
                for name, _, value in (line.partition(":") for line in head[1:] if line)
            }
            content = await reader.readexactly(int(headers.get("content-length", 0)))
            request = json.loads(content) if content else {}
            exchange = Exchange(head[0].split()[1], headers, request, connection)
            self.exchanges.append(exchange)
            answering = asyncio.create_task(self._answer(writer, exchange))
            hanging_up = asyncio.create_task(reader.read(1))
            try:
                await asyncio.wait([answering, hanging_up], return_when=asyncio.FIRST_COMPLETED)
                if not answering.done():
                    exchange.aborted.set()
                    raise _Gone
                await answering
                exchange.over = True
            finally:
                answering.cancel()
                hanging_up.cancel()
                await asyncio.gather(answering, hanging_up, return_exceptions=True)

    async def _answer(self, writer: asyncio.StreamWriter, exchange: Exchange) -> None:
        script = self._refusal(exchange)
        if script is None and exchange.path.endswith("/models"):
            listed = {"data": [{"id": name, "object": "model"} for name in self.models]}
            script = [Refuse(200, json.dumps(listed))]
        elif script is None:
            script = self.scripts.popleft() if self.scripts else self.reply(exchange)
        steps = script if script is not None else _obedient(exchange.request, self.pace_s)
        begun = False
        for step in steps:
            if isinstance(step, Refuse):
                await _whole(writer, step)
                return
            if not begun and not isinstance(step, Wait | Hang | HangUp):
                begun = True
                await _head(writer)
            await self._step(writer, exchange, step)
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    def _refusal(self, exchange: Exchange) -> Script | None:
        if self.key and exchange.headers.get("authorization") != f"Bearer {self.key}":
            return [Refuse(401, json.dumps({"error": {"message": "Unauthorized"}}))]
        if exchange.request and exchange.request.get("model") not in self.models:
            return [Refuse(404, json.dumps({"error": {"message": "The model does not exist."}}))]
        if len(exchange.prompt) // 4 > CONTEXT:
            told = f"The context length is only {CONTEXT} tokens."
            return [Refuse(400, json.dumps({"error": {"message": told}}))]
        return None

    async def _step(self, writer: asyncio.StreamWriter, exchange: Exchange, step: Step) -> None:
        match step:
            case Wait(seconds):
                await asyncio.sleep(seconds)
            case Hang():
                await asyncio.Event().wait()
            case HangUp():
                writer.transport.abort()
                raise _Gone
            case Octets(octets, cut):
                for at in range(0, len(octets), cut):
                    await _piece(writer, octets[at : at + cut])
            case _:
                for data in self._data(exchange, step):
                    exchange.chunks += 1
                    await _piece(writer, f"data: {data}\n\n".encode())

    # ------------------------------------------------------------ the protocol

    def _data(self, exchange: Exchange, step: Step) -> Iterator[str]:
        match step:
            case Data(data):
                yield data
            case Say(text):
                yield _chunk({"content": text})
            case Call():
                yield from (_chunk({"tool_calls": [piece]}) for piece in _pieces(step))
            case End(reason, usage, done):
                yield _chunk({}, reason)
                if usage and exchange.request.get("stream_options", {}).get("include_usage"):
                    yield json.dumps({"choices": [], "usage": self._usage(exchange)})
                if done:
                    yield "[DONE]"

    def _usage(self, exchange: Exchange) -> dict[str, Any]:
        """Four characters of a prompt are a token; what an earlier one began with is cached."""
        earlier = [one.prompt for one in self.completions if one is not exchange]
        cached = max((_alike(exchange.prompt, one) for one in earlier), default=0)
        return {
            "prompt_tokens": len(exchange.prompt) // 4,
            "completion_tokens": exchange.chunks - 1,
            "prompt_tokens_details": {"cached_tokens": cached // 4},
        }


@asynccontextmanager
async def openai_server(key: str = "", pace_s: float = 0.0) -> AsyncIterator[OpenAiServer]:
    server = OpenAiServer(key, pace_s)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


def _obedient(request: Mapping[str, Any], pace_s: float) -> Iterator[Step]:
    """What a model would do, with as much sense as one of random weights."""
    wanted = request.get("response_format", {}).get("json_schema", {}).get("schema")
    choice = request.get("tool_choice", "auto")
    if wanted is not None:
        text = json.dumps(instance(wanted))
        yield from (Say(text[at : at + 4]) for at in range(0, len(text), 4))
        yield End()
        return
    if choice != "auto":
        tools = {one["function"]["name"]: one["function"] for one in request["tools"]}
        name = next(iter(tools)) if choice == "required" else choice["function"]["name"]
        yield Call(name, json.dumps(instance(tools[name]["parameters"])))
        yield End("tool_calls")
        return
    for number in range(request["max_tokens"]):
        yield Wait(pace_s)
        yield Say(WORDS[number % len(WORDS)])
    yield End("length")


def instance(schema: Mapping[str, Any]) -> Any:
    """The least that fits a schema."""
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            return {name: instance(one) for name, one in schema.get("properties", {}).items()}
        case "array":
            return [instance(schema["items"])] * schema.get("minItems", 0)
        case "integer" | "number":
            return schema.get("minimum", 0)
        case "boolean":
            return True
        case _:
            return "x" * schema.get("minLength", 1)


def _pieces(call: Call) -> Iterator[dict[str, Any]]:
    """The deltas of a call: its name first, then its arguments bit by bit."""
    function = {"name": call.name, "arguments": ""}
    yield {"index": call.index, "id": call.id, "type": "function", "function": function}
    for at in range(0, len(call.arguments), call.cut):
        piece = {"arguments": call.arguments[at : at + call.cut]}
        yield {"index": call.index, "function": piece}


def _chunk(delta: Mapping[str, object], reason: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return json.dumps({"object": "chat.completion.chunk", "choices": [choice]}, ensure_ascii=False)


def _alike(one: str, other: str) -> int:
    """How many characters two prompts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


async def _head(writer: asyncio.StreamWriter) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {EVENTS}\r\nTransfer-Encoding: chunked\r\n\r\n"
    writer.write(head.encode())
    await writer.drain()


async def _piece(writer: asyncio.StreamWriter, octets: bytes) -> None:
    writer.write(b"%x\r\n%b\r\n" % (len(octets), octets))
    await writer.drain()


async def _whole(writer: asyncio.StreamWriter, refuse: Refuse) -> None:
    content = refuse.body.encode()
    writer.write(
        f"HTTP/1.1 {refuse.status} {_REASONS.get(refuse.status, 'Status')}\r\n"
        f"Content-Type: {refuse.kind}\r\nContent-Length: {len(content)}\r\n\r\n".encode()
    )
    writer.write(content)
    await writer.drain()
