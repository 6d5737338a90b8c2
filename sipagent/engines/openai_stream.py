"""The chunks of a streamed chat completion, put together: text, whole tool calls, the end.

A core without I/O. A chunk is one event's data; what it must hold is checked, since servers
that call themselves compatible differ.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

from sipagent.ports import Fragment, ModelPart, Stopped, ToolCall

MOST_CALLS: Final = 16
MOST_ARGUMENTS: Final = 1 << 16  # characters
_REASONS: Final = {
    "stop": "stop",
    "content_filter": "stop",
    "tool_calls": "tools",
    "function_call": "tools",
    "length": "length",
}


class BadChunk(Exception):
    """A chunk is not what the protocol says; the text says what is wrong, in few words."""


@dataclass(slots=True)
class _Call:
    """A tool call as far as its deltas have come."""

    id: str = ""
    name: str = ""
    arguments: str = ""


class Assembly:
    """One answer, from its chunks."""

    def __init__(self) -> None:
        self._calls: dict[int, _Call] = {}
        self._reason = ""
        self._usage: dict[str, Any] = {}

    @property
    def whole(self) -> bool:
        """Whether the model has said that it came to its end."""
        return bool(self._reason)

    def feed(self, data: str) -> list[ModelPart]:
        """The parts that a chunk completes. Raises ``BadChunk``."""
        chunk = _object(data)
        if chunk.get("error"):
            raise BadChunk(f"the server stopped with an error: {told(chunk['error'])}")
        if isinstance(chunk.get("usage"), dict):
            self._usage = chunk["usage"]
        parts: list[ModelPart] = []
        for choice in _list(chunk, "choices"):
            if not isinstance(choice, dict):
                raise BadChunk("a choice is no object")
            if choice.get("index", 0) == 0:
                parts += self._choice(choice)
        return parts

    def end(self) -> Stopped:
        """The end, with the tokens counted; 0 where the server did not count."""
        reason = "tools" if self._calls and self._reason != "length" else self._reason
        details = self._usage.get("prompt_tokens_details")
        cached = details.get("cached_tokens") if isinstance(details, dict) else 0
        return Stopped(
            reason or "stop",
            _count(self._usage.get("prompt_tokens")),
            _count(cached),
            _count(self._usage.get("completion_tokens")),
        )

    def _choice(self, choice: dict[str, Any]) -> list[ModelPart]:
        delta = choice.get("delta") or {}
        if not isinstance(delta, dict):
            raise BadChunk("a delta is no object")
        parts: list[ModelPart] = []
        text = delta.get("content")
        if isinstance(text, str) and text:
            parts.append(Fragment(text))
        for piece in _list(delta, "tool_calls"):
            self._take(piece)
        reason = choice.get("finish_reason")
        if reason:
            parts += self._finish(str(reason))
        return parts

    def _take(self, piece: object) -> None:
        """Add a delta to its call: name and id come once, arguments in pieces."""
        if not isinstance(piece, dict):
            raise BadChunk("a tool call is no object")
        number = piece.get("index", len(self._calls) if piece.get("id") else 0)
        if not isinstance(number, int) or len(self._calls | {number: 0}) > MOST_CALLS:
            raise BadChunk(f"more than {MOST_CALLS} tool calls")
        call = self._calls.setdefault(number, _Call())
        function = piece.get("function") or {}
        if not isinstance(function, dict):
            raise BadChunk("a tool call without its function")
        call.id = call.id or str(piece.get("id") or "")
        call.name = call.name or str(function.get("name") or "")
        call.arguments += str(function.get("arguments") or "")
        if len(call.arguments) > MOST_ARGUMENTS:
            raise BadChunk(f"arguments of more than {MOST_ARGUMENTS} characters")

    def _finish(self, reason: str) -> list[ModelPart]:
        """The calls are whole only now: a server may write two at once."""
        if reason not in _REASONS:
            raise BadChunk(f"the server gave up: {reason[:40]}")
        if self._reason:
            return []
        self._reason = _REASONS[reason]
        return [
            ToolCall(call.id or f"call-{number}", call.name, call.arguments)
            for number, call in sorted(self._calls.items())
        ]


def told(error: object) -> str:
    """What a server says of an error, on one line of at most 160 characters."""
    message = error.get("message", "") if isinstance(error, dict) else error
    return " ".join(str(message).split())[:160]


def _object(data: str) -> dict[str, Any]:
    try:
        chunk = json.loads(data)
    except (ValueError, RecursionError):
        raise BadChunk("a chunk is not JSON") from None
    if not isinstance(chunk, dict):
        raise BadChunk("a chunk is no object")
    return chunk


def _list(of: dict[str, Any], name: str) -> list[object]:
    found = of.get(name) or []
    if not isinstance(found, list):
        raise BadChunk(f"{name} is no list")
    return found


def _count(value: object) -> int:
    return value if isinstance(value, int) and value >= 0 else 0
