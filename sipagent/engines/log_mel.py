"""Log-mel features as Whisper models were trained on. Knows no model and no window.

The same numbers as faster-whisper's extractor, from which the filters come, in a fraction of
its time, for which a caller waits at the end of each turn.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE_HZ: Final = 16_000
HOP: Final = 160
_FFT: Final = 400
_FLOOR: Final = 1e-10
_RANGE: Final = 8.0


class LogMel:
    """``[mels, frames]`` float32 of float32 samples at 16 kHz, a frame each 10 ms.

    The filters are triangles over a few bins each, so they are summed bin by bin: a matrix
    product would wake the threads of the linear algebra library for a millisecond's work.

    faster-whisper hears one hop of silence after the end; other extractors do not.
    """

    def __init__(self, mels: int, hop_after: bool = True) -> None:
        from faster_whisper.feature_extractor import FeatureExtractor

        filters: NDArray[np.float32] = FeatureExtractor.get_mel_filters(RATE_HZ, _FFT, mels)
        spans = [_span(row) for row in filters]
        self._bins = np.concatenate([np.arange(first, last) for first, last in spans])
        self._weights = np.concatenate(
            [row[first:last] for row, (first, last) in zip(filters, spans, strict=True)]
        ).astype(np.float32)
        self._starts = np.cumsum([0, *(last - first for first, last in spans[:-1])])
        self._after = HOP if hop_after else 0
        self._window = np.hanning(_FFT + 1)[:-1].astype(np.float32)

    def __call__(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """At least 201 samples."""
        padded = np.pad(np.pad(samples, (0, self._after)), _FFT // 2, mode="reflect")
        frames = np.lib.stride_tricks.sliding_window_view(padded, _FFT)[::HOP][:-1]
        spectrum = np.fft.rfft(frames * self._window, axis=1)
        power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32, copy=False)
        mel = np.add.reduceat(power[:, self._bins] * self._weights, self._starts, axis=1)
        log = np.log10(np.maximum(mel.T, _FLOOR))
        scaled: NDArray[np.float32] = (np.maximum(log, log.max() - _RANGE) + 4.0) / 4.0
        return scaled


def _span(row: NDArray[np.float32]) -> tuple[int, int]:
    """The first bin that a filter weighs and the one after its last; never none."""
    weighed = np.flatnonzero(row)
    return (int(weighed[0]), int(weighed[-1]) + 1) if len(weighed) else (0, 1)
