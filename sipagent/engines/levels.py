"""How loud speech is, where it begins and ends. Knows no words."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

FRAME_MS: Final = 10
LEADING_MS: Final = 10
TRAILING_MS: Final = 20
PEAK: Final = 0.89
_SILENT_BELOW_PEAK_DB: Final = 40.0
_ACTIVE_BELOW_PEAK_DB: Final = 25.0


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
