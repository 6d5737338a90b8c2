"""Sounds of a caller that are no words: a cough, a knock, noise. The same in every run.

float32 at full scale 1, to be set to a level by whoever plays them. Knows no call.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

COUGH_S: Final = ((0.0, 0.24), (0.36, 0.30))  # when each burst begins, and how long it is
VOICE_HZ: Final = (210.0, 130.0)
FORMANTS_HZ: Final = ((700.0, 90.0), (1300.0, 120.0), (2500.0, 200.0))
VOICE: Final = 0.8  # against the breath's peak
KNOCK_S: Final = (0.0, 0.22, 0.44)
_SEED: Final = 20_260_101


def noise(seconds: float, rate_hz: int) -> Samples:
    """A street: noise that falls with frequency, swelling and fading once a second or so."""
    count = round(seconds * rate_hz)
    swell = 0.7 + 0.3 * np.sin(2 * np.pi * 0.7 * np.arange(count) / rate_hz)
    return np.asarray(_shaped(count, rate_hz, 120.0, 1400.0) * swell, np.float32)


def line(seconds: float, rate_hz: int) -> Samples:
    """A bad line: steady noise over the telephone's whole band."""
    return _shaped(round(seconds * rate_hz), rate_hz, 200.0, 3600.0)


def cough(rate_hz: int) -> Samples:
    """Two bursts of breath: a hard onset, then the throat, whose voice falls as it closes."""
    begin_s, length_s = COUGH_S[-1]
    sound = np.zeros(round((begin_s + length_s) * rate_hz) + rate_hz // 20, np.float32)
    for at, (begin_s, length_s) in enumerate(COUGH_S):
        count = round(length_s * rate_hz)
        time_s = np.arange(count) / rate_hz
        rise = np.minimum(1.0, time_s / 0.008)
        breath = _shaped(count, rate_hz, 300.0, 2600.0, seed=_SEED + at)
        start = round(begin_s * rate_hz)
        sound[start : start + count] += breath * rise * np.exp(-time_s / (0.28 * length_s))
        sound[start : start + count] += _throat(time_s, length_s, rate_hz)
    return sound


def _throat(time_s: NDArray[np.float64], length_s: float, rate_hz: int) -> Samples:
    """The voice in a burst: pulses of the glottis through an open throat."""
    pitch_hz = VOICE_HZ[0] + (VOICE_HZ[1] - VOICE_HZ[0]) * time_s / length_s
    phase = np.cumsum(pitch_hz) / rate_hz % 1.0
    spectrum = np.fft.rfft(1.0 - 2.0 * phase)
    hz = np.fft.rfftfreq(len(time_s), 1 / rate_hz)
    spectrum *= sum(1.0 / (1.0 + ((hz - at_hz) / width_hz) ** 2) for at_hz, width_hz in FORMANTS_HZ)
    voice = np.fft.irfft(spectrum, len(time_s))
    swell = np.sin(np.pi * np.clip((time_s / length_s - 0.15) / 0.85, 0.0, 1.0))
    return np.asarray(VOICE * voice * swell / max(float(np.abs(voice).max()), 1e-9), np.float32)


def knock(rate_hz: int) -> Samples:
    """Three knocks on a table."""
    sound = np.zeros(round((KNOCK_S[-1] + 0.2) * rate_hz), np.float32)
    time_s = np.arange(round(0.15 * rate_hz)) / rate_hz
    thump = np.sin(2 * np.pi * 170.0 * time_s) * np.exp(-time_s / 0.02)
    click = _shaped(len(time_s), rate_hz, 600.0, 3000.0) * np.exp(-time_s / 0.004)
    for begin_s in KNOCK_S:
        start = round(begin_s * rate_hz)
        sound[start : start + len(time_s)] += (thump + 0.5 * click).astype(np.float32)
    return sound


def _shaped(count: int, rate_hz: int, low_hz: float, high_hz: float, seed: int = _SEED) -> Samples:
    """White noise within a band, its peak at 1."""
    white = np.random.default_rng(seed).standard_normal(max(count, 2))
    spectrum = np.fft.rfft(white)
    hz = np.fft.rfftfreq(len(white), 1 / rate_hz)
    spectrum *= 1.0 / (1.0 + (low_hz / np.maximum(hz, 1.0)) ** 4) / (1.0 + (hz / high_hz) ** 4)
    shaped = np.fft.irfft(spectrum, len(white))[:count]
    return np.asarray(shaped / max(float(np.abs(shaped).max(initial=0.0)), 1e-9), np.float32)
