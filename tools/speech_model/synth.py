"""Speak a sentence with espeak-ng inside this process. Returns samples; writes no file."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Final

import espeakng_loader
import numpy as np
from numpy.typing import NDArray

from tools.speech_model.voices import Voice

TELEPHONE_HZ: Final = 8000
_AUDIO_OUTPUT_SYNCHRONOUS: Final = 2
_CHARS_UTF8: Final = 1
_RATE, _PITCH, _RANGE = 1, 3, 4
_SynthCallback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class SynthesisFailed(RuntimeError):
    """espeak-ng refused a voice or a text."""


class Speaker:
    """One espeak-ng, initialised once for the process: the library keeps global state."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
        self.rate_hz = int(self._library.espeak_Initialize(_AUDIO_OUTPUT_SYNCHRONOUS, 0, data, 0))
        if self.rate_hz <= 0:
            raise SynthesisFailed("espeak-ng did not start")
        self._chunks: list[NDArray[np.int16]] = []
        self._callback = _SynthCallback(self._collect)
        self._library.espeak_SetSynthCallback(self._callback)

    def _collect(self, samples: object, count: int, _events: object) -> int:
        if samples and count > 0:
            block = np.ctypeslib.as_array(samples, shape=(count,))
            self._chunks.append(block.astype(np.int16))
        return 0

    def speak(self, text: str, voice: Voice) -> NDArray[np.int16]:
        """int16 mono at `rate_hz`. Raises SynthesisFailed for an unknown voice."""
        if self._library.espeak_SetVoiceByName(voice.name.encode()) != 0:
            raise SynthesisFailed(f"no voice {voice.name}")
        for parameter, value in (
            (_RATE, voice.rate_wpm),
            (_PITCH, voice.pitch),
            (_RANGE, voice.pitch_range),
        ):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._chunks.clear()
        raw = text.encode() + b"\0"
        failed = self._library.espeak_Synth(raw, len(raw), 0, 0, 0, _CHARS_UTF8, None, None)
        if failed or not self._chunks:
            raise SynthesisFailed(f"no speech for {text!r}")
        return np.concatenate(self._chunks)


@cache
def speaker() -> Speaker:
    return Speaker()


def to_telephone_rate(samples: NDArray[np.int16], rate_hz: int) -> NDArray[np.int16]:
    """int16 mono at `rate_hz` -> int16 mono at 8 kHz, band-limited in the frequency domain."""
    length = len(samples) * TELEPHONE_HZ // rate_hz
    padded = _fast_length(len(samples))
    wanted = padded * TELEPHONE_HZ // rate_hz
    spectrum = np.fft.rfft(samples.astype(np.float32), n=padded)
    low = np.fft.irfft(spectrum[: wanted // 2 + 1], wanted) * (wanted / padded)
    return np.clip(low[:length], -32768, 32767).astype(np.int16)


def _fast_length(length: int) -> int:
    """The next multiple of 2205, so that 22,050 Hz becomes 8,000 Hz exactly and the FFT is fast."""
    return -(-length // 2205) * 2205


def speak_telephone(text: str, voice: Voice) -> NDArray[np.int16]:
    """int16 mono, 8 kHz: what a caller with this voice would say into a telephone."""
    one = speaker()
    return to_telephone_rate(one.speak(text, voice), one.rate_hz)
