"""What is asked of a responder, and what a reply is made of."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sipagent.ports.engine import Engine
from sipagent.text.language import Language


class Wish(StrEnum):
    """What a caller may want of the conversation itself, rather than of the tenant."""

    HUMAN = "human"
    REPEAT = "repeat"
    OTHER_LANGUAGE = "other-language"
    GOODBYE = "goodbye"


@dataclass(frozen=True, slots=True)
class Source:
    """The passage that an answer rests on. ``score`` is the engine's own scale."""

    document: str
    section: str
    sentence: str
    score: float


@dataclass(frozen=True, slots=True)
class Sentence:
    """A part of a reply that can be spoken as it is."""

    text: str
    language: Language
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """The caller asked for something that the conversation itself must do."""

    wish: Wish


@dataclass(frozen=True, slots=True)
class Unknown:
    """The tenant's knowledge holds no answer. Nothing is invented instead."""


class Kind(StrEnum):
    """What sort of answer a question of the agent asks for."""

    OPEN = "open"
    YES_NO = "yes-no"
    DIGITS = "digits"


@dataclass(frozen=True, slots=True)
class Expect:
    """What the agent's last words ask for. Digits: at least ``fewest``, at most ``most``.

    ``name`` is the responder's own word for what it asked.
    """

    kind: Kind = Kind.OPEN
    fewest: int = 0
    most: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """The reply ends in a question, and this is the sort of its answer."""

    expect: Expect


@dataclass(frozen=True, slots=True)
class ToolUsed:
    """The responder ran a tool. ``outcome`` is "done", or why it was not."""

    tool: str
    outcome: str
    took_ms: int


ReplyPart = Sentence | Wanted | Unknown | Asked | ToolUsed


@dataclass(frozen=True, slots=True)
class Exchange:
    """A turn of the caller and what the caller heard of the reply to it.

    ``unheard`` is what the caller cut off by speaking; empty where he heard the whole.
    """

    caller: str
    agent: str
    unheard: str = ""


class Certainty(Protocol):
    """Whether the caller has really finished; an ``asyncio.Event`` is one."""

    def is_set(self) -> bool: ...

    async def wait(self) -> object: ...


@dataclass(frozen=True, slots=True)
class Question:
    """A caller's turn, put to a responder.

    ``summary`` holds what was said before ``history``; ``asked`` is what the agent's last words
    asked for. ``certain`` is None for a turn that has
    ended; otherwise the caller may still go on, and the reply be thrown away: until it is set,
    nothing may be changed anywhere.
    """

    tenant: str
    text: str
    language: Language
    history: tuple[Exchange, ...] = ()
    summary: str = ""
    asked: Expect = Expect()
    certain: Certainty | None = None


class Responder(Engine, Protocol):
    """Decides what to say to a caller's turn."""

    def respond(self, question: Question) -> AsyncGenerator[ReplyPart, None]:
        """Yield the reply in order: ``Sentence``s with ``ToolUsed`` between them, and at the end
        at most one ``Asked``, ``Wanted`` or ``Unknown``, which may also stand alone.

        Closing the iterator stops all work for it. Raises ``EngineError``.
        """
        ...
