"""The Protocols and values that pass between the floors.

Engines, legs and audio stand behind these; conversation, handoff and the call speak to
nothing else. No implementation lives here, and no I/O.

Audio is always ``int16`` little-endian mono in ``bytes``; its rate travels with it.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sipagent.events import Event
from sipagent.text.language import Language

# ---------------------------------------------------------------- engines


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word and where it sounds: samples from the start of its ``Speech``."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Speech:
    """One clause as sound. ``words`` are in order and end within ``pcm``."""

    text: str
    language: Language
    pcm: bytes
    rate_hz: int
    words: tuple[SpokenWord, ...]

    @property
    def samples(self) -> int:
        return len(self.pcm) // 2


class Engine(Protocol):
    """What all engines have."""

    @property
    def name(self) -> str: ...

    @property
    def waited_s(self) -> float:
        """How long the next request has waited for its turn; 0 where none waits."""
        ...

    async def close(self) -> None: ...


class Voice(Engine, Protocol):
    """Text to speech."""

    def speak(self, text: str, language: Language, rate_hz: int) -> AsyncIterator[Speech]:
        """Yield the text clause by clause, the first as soon as it can sound.

        Empty or unspeakable text yields nothing. Raises ``EngineError``.
        """
        ...


@dataclass(frozen=True, slots=True)
class Transcript:
    """What the caller said: plain words, the language heard, and how sure (0 to 1)."""

    text: str
    language: Language
    confidence: float


class Transcriber(Engine, Protocol):
    """Speech to text."""

    async def transcribe(
        self, pcm: bytes, rate_hz: int, languages: Sequence[Language]
    ) -> Transcript:
        """Recognise one utterance, in whichever of ``languages`` fits best.

        Audio without speech gives an empty text. Raises ``EngineError``.
        """
        ...


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


ReplyPart = Sentence | Wanted | Unknown


@dataclass(frozen=True, slots=True)
class Exchange:
    """A turn of the caller and what the caller heard of the reply to it."""

    caller: str
    agent: str


@dataclass(frozen=True, slots=True)
class Question:
    """A caller's turn, put to a responder."""

    tenant: str
    text: str
    language: Language
    history: tuple[Exchange, ...] = ()


class Responder(Engine, Protocol):
    """Decides what to say to a caller's turn."""

    def respond(self, question: Question) -> AsyncIterator[ReplyPart]:
        """Yield the reply in order: ``Sentence``s, or one ``Wanted``, or one ``Unknown``.

        Raises ``EngineError``.
        """
        ...


# ---------------------------------------------------------------- audio


class Listener(Protocol):
    """Judges one call's speech window by window, on the tick thread. Owns no clock."""

    def feed(self, at_ms: int, window_ms: int, speech: float) -> tuple[Event, ...]:
        """A window began at ``at_ms`` and holds speech with this probability."""
        ...


class Hearing(Protocol):
    """What a call has heard so far."""

    @property
    def now_ms(self) -> int:
        """The media clock."""
        ...

    def audio(self, start_ms: int, end_ms: int) -> bytes:
        """The caller's audio between two moments, as far as it is still kept."""
        ...


@dataclass(frozen=True, slots=True)
class Cut:
    """The words that left on RTP, and those that did not."""

    heard: str
    unheard: str


class Playout(Protocol):
    """The agent's mouth."""

    @property
    def busy(self) -> bool:
        """Whether something queued has not been played yet."""
        ...

    @property
    def paused(self) -> bool: ...

    async def play(self, speech: Speech) -> None: ...

    async def drained(self) -> Cut:
        """Wait until everything queued has been played."""
        ...

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def cut(self) -> Cut:
        """Stop at once and forget what is queued."""
        ...


# ---------------------------------------------------------------- the leg


class PcmPort(Protocol):
    """A call's audio at the bridge: two native rings (D2). All numbers are samples.

    Offsets count what was written since the port opened. Callable from any Python thread.
    """

    def read(self) -> bytes:
        """Everything that arrived since the last read; silence where nobody spoke."""
        ...

    def write(self, pcm: bytes) -> int:
        """Append to what will be played; the offset of the end of what was accepted."""
        ...

    def flush(self) -> int:
        """Drop what was not played yet; the offset of the first sample dropped."""
        ...

    def pause(self) -> int:
        """Play silence and consume nothing; the offset where playout stands."""
        ...

    def resume(self) -> None: ...

    def position(self) -> int:
        """The offset up to which playout has come."""
        ...

    def room(self) -> int:
        """How many samples ``write`` would accept."""
        ...

    def lost(self) -> int:
        """Samples that arrived and were dropped, since nobody had read for too long."""
        ...


class Leg(Protocol):
    """One SIP leg, seen from above: commands, and a sink for its events."""

    @property
    def call_id(self) -> str:
        """Our own id, never PJSIP's."""
        ...

    @property
    def port(self) -> PcmPort:
        """The leg's audio; there once it was answered. Raises ``LegGone``."""
        ...

    def subscribe(self, sink: Callable[[Event], None]) -> None:
        """Send every later event of the leg to ``sink``, on the loop."""
        ...

    async def answer(self) -> None:
        """200 OK. Raises ``LegGone`` where a CANCEL won the race."""
        ...

    async def refuse(self, status: int, retry_after_s: int | None = None) -> None:
        """A final answer other than 2xx."""
        ...

    async def hang_up(self) -> None:
        """End the leg, however far it came. Idempotent."""
        ...

    async def refer(self, target: str, headers: Mapping[str, str]) -> int:
        """REFER to ``target``, with ``headers`` inside Refer-To; its number on this leg.

        Raises ``LegGone``, or ``LegFailed`` where it could not be sent.
        """
        ...
