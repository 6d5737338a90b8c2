"""Sound from the body of a web answer as it arrives: bare PCM or WAV, told apart by itself.

Bytes come in pieces of any length. What is no 16-bit mono or stereo sound is refused rather than
played as noise. Knows no server. WAV: "Multimedia Programming Interface and Data Specifications
1.0", Microsoft and IBM, 1991; a length of 0 or of 2 GiB and more is one that the server did
not know when it began.
"""

import struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

_TAG: Final = b"RIFF"
_LONGEST: Final = 0x7FFF_0000
_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_LONGEST_HEADER: Final = 65_536
LOWEST_HZ: Final = 4_000
HIGHEST_HZ: Final = 192_000


class NoSound(ValueError):
    """The bytes are no sound that can be played; the message says why."""


class SoundStream:
    """Bytes to float32 mono. ``rate_hz`` is that of bare PCM until a WAV header says another."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self._channels = 1
        self._type = np.dtype("<i2")
        self._waiting = b""
        self._left: int | None = None  # bytes of sound still to come, where the server said
        self._headed = False

    def feed(self, data: bytes) -> NDArray[np.float32]:
        """The samples that are whole by now. Raises ``NoSound``."""
        data = self._waiting + data
        if not self._headed:
            if len(data) < len(_TAG) and _TAG.startswith(data):
                self._waiting = data
                return np.zeros(0, np.float32)
            if data.startswith(_TAG):
                begin = self._header(data)
                if begin is None:
                    self._waiting = data
                    return np.zeros(0, np.float32)
                data = data[begin:]
            self._headed = True
        return self._samples(data)

    def end(self) -> None:
        """The stream came to its end. Raises ``NoSound`` where sound was promised and is missing.

        Half a sample at the end is dropped.
        """
        if not self._headed and self._waiting:
            raise NoSound("it ends within its header")
        missing = (self._left or 0) - len(self._waiting)
        if missing > 0:
            raise NoSound(f"it ends {missing} bytes early")

    def _samples(self, data: bytes) -> NDArray[np.float32]:
        if self._left is not None:
            data = data[: self._left]  # what follows the sound is no sound
        frame = self._type.itemsize * self._channels
        whole = len(data) // frame * frame
        self._waiting = data[whole:]
        if self._left is not None:
            self._left -= whole
        found = np.frombuffer(data[:whole], self._type).reshape(-1, self._channels)
        mono: NDArray[np.float32] = found.mean(axis=1, dtype=np.float32)
        if self._type.kind == "f":
            return np.clip(np.nan_to_num(mono), -1.0, 1.0)
        return mono / np.float32(32768.0)

    def _header(self, data: bytes) -> int | None:
        """Where the sound begins, or None while the header is not whole."""
        if len(data) >= 12 and data[8:12] != b"WAVE":
            raise NoSound("RIFF, and no WAVE")
        at, described = 12, False
        while len(data) >= at + 8:
            name, length = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
            at += 8
            if name == b"data":
                if not described:
                    raise NoSound("WAV that does not describe its sound")
                self._left = length if 0 < length < _LONGEST else None
                return at
            if name == b"fmt ":
                if len(data) < at + min(length, 40):
                    return None
                self._describe(data[at : at + length])
                described = True
            at += length + length % 2
        if len(data) > _LONGEST_HEADER:
            raise NoSound("its WAV header has no end")
        return None

    def _describe(self, chunk: bytes) -> None:
        if len(chunk) < 16:
            raise NoSound("a WAV description that is too short")
        kind, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", chunk)
        if kind == _EXTENSIBLE and len(chunk) >= 26:
            kind = struct.unpack_from("<H", chunk, 24)[0]
        if (kind, bits) not in {(_PCM, 16), (_FLOAT, 32)}:
            raise NoSound(f"WAV of kind {kind} with {bits} bits; ask the server for 16-bit PCM")
        if channels not in (1, 2):
            raise NoSound(f"WAV of {channels} channels")
        if not LOWEST_HZ <= rate_hz <= HIGHEST_HZ:
            raise NoSound(f"WAV at {rate_hz} Hz")
        self._type = np.dtype("<i2" if kind == _PCM else "<f4")
        self._channels, self.rate_hz = channels, rate_hz
