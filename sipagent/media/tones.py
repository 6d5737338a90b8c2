"""Which keys a caller's audio holds as tones (ITU-T Q.23), by the limits of ITU-T Q.24.

For trunks whose peers send no telephone events. A key is two tones and nothing else: where they
are nearly all that there is, for long enough and at the right frequencies, it was pressed. Owns no
clock (D5).
"""

import audioop
import cmath
import math
from collections import deque
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from sipagent.dtmf import DBM0, HIGH_HZ, LOW_HZ, ROWS

HOP_MS: Final = 4
WINDOW_MS: Final = 20  # its spectrum has one and a half lines between two tones of a group
BATCH_MS: Final = 64  # judged at once, which is cheaper; it is two of the VAD's windows
BESIDE: Final = 0.0075  # each tone is looked for so far on both sides: its place may be 1.5 % off

QUIETEST_DBM0: Final = -28.0  # of each tone; Q.24 wants -25
SILENCE_RMS: Final = 200  # of a batch: weaker than a tone of that level that sounds a part of it
MOST_HIGHER_DB: Final = 6.0  # the high tone over the low one; Q.24 wants 4
MOST_LOWER_DB: Final = 10.0  # and under it; Q.24 wants 8
MOST_OFF: Final = 0.025  # of a tone's frequency; Q.24 accepts 0.015 and refuses 0.035
LEAST_PURE: Final = 0.7  # of a window's energy is in the two tones, as far as its spectrum shows

HITS: Final = 5  # windows of a key: 40 ms of tone give 6 or more, 23 ms give 4 at most
MISSES: Final = 11  # windows without it, then its next press is another; a lost packet gives 8

Array = npt.NDArray[np.float32]
TONES: Final = (*LOW_HZ, *HIGH_HZ)


class ToneDetector:
    """One call's tones. Feed it all that arrives, int16 mono at ``rate_hz``."""

    def __init__(self, rate_hz: int) -> None:
        self._hop = rate_hz * HOP_MS // 1000
        self._window = rate_hz * WINDOW_MS // 1000
        self._batch = 2 * (rate_hz * BATCH_MS // 1000)
        self._waiting = bytearray(2 * (self._window - self._hop))  # the end of the last batch first
        self._bank = _bank(rate_hz, self._window)
        self._weakest = (DBM0 * 10 ** (QUIETEST_DBM0 / 20)) ** 2 * (self._window / 2) ** 2
        self._run = _Run()
        self._hits: deque[int] = deque(maxlen=64)  # where windows of a key began, in samples
        self._last: Array = np.zeros(self._bank.shape[1], np.float32)
        self.heard = 0  # samples that were judged since the call began

    def feed(self, pcm: bytes) -> str:
        """Take what arrived; the keys whose presses have lasted long enough by now."""
        self._waiting += pcm
        pressed = ""
        while len(self._waiting) >= self._batch + 2 * (self._window - self._hop):
            pressed += self._judge()
            del self._waiting[: self._batch]
            self.heard += self._batch // 2
        return pressed

    def sounded(self, start: int, end: int) -> bool:
        """Whether a key's tones sounded between two moments, in samples since the call began."""
        return any(hit < end and hit + self._window > start for hit in self._hits)

    def _judge(self) -> str:
        """Look at the next batch in windows that overlap."""
        count = BATCH_MS // HOP_MS
        taken = bytes(self._waiting[: self._batch + 2 * (self._window - self._hop)])
        if audioop.rms(taken, 2) < SILENCE_RMS:
            self._last.fill(0)
            self._run.miss(count)
            return ""
        samples = np.frombuffer(taken, "<i2").astype(np.float32)
        strides = (self._hop * samples.itemsize, samples.itemsize)
        windows: Array = np.ndarray((count, self._window), np.float32, samples, strides=strides)
        spectrum = windows @ self._bank
        energy = np.einsum("ij,ij->i", windows, windows)
        squares = np.square(spectrum)
        lines = squares.shape[1] // 2
        power = squares[:, :lines] + squares[:, lines:]
        best = power.reshape(count, 2, lines // 2).max(axis=2).sum(axis=1)
        pure = best > energy * (LEAST_PURE * self._window / 2)
        before, self._last = self._last, spectrum[-1]
        if not pure.any():
            self._run.miss(count)
            return ""
        return self._look(pure.tolist(), power.tolist(), np.vstack([before, spectrum]).tolist())

    def _look(self, pure: list[bool], power: list[list[float]], spectrum: list[list[float]]) -> str:
        """The keys in a batch with windows of two tones. ``spectrum`` begins one window before."""
        lines, pressed = len(power[0]), ""
        for at, loudness in enumerate(power):
            low = max(range(lines // 2), key=loudness.__getitem__)
            high = max(range(lines // 2, lines), key=loudness.__getitem__)
            if not pure[at] or not self._balanced(loudness[low], loudness[high]):
                self._run.miss(1)
                continue
            now, before = spectrum[at + 1], spectrum[at]
            turned = [
                complex(now[line], now[lines + line]) * complex(before[line], -before[lines + line])
                for line in (low, high)
            ]
            pressed += self._run.hit(low // 2, high // 2, turned)
            self._hits.append(self.heard - self._window + (at + 1) * self._hop)
        return pressed

    def _balanced(self, low: float, high: float) -> bool:
        """Whether both tones are loud enough, and neither is too loud beside the other."""
        if min(low, high) < self._weakest:
            return False
        return -MOST_LOWER_DB < 10 * math.log10(high / low) < MOST_HIGHER_DB


class _Run:
    """Windows in a row that hold one key."""

    def __init__(self) -> None:
        self._tones = (-1, -1)
        self._turned = [0j, 0j]
        self._hits = self._misses = 0
        self._told = False

    def miss(self, windows: int) -> None:
        self._misses += windows
        if self._misses >= MISSES:
            self._tones = (-1, -1)

    def hit(self, low: int, high: int, turned: Sequence[complex]) -> str:
        """A window with these tones; the key, once. ``turned``: their phases, since the last."""
        if (low, high) != self._tones:
            self._tones, self._hits, self._told = (low, high), 0, False
            self._turned = [0j, 0j]
        self._misses = 0
        self._hits += 1
        self._turned = [sum(pair) for pair in zip(self._turned, turned, strict=True)]
        if self._told or self._hits < HITS or not self._in_tune():
            return ""
        self._told = True
        return ROWS[low][high - len(LOW_HZ)]

    def _in_tune(self) -> bool:
        """A tone's phase turns from window to window as its frequency says."""
        for tone, turned in zip(self._tones, self._turned, strict=True):
            beside = turned * cmath.exp(-2j * cmath.pi * TONES[tone] * HOP_MS / 1000)
            off_hz = cmath.phase(beside) / (2 * cmath.pi * HOP_MS / 1000)
            if abs(off_hz) > MOST_OFF * TONES[tone]:
                return False
        return True


def _bank(rate_hz: int, window: int) -> Array:
    """What a window is multiplied with: two lines beside each tone, real parts, then imaginary."""
    at_s = np.arange(window)[:, None] / rate_hz
    lines_hz = np.outer(TONES, (1 - BESIDE, 1 + BESIDE)).ravel()
    lines = np.exp(-2j * np.pi * at_s * lines_hz)
    return np.hstack([lines.real, lines.imag]).astype(np.float32)
