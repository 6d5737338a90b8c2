"""Fixed prompts as sound on disk: spoken once, by whatever voice, and then only read.

A file is named by the hash of everything that its sound depends on, so nothing is ever out of
date: other words, another reading of them, another voice or another rate is another file. What
callers' answers say does not belong here. Knows no engine and no prompt.
"""

import asyncio
import hashlib
import json
import os
import struct
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

import structlog

from sipagent.ports import Speech, SpokenWord, Voice
from sipagent.text.clauses import clauses
from sipagent.text.language import Language

log = structlog.get_logger(__name__)

SUFFIX: Final = ".speech"
MOST_BYTES: Final = 256 * 1024 * 1024
_MAGIC: Final = b"sipagent speech 1\n"
_HASH: Final = 32


class StoredVoice:
    """The port ``Voice``: what ``voice`` says, kept in ``folder``.

    ``made_by`` stands for the voice and its settings (see ``made_by``). Whole texts are kept: the
    first time, nothing sounds before all of it is made. A folder that cannot be written, and a
    file that cannot be read, cost the speaking again and nothing else.
    """

    def __init__(
        self, voice: Voice, folder: Path, made_by: str, most_bytes: int = MOST_BYTES
    ) -> None:
        self._voice, self._folder, self._made_by = voice, folder, made_by
        self._most_bytes = most_bytes

    @property
    def name(self) -> str:
        return self._voice.name

    async def speak(self, text: str, language: Language, rate_hz: int) -> AsyncIterator[Speech]:
        """Yield clause by clause, from disk where it is there. Raises what the voice raises."""
        file = self._folder / f"{self._key(text, language, rate_hz)}{SUFFIX}"
        kept = await asyncio.to_thread(_read, file)
        if kept is None:
            spoken = [part async for part in self._voice.speak(text, language, rate_hz)]
            kept = whole(spoken)
            await asyncio.to_thread(partial(_write, file, kept, self._most_bytes))
        for speech in kept:
            yield speech

    def _key(self, text: str, language: Language, rate_hz: int) -> str:
        """The hash of all that the sound depends on, also of how the text is read out."""
        readings = [
            [clause.text, clause.said(), asdict(clause.manner), clause.pause_ms]
            for clause in clauses(text, language)
        ]
        parts = [self._voice.name, self._made_by, text, readings, language.value, rate_hz]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()

    @property
    def waited_s(self) -> float:
        return self._voice.waited_s

    async def close(self) -> None:
        await self._voice.close()


@runtime_checkable
class FromFiles(Protocol):
    """A voice that is what its files are."""

    @property
    def model_files(self) -> tuple[Path, ...]: ...


def made_by(settings: Mapping[str, object], voice: Voice) -> str:
    """A hash for a voice's settings and for the files that it was loaded from.

    Files are told apart by size and time, since some have gigabytes. Secrets that hide
    themselves when printed are no part of it.
    """
    files = voice.model_files if isinstance(voice, FromFiles) else ()
    seen = [[str(file), *_state(file)] for file in files]
    described = json.dumps([settings, seen], sort_keys=True, default=str)
    return hashlib.sha256(described.encode()).hexdigest()


def whole(pieces: Sequence[Speech]) -> tuple[Speech, ...]:
    """The same sound with no piece that ends no word: those are joined to the one after them."""
    found: list[Speech] = []
    waiting: Speech | None = None
    for piece in pieces:
        joined = piece if waiting is None else _joined(waiting, piece)
        waiting = None if joined.words else joined
        if joined.words:
            found.append(joined)
    if waiting is not None:
        found[-1:] = [_joined(found[-1], waiting) if found else waiting]
    return tuple(found)


def _joined(first: Speech, second: Speech) -> Speech:
    moved = tuple(
        SpokenWord(word.text, word.start + first.samples, word.end + first.samples)
        for word in second.words
    )
    text = " ".join(filter(None, (first.text, second.text)))
    pcm = first.pcm + second.pcm
    return Speech(text, second.language, pcm, second.rate_hz, first.words + moved)


# ---------------------------------------------------------------------- files


def _read(file: Path) -> tuple[Speech, ...] | None:
    """What a file holds, or None where there is none that is whole."""
    try:
        data = file.read_bytes()
        os.utime(file)  # it is in use: others are dropped before it
    except OSError:
        return None
    try:
        return _decoded(data)
    except (ValueError, KeyError, TypeError, struct.error):
        log.warning("stored prompt is damaged and is spoken again", file=file.name)
        return None


def _write(file: Path, speeches: Sequence[Speech], most_bytes: int) -> None:
    unfinished = file.with_name(f"{file.stem}.{os.getpid()}-{id(speeches)}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(_encoded(speeches))
        unfinished.replace(file)
        _drop(file, most_bytes)
    except OSError as error:
        log.warning("prompt not stored", error=error.strerror)
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _drop(newest: Path, most_bytes: int) -> None:
    """Delete those that were not used for longest, until the rest fits; the newest stays."""
    files = []
    for file in newest.parent.glob(f"*{SUFFIX}"):
        with suppress(OSError):  # another node may have dropped it
            files.append((file.stat(), file))
    files.sort(key=lambda one: one[0].st_mtime_ns)
    size = sum(state.st_size for state, _ in files)
    for state, file in files:
        if size <= most_bytes:
            return
        if file != newest:
            file.unlink(missing_ok=True)
            size -= state.st_size


def _encoded(speeches: Sequence[Speech]) -> bytes:
    """A mark, the hash of the rest, the length of the description, the description, the sound."""
    described = [
        {
            "text": one.text,
            "language": one.language.value,
            "rate_hz": one.rate_hz,
            "bytes": len(one.pcm),
            "words": [[word.text, word.start, word.end] for word in one.words],
        }
        for one in speeches
    ]
    head = json.dumps(described, ensure_ascii=False).encode()
    body = struct.pack("<I", len(head)) + head + b"".join(one.pcm for one in speeches)
    return _MAGIC + hashlib.sha256(body).digest() + body


def _decoded(data: bytes) -> tuple[Speech, ...]:
    """Raises ``ValueError`` for bytes that are no whole file."""
    start = len(_MAGIC) + _HASH
    body = data[start:]
    if (
        data[: len(_MAGIC)] != _MAGIC
        or hashlib.sha256(body).digest() != data[start - _HASH : start]
    ):
        raise ValueError("not whole")
    length = struct.unpack_from("<I", body)[0]
    found, at = [], 4 + length
    for one in json.loads(body[4:at]):
        words = tuple(SpokenWord(str(text), start, end) for text, start, end in one["words"])
        pcm = body[at : at + one["bytes"]]
        found.append(
            Speech(one["text"], Language(one["language"]), pcm, int(one["rate_hz"]), words)
        )
        at += one["bytes"]
    return tuple(found)


def _state(file: Path) -> tuple[int, int]:
    try:
        state = file.stat()
    except OSError:
        return (0, 0)
    return (state.st_size, state.st_mtime_ns)
