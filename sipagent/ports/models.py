"""Language models, and the tools that they may call."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sipagent.ports.engine import Engine
from sipagent.ports.replies import Question


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as a model sees it. ``parameters`` is the JSON Schema of its arguments.

    ``effects`` says that running it changes something outside: it then waits for certainty.
    """

    name: str
    description: str
    parameters: Mapping[str, object]
    effects: bool


class Tool(Protocol):
    """Something that the agent can do for a caller."""

    @property
    def spec(self) -> ToolSpec: ...

    async def run(self, arguments: Mapping[str, object], question: Question) -> str:
        """What came of it, as text for the model. ``arguments`` fit the schema.

        Raises ``ToolFailed``, whose text the model may read.
        """
        ...


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A model wants a tool run. ``arguments`` is JSON as the model wrote it, good or bad."""

    id: str
    name: str
    arguments: str


class Role(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class Message:
    """One message to a model. ``calls`` are an assistant's, ``answers`` the id a tool answers."""

    role: Role
    text: str
    calls: tuple[ToolCall, ...] = ()
    answers: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model is asked for: at most ``most_tokens``, as JSON of ``schema`` where given."""

    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...] = ()
    most_tokens: int = 256
    schema: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Fragment:
    """Some more of the text that a model writes."""

    text: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The model came to an end: "stop", "tools", or "length" where it ran out of tokens."""

    reason: str
    prompt_tokens: int
    cached_tokens: int
    written_tokens: int


ModelPart = Fragment | ToolCall | Stopped


class LanguageModel(Engine, Protocol):
    """Text to text."""

    def complete(self, wanted: Completion) -> AsyncGenerator[ModelPart, None]:
        """Yield ``Fragment``s and whole ``ToolCall``s as they come, and ``Stopped`` at the end.

        Closing the iterator stops the server's work. Raises ``EngineError``.
        """
        ...
