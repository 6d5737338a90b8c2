"""How loud speech is, where it begins and ends, and what sounds but is none. Knows no words."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

FRAME_MS: Final = 10
LEADING_MS: Final = 10
TRAILING_MS: Final = 20
PEAK: Final = 0.89
_SILENT_BELOW_PEAK_DB: Final = 40.0
_ACTIVE_BELOW_PEAK_DB: Final = 25.0
_TONAL_WINDOW_MS: Final = 64
_TONES: Final = 4  # a dial tone has two, a chord three or four, a voice dozens
_LINE_BINS: Final = 2  # on each side, which a tone's window spreads it over
_NEARLY_ALL: Final = 0.95
_CREST: Final = 6.0  # of a click: its peak over the level of the 10 ms around it


def frame_rms(samples: NDArray[np.float32], rate_hz: int) -> NDArray[np.float32]:
    """The level of each whole 10 ms of float32 samples; a shorter rest counts as a frame."""
    size = rate_hz * FRAME_MS // 1000
    frames = -(-len(samples) // size)
    padded = np.pad(samples, (0, frames * size - len(samples))).reshape(frames, size)
    return np.sqrt(np.mean(padded * padded, axis=1, dtype=np.float32))


def dbfs(level: float) -> float:
    """A level of 0 to 1 in decibels; digital silence is -120."""
    return 20.0 * float(np.log10(max(level, 1e-6)))


def active_dbfs(samples: NDArray[np.float32], rate_hz: int) -> float:
    """The level of the frames that hold speech, not of the pauses between them."""
    levels = frame_rms(samples, rate_hz)
    if len(levels) == 0:
        return dbfs(0.0)
    active = levels[levels >= levels.max() * 10 ** (-_ACTIVE_BELOW_PEAK_DB / 20)]
    return dbfs(float(np.sqrt(np.mean(active * active))))


def trimmed(samples: NDArray[np.float32], rate_hz: int) -> tuple[NDArray[np.float32], int]:
    """The samples without the silence around them, and how many were cut at the start.

    At most 10 ms before the first audible frame and 20 ms after the last one stay.
    """
    levels = frame_rms(samples, rate_hz)
    if len(levels) == 0 or levels.max() == 0.0:
        return samples[:0], 0
    audible = np.flatnonzero(levels >= levels.max() * 10 ** (-_SILENT_BELOW_PEAK_DB / 20))
    size = rate_hz * FRAME_MS // 1000
    start = max(0, int(audible[0]) * size - rate_hz * LEADING_MS // 1000)
    end = min(len(samples), (int(audible[-1]) + 1) * size + rate_hz * TRAILING_MS // 1000)
    return samples[start:end], start


def normalised(
    samples: NDArray[np.float32], rate_hz: int, target_dbfs: float
) -> NDArray[np.float32]:
    """The samples with their speech at ``target_dbfs``, lower where a peak would clip."""
    peak = float(np.max(np.abs(samples), initial=0.0))
    if peak == 0.0:
        return samples
    gain = 10 ** ((target_dbfs - active_dbfs(samples, rate_hz)) / 20)
    return samples * np.float32(min(gain, PEAK / peak))


def sounding_s(samples: NDArray[np.float32], rate_hz: int) -> float:
    """How long there is sound, without the pauses in it."""
    levels = frame_rms(samples, rate_hz)
    if len(levels) == 0 or levels.max() == 0.0:
        return 0.0
    active = levels >= levels.max() * 10 ** (-_ACTIVE_BELOW_PEAK_DB / 20)
    return float(np.count_nonzero(active)) * FRAME_MS / 1000


def tonal_share(samples: NDArray[np.float32], rate_hz: int) -> float:
    """The share of the sound, 0 to 1, that is made of at most four tones: signals, music, hum.

    Of 600 telephone utterances of synthetic voices the highest has 0.37; tones that tell a
    caller to wait, keys and a melody have 0.6 and more.
    """
    size = rate_hz * _TONAL_WINDOW_MS // 1000
    if len(samples) < size:
        return 0.0
    windows = np.lib.stride_tricks.sliding_window_view(samples, size)[:: size // 2]
    spectrum = np.fft.rfft(windows * np.hanning(size).astype(np.float32), axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    total = power.sum(axis=1)
    active = total >= total.max() * 10 ** (-_ACTIVE_BELOW_PEAK_DB / 10)
    power, total = power[active], total[active]
    if total.max() == 0.0:
        return 0.0
    rows, left = np.arange(len(power)), power.copy()
    for _ in range(_TONES):
        peak = left.argmax(axis=1)
        for beside in range(-_LINE_BINS, _LINE_BINS + 1):
            left[rows, np.clip(peak + beside, 0, left.shape[1] - 1)] = 0.0
    return float(np.mean(left.sum(axis=1) <= (1 - _NEARLY_ALL) * total))


def click_share(samples: NDArray[np.float32], rate_hz: int) -> float:
    """The share of the sound, 0 to 1, that is single clicks: a bad contact, a crackling line.

    Of 600 telephone utterances of synthetic voices the highest has 0.08; a crackle has nearly 1.
    """
    size = rate_hz * FRAME_MS // 1000
    frames = samples[: len(samples) // size * size].reshape(-1, size)
    energy = np.square(frames).sum(axis=1)
    if len(energy) == 0 or energy.max() == 0.0:
        return 0.0
    active = energy >= energy.max() * 10 ** (-_ACTIVE_BELOW_PEAK_DB / 10)
    peak = np.abs(frames[active]).max(axis=1)
    return float(np.mean(peak > _CREST * np.sqrt(energy[active] / size)))
