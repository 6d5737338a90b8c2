"""The keys of a telephone and the pair of tones that each one is (ITU-T Q.23).

Knows no call: who sends the tones, and who hears them, is elsewhere.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from sipagent.errors import NoSuchKey

LOW_HZ: Final = (697, 770, 852, 941)
HIGH_HZ: Final = (1209, 1336, 1477, 1633)
ROWS: Final = ("123A", "456B", "789C", "*0#D")
KEYS: Final = frozenset("".join(ROWS))

DBM0: Final = 32767 * 10 ** (-3.14 / 20)  # the amplitude of a tone of 0 dBm0 (ITU-T G.711)
LOW_DBM0: Final = -9.0
HIGH_DBM0: Final = -7.0  # lines weaken the high tone more
ON_MS: Final = 100
OFF_MS: Final = 100
RAMP_MS: Final = 2  # a tone that begins with a click spreads over all frequencies


def keys(digits: str) -> str:
    """``digits`` with A-D in capitals. Raises ``NoSuchKey`` for what no telephone has."""
    wanted = digits.upper()
    for digit in wanted:
        if digit not in KEYS:
            raise NoSuchKey(f"{digit!r} is on no telephone; use 0-9, *, # and A-D")
    return wanted


def pair(key: str) -> tuple[int, int]:
    """The frequencies of a key in Hz, the low one first."""
    (row,) = (row for row, named in enumerate(ROWS) if key in named)
    return LOW_HZ[row], HIGH_HZ[ROWS[row].index(key)]


def sound(digits: Sequence[str], rate_hz: int) -> bytes:
    """``digits`` as tones, each with the pause after it: int16 mono."""
    at_s = np.arange(ON_MS * rate_hz // 1000) / rate_hz
    edge = np.minimum(1.0, np.minimum(at_s, at_s[::-1]) * 1000 / RAMP_MS)
    pause = bytes(2 * (OFF_MS * rate_hz // 1000))
    low_level, high_level = (DBM0 * 10 ** (level / 20) for level in (LOW_DBM0, HIGH_DBM0))
    said = b""
    for digit in digits:
        low_hz, high_hz = pair(digit)
        low = low_level * np.sin(2 * np.pi * low_hz * at_s)
        high = high_level * np.sin(2 * np.pi * high_hz * at_s)
        said += np.rint(edge * (low + high)).astype("<i2").tobytes() + pause
    return said
