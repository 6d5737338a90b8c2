"""Change the rate of sound that is still arriving. Knows nothing of speech.

The result of all pieces together is that of ``resample`` over the whole, so that no seam is heard.
"""

from math import ceil, gcd

import numpy as np
from numpy.typing import NDArray

from sipagent.engines.resample import PASSBAND, ZERO_CROSSINGS, resample


class ResamplingStream:
    """float32 mono at ``from_hz``, fed in pieces of any length, as float32 mono at ``to_hz``."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        self._from_hz, self._to_hz = from_hz, to_hz
        common = gcd(from_hz, to_hz)
        self._up, self._down = to_hz // common, from_hz // common
        reach = ceil(ZERO_CROSSINGS / (min(1.0, self._up / self._down) * PASSBAND)) + 1
        # Whole periods only: a block that begins between two would be resampled out of step.
        self._context = ceil(reach / self._down) * self._down if from_hz != to_hz else 0
        self._block = np.zeros(0, np.float32)
        self._done = 0  # samples of the block that have been given out already, as input

    def feed(self, samples: NDArray[np.float32], *, last: bool = False) -> NDArray[np.float32]:
        """What can be given out by now; with ``last``, all the rest."""
        if not self._context:
            return samples.astype(np.float32, copy=False)
        self._block = np.concatenate([self._block, samples.astype(np.float32, copy=False)])
        ready = len(self._block)
        if not last:
            ready = (ready - self._context) // self._down * self._down
        if ready <= self._done:
            return np.zeros(0, np.float32)
        whole = resample(self._block, self._from_hz, self._to_hz)
        begin = self._done // self._down * self._up
        end = len(whole) if last else ready // self._down * self._up
        forgotten = max(0, ready - self._context) // self._down * self._down
        self._block, self._done = self._block[forgotten:], ready - forgotten
        return whole[begin:end]
