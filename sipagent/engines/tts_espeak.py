"""Speech by espeak-ng, in this process: a voice that needs no model, no account, no network.

The library keeps global state and is not re-entrant, so one thread of the process owns it and
every voice speaks through that thread. Knows nothing of calls or playout.
"""

import asyncio
import ctypes
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sipagent.config import EspeakSettings
from sipagent.engines.levels import normalised, trimmed
from sipagent.engines.line import Line
from sipagent.engines.resample import resample
from sipagent.errors import EngineError, ModelMissing
from sipagent.ports import Speech, SpokenWord
from sipagent.text.clauses import clauses
from sipagent.text.language import Language
from sipagent.text.script import languages_of
from sipagent.text.spoken import Unit, units

SPEECH_DBFS: Final = -20.0
SENTENCE_PAUSE_MS: Final = 160
CLAUSE_PAUSE_MS: Final = 70
SCRIPT_PAUSE_MS: Final = 15
TATWEEL: Final = "\u0640"  # espeak-ng reads its name out

_SYNCHRONOUS, _UTF8, _ENDPAUSE = 2, 1, 0x1000
_RATE, _PITCH = 1, 3
_WORD, _END_OF_LIST = 1, 0


class EspeakVoice:
    """The port ``Voice`` by espeak-ng. Raises ``ModelMissing`` for a voice that is not there."""

    def __init__(self, settings: EspeakSettings | None = None) -> None:
        self._settings = settings or EspeakSettings()
        self._thread = _thread()
        self._line = Line()
        for language in Language:
            self._thread.submit(_choose, self._settings.voice(language)).result()

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> "EspeakVoice":
        return cls(EspeakSettings.model_validate(settings))

    @property
    def name(self) -> str:
        return "espeak"

    async def speak(self, text: str, language: Language, rate_hz: int) -> AsyncIterator[Speech]:
        """Yield clause by clause at ``rate_hz``; a cancelled caller loses at most one clause."""
        loop = asyncio.get_running_loop()
        for clause in clauses(text):
            begun = self._line.join()
            try:
                speech = await loop.run_in_executor(
                    self._thread, _speak_clause, self._settings, clause, language, rate_hz, begun
                )
            finally:
                begun()
            if speech.pcm:
                yield speech

    @property
    def waited_s(self) -> float:
        return self._line.waited_s

    async def close(self) -> None:
        """Nothing to release: the library belongs to the process."""


@dataclass(frozen=True, slots=True)
class _Sound:
    """Samples with the words in them; offsets in samples at the same rate."""

    samples: NDArray[np.float32]
    words: tuple[SpokenWord, ...]


