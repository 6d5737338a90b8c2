"""Cut speech that is longer than a model's window, where the speaker paused. Knows no model."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sipagent.engines.levels import FRAME_MS, frame_rms

PAUSE_MS: Final = 250
LONG_PAUSE_MS: Final = 600
AROUND_MS: Final = 150
_PAUSE_BELOW_PEAK_DB: Final = 30.0
_SMOOTH_FRAMES: Final = 15
_EARLIEST: Final = 0.5


def windows(
    samples: NDArray[np.float32], rate_hz: int, longest_s: float, *, apart: bool = False
) -> list[NDArray[np.float32]]:
    """The samples in order, whole if they fit, else in pieces of at most ``longest_s``.

    They are cut in every pause, since a model hears one sentence better than two halves; what
    is still too long is cut at the quietest 150 ms of the second half of a window. ``apart``:
    what fits is cut too where the speaker was silent for long, for a model that was trained on
    one stretch of speech and hears nothing after such a pause.
    """
    longest = int(longest_s * rate_hz)
    if len(samples) <= longest:
        return _apart(samples, rate_hz) if apart else [samples]
    pieces: list[NDArray[np.float32]] = []
    for piece in np.split(samples, _pauses(samples, rate_hz)):
        while len(piece) > longest:
            cut = _quietest(piece[:longest], rate_hz)
            pieces.append(piece[:cut])
            piece = piece[cut:]
        pieces.append(piece)
    return pieces


def _pauses(samples: NDArray[np.float32], rate_hz: int) -> list[int]:
    """The sample in the middle of each pause between two stretches of sound."""
    levels = frame_rms(samples, rate_hz)
    loud = np.flatnonzero(levels > levels.max() * 10 ** (-_PAUSE_BELOW_PEAK_DB / 20))
    gaps = np.flatnonzero(np.diff(loud) * FRAME_MS > PAUSE_MS)
    size = rate_hz * FRAME_MS // 1000
    return [int(loud[gap] + loud[gap + 1]) // 2 * size for gap in gaps]


def _quietest(samples: NDArray[np.float32], rate_hz: int) -> int:
    levels = frame_rms(samples, rate_hz)
    smooth = np.convolve(levels, np.full(_SMOOTH_FRAMES, 1 / _SMOOTH_FRAMES), mode="same")
    first, last = int(len(levels) * _EARLIEST), len(levels) - _SMOOTH_FRAMES // 2
    frame = first + int(np.argmin(smooth[first:last]))
    return frame * rate_hz * FRAME_MS // 1000


def _apart(samples: NDArray[np.float32], rate_hz: int) -> list[NDArray[np.float32]]:
    """The samples cut in long pauses, each part with 150 ms of the silence around it."""
    levels = frame_rms(samples, rate_hz)
    loud = np.flatnonzero(levels > levels.max() * 10 ** (-_PAUSE_BELOW_PEAK_DB / 20))
    if len(loud) == 0:
        return [samples]
    gaps = np.flatnonzero(np.diff(loud) * FRAME_MS > LONG_PAUSE_MS)
    size, around = rate_hz * FRAME_MS // 1000, AROUND_MS // FRAME_MS
    firsts, lasts = [loud[0], *loud[gaps + 1]], [*loud[gaps], loud[-1]]
    return [
        samples[max(0, first - around) * size : (last + 1 + around) * size]
        for first, last in zip(firsts, lasts, strict=True)
    ]
