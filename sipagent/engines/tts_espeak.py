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
from sipagent.engines.levels import trimmed
from sipagent.engines.line import Line
from sipagent.engines.tts_clauses import (
    EMPHASIS_PACE,
    TATWEEL,
    Run,
    Sound,
    finished,
    resampled,
    runs,
)
from sipagent.errors import EngineError, ModelMissing
from sipagent.ports import Speech, SpokenWord
from sipagent.text.clauses import Clause, clauses
from sipagent.text.language import Language
from sipagent.text.marks import Manner

_SYNCHRONOUS, _UTF8, _ENDPAUSE = 2, 1, 0x1000
_RATE, _PITCH, _RANGE = 1, 3, 4
_SLOWEST, _FASTEST = 80, 450  # words a minute that the library accepts
_MOST, _USUAL_RANGE = 99, 50
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
        for clause in clauses(text, language):
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
class _Tone:
    """What a style does to the voice: its pace, and steps of pitch and melody of 0 to 99."""

    pace: float = 1.0
    pitch: int = 0
    melody: int = 0


_STYLES: Final = {
    "calm": _Tone(0.92, -5, -15),
    "apologetic": _Tone(0.93, -4, -5),
    "serious": _Tone(0.95, -8, -15),
    "friendly": _Tone(1.0, 4, 10),
    "cheerful": _Tone(1.05, 8, 20),
    "urgent": _Tone(1.1, 4, 10),
}
_PLAIN: Final = _Tone()
_EMPHASIS: Final = _Tone(EMPHASIS_PACE, 8, 20)


def _speak_clause(
    settings: EspeakSettings,
    clause: Clause,
    language: Language,
    rate_hz: int,
    begun: Callable[[], None],
) -> Speech:
    """A clause as sound: each run of one script with its own voice, then level and pauses."""
    begun()
    library = _library()
    sounds = []
    for run in runs(clause, language):
        library.choose(settings.voice(run.language))
        _set_manner(library, settings, run.language, clause.manner)
        sounds.append(resampled(_run(library, run), library.rate_hz, rate_hz))
    return finished(clause, language, sounds, rate_hz)


def _set_manner(
    library: "_Library", settings: EspeakSettings, language: Language, manner: Manner
) -> None:
    """Pace, pitch and melody as the settings and the clause want them. Unknown styles are none."""
    style = _STYLES.get(manner.style, _PLAIN)
    weight = _EMPHASIS if manner.emphasis else _PLAIN
    words_per_minute = settings.pace(language) * manner.pace * style.pace * weight.pace
    library.set(_RATE, min(max(round(words_per_minute), _SLOWEST), _FASTEST))
    library.set(_PITCH, min(max(settings.pitch + style.pitch + weight.pitch, 0), _MOST))
    library.set(_RANGE, min(max(_USUAL_RANGE + style.melody + weight.melody, 0), _MOST))


def _run(library: "_Library", run: Run) -> Sound:
    """Units of one language as sound at the library's rate, silence around them cut off."""
    text, starts = "", []
    for unit in run.units:
        text += " " if text else ""
        starts.append(len(text))
        text += unit.said.replace(TATWEEL, "")
    raw, events = library.synthesise(text)
    samples, offset = trimmed(raw.astype(np.float32) / 32768.0, library.rate_hz)
    begins = _unit_starts(starts, events, len(text), offset + len(samples))
    words = []
    for position, unit in enumerate(run.units):
        start = min(max(begins[position] - offset, 0), len(samples))
        end = min(max(begins[position + 1] - offset, start), len(samples))
        words.append(SpokenWord(unit.written, start, end))
    return Sound(samples, tuple(words) if len(samples) else ())


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
        raw = text.encode(errors="replace") + b"\0"
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