def _speak_clause(
    settings: EspeakSettings,
    clause: str,
    language: Language,
    rate_hz: int,
    begun: Callable[[], None],
) -> Speech:
    """A clause as sound: each run of one script with its own voice, then level and pauses."""
    begun()
    library = _library()
    all_units = units(clause, language)
    samples: list[NDArray[np.float32]] = []
    words: list[SpokenWord] = []
    length = 0
    for run, run_language in _runs(all_units, language):
        library.choose(settings.voice(run_language))
        library.set(_RATE, settings.pace(run_language))
        library.set(_PITCH, settings.pitch)
        sound = _resampled(_run(library, run), library.rate_hz, rate_hz)
        if length and len(sound.samples):
            pause = np.zeros(SCRIPT_PAUSE_MS * rate_hz // 1000, np.float32)
            samples.append(pause)
            length += len(pause)
        words.extend(SpokenWord(w.text, w.start + length, w.end + length) for w in sound.words)
        samples.append(sound.samples)
        length += len(sound.samples)
    if not length:
        return Speech(clause, language, b"", rate_hz, ())
    pause_ms = SENTENCE_PAUSE_MS if clause[-1] in ".!?؟…" else CLAUSE_PAUSE_MS
    samples.append(np.zeros(pause_ms * rate_hz // 1000, np.float32))
    level = normalised(np.concatenate(samples), rate_hz, SPEECH_DBFS)
    pcm = np.rint(level * 32767.0).astype("<i2").tobytes()
    return Speech(clause, language, pcm, rate_hz, tuple(words))


def _runs(all_units: list[Unit], base: Language) -> list[tuple[list[Unit], Language]]:
    """Neighbouring units of one language. An address or an amount is read as it is said."""
    runs: list[tuple[list[Unit], Language]] = []
    for unit, language in zip(
        all_units, languages_of([unit.said for unit in all_units], base), strict=True
    ):
        if runs and runs[-1][1] is language:
            runs[-1][0].append(unit)
        else:
            runs.append(([unit], language))
    return runs


def _run(library: "_Library", run: list[Unit]) -> _Sound:
    """Units of one language as sound at the library's rate, silence around them cut off."""
    text, starts = "", []
    for unit in run:
        text += " " if text else ""
        starts.append(len(text))
        text += unit.said.replace(TATWEEL, "")
    raw, events = library.synthesise(text)
    samples, offset = trimmed(raw.astype(np.float32) / 32768.0, library.rate_hz)
    begins = _unit_starts(starts, events, len(text), offset + len(samples))
    words = []
    for position, unit in enumerate(run):
        start = min(max(begins[position] - offset, 0), len(samples))
        end = min(max(begins[position + 1] - offset, start), len(samples))
        words.append(SpokenWord(unit.written, start, end))
    return _Sound(samples, tuple(words) if len(samples) else ())


def _unit_starts(
    starts: list[int], events: list[tuple[int, int]], characters: int, end: int
) -> list[int]:
    """The sample where each unit begins, and the end of the last.

    ``events`` are (character, sample) of the words that espeak-ng announced; it merges some
    ("of the"), so the rest are placed in proportion to their characters.
    """
    known = [(0, 0)]
    for character, sample in sorted(events):
        if character > known[-1][0] and sample >= known[-1][1]:
            known.append((character, sample))
        elif character == 0:
            known[0] = (0, sample)
    known.append((characters, end))
    at, samples = zip(*known, strict=True)
    return [int(sample) for sample in np.interp([*starts, characters], at, samples)]


def _resampled(sound: _Sound, from_hz: int, to_hz: int) -> _Sound:
    samples = resample(sound.samples, from_hz, to_hz)
    moved = tuple(
        SpokenWord(
            word.text,
            min(round(word.start * to_hz / from_hz), len(samples)),
            min(round(word.end * to_hz / from_hz), len(samples)),
        )
        for word in sound.words
    )
    return _Sound(samples, moved)


class _EventId(ctypes.Union):
    _fields_ = (
        ("number", ctypes.c_int),
        ("name", ctypes.c_char_p),
        ("string", ctypes.c_char * 8),
    )


class _Event(ctypes.Structure):
    """``espeak_EVENT`` of speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class _Library:
    """The one libespeak-ng of the process. Every method runs on its thread."""

    def __init__(self) -> None:
        import espeakng_loader

        self._data = Path(espeakng_loader.get_data_path())
        try:
            self._espeak = ctypes.CDLL(str(espeakng_loader.get_library_path()))
        except OSError as error:
            raise ModelMissing(
                f"libespeak-ng does not load ({error}); reinstall espeakng-loader"
            ) from None
        if not (self._data / "phontab").exists():
            raise ModelMissing(
                f"espeak-ng's data are not in {self._data}; reinstall espeakng-loader"
            )
        self.rate_hz = int(
            self._espeak.espeak_Initialize(_SYNCHRONOUS, 0, str(self._data).encode(), 0)
        )
        if self.rate_hz <= 0:
            raise ModelMissing("espeak-ng did not start; reinstall espeakng-loader")
        self._pcm: list[NDArray[np.int16]] = []
        self._events: list[tuple[int, int]] = []
        self._callback = _Callback(self._collect)
        self._espeak.espeak_SetSynthCallback(self._callback)

    def choose(self, voice: str) -> None:
        """Make ``voice`` the current one. The library itself ignores an unknown variant."""
        _, plus, variant = voice.partition("+")
        if plus and not (self._data / "voices" / "!v" / variant).exists():
            raise ModelMissing(f"espeak-ng has no variant {variant!r} of a voice; try +f2 or +m3")
        if self._espeak.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ModelMissing(
                f"espeak-ng has no voice {voice!r}; it has en-us, en, en-gb-x-rp and ar"
            )

    def set(self, parameter: int, value: int) -> None:
        self._espeak.espeak_SetParameter(parameter, value, 0)

    def synthesise(self, text: str) -> tuple[NDArray[np.int16], list[tuple[int, int]]]:
        """int16 at ``rate_hz``, and (character, sample) of each word begun."""
        self._pcm, self._events = [], []
        raw = text.encode() + b"\0"
        failed = self._espeak.espeak_Synth(
            raw, ctypes.c_size_t(len(raw)), 0, 0, 0, _UTF8 | _ENDPAUSE, None, None
        )
        if failed:
            raise EngineError("espeak", f"espeak_Synth returned {failed}")
        if not self._pcm:
            return np.zeros(0, np.int16), []
        return np.concatenate(self._pcm), self._events

    def _collect(self, samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            self._pcm.append(np.ctypeslib.as_array(samples, shape=(count,)).copy())
        position = 0
        while events[position].type != _END_OF_LIST:
            event = events[position]
            if event.type == _WORD:
                self._events.append((event.text_position - 1, event.sample))
            position += 1
        return 0


@cache
def _library() -> _Library:
    return _Library()


def _choose(voice: str) -> None:
    _library().choose(voice)


@cache
def _thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="espeak")
