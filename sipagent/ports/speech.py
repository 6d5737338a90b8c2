"""Speech to text, text to speech, and whether a turn is over.

Audio is always ``int16`` little-endian mono in ``bytes``; its rate travels with it.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from sipagent.ports.engine import Engine
from sipagent.text.language import Language


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word and where it sounds: samples from the start of its ``Speech``."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Speech:
    """A clause as sound, or a part of one as it is made. ``words`` are those that end in it, in
    order; a part may end none.
    """

    text: str
    language: Language
    pcm: bytes
    rate_hz: int
    words: tuple[SpokenWord, ...]

    @property
    def samples(self) -> int:
        return len(self.pcm) // 2


class Voice(Engine, Protocol):
    """Text to speech."""

    def speak(self, text: str, language: Language, rate_hz: int) -> AsyncIterator[Speech]:
        """Yield the text clause by clause, the first as soon as it can sound.

        Empty or unspeakable text yields nothing. Raises ``EngineError``.
        """
        ...


@runtime_checkable
class CloningVoice(Voice, Protocol):
    """A voice that can speak as another person, by a sample and with consent."""

    async def cloned(self, folder: Path) -> Voice:
        """The voice of the person in ``folder``. Raises ``ConfigError``."""
        ...


@dataclass(frozen=True, slots=True)
class Utterance:
    """Speech to recognise, in whichever of ``languages`` fits best.

    ``hot_words`` are names that the tenant's callers say. ``final`` is False while the caller
    still speaks: then the words are wanted soon or not at all, and no final one waits for them.
    """

    pcm: bytes
    rate_hz: int
    languages: tuple[Language, ...]
    hot_words: tuple[str, ...] = ()
    final: bool = True


@dataclass(frozen=True, slots=True)
class Transcript:
    """What the caller said: plain words, the language heard, and how sure (0 to 1)."""

    text: str
    language: Language
    confidence: float


class Transcriber(Engine, Protocol):
    """Speech to text."""

    async def transcribe(self, utterance: Utterance) -> Transcript:
        """Recognise one utterance. Audio without speech gives an empty text.

        Raises ``EngineError``; ``Superseded`` for a partial one that had to give way.
        """
        ...


class TurnDetector(Engine, Protocol):
    """Judges by the sound of it whether a caller who fell silent has finished."""

    async def finished(self, pcm: bytes, rate_hz: int) -> float:
        """The probability, 0 to 1, that the turn in ``pcm`` is complete.

        Raises ``EngineError``.
        """
        ...
