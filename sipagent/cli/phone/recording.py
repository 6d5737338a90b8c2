"""A call as a stereo WAV file: the caller left, the other side right, on one time axis.

Every packet is placed by its RTP timestamp (RFC 3550 section 5.1), so that neither jitter nor
loss moves a sample; only the first packet of a stream is placed by the time on its clock.
"""

import wave
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sipagent.cli.phone.line import Line
from sipagent.cli.phone.rtp import RATE_HZ, Direction, Packet, pcm

NEW_STREAM_NS: Final = 500_000_000  # a timestamp so far from its time belongs to a new stream
_WRAP: Final = 1 << 32


class Track:
    """One direction's sound. ``origin_ns`` is the file's first sample."""

    def __init__(self, origin_ns: int) -> None:
        self._origin_ns = origin_ns
        self._pieces: list[tuple[int, bytes]] = []
        self._end = 0

    @property
    def samples(self) -> int:
        """Up to the end of the last packet."""
        return self._end

    def add(self, stream: Iterable[Packet]) -> None:
        """Place the packets of one stream, in the order of their times."""
        anchor: tuple[int, int] | None = None  # a sample of the file, and its timestamp
        for packet in stream:
            if not packet.audio:
                continue
            by_clock = round((packet.ns - self._origin_ns) * RATE_HZ / 1e9)
            at = by_clock if anchor is None else anchor[0] + _after(packet.timestamp, anchor[1])
            if abs(at - by_clock) * 1e9 > NEW_STREAM_NS * RATE_HZ:
                at = by_clock
            anchor = (at, packet.timestamp)
            self._place(at, pcm(packet))

    def _place(self, at: int, sound: bytes) -> None:
        if at < 0:
            sound, at = sound[-2 * at :], 0
        if sound:
            self._pieces.append((at, sound))
            self._end = max(self._end, at + len(sound) // 2)

    def pcm(self, samples: int) -> NDArray[np.int16]:
        """int16 of that many samples; silence where no packet came."""
        sound = np.zeros(max(samples, self._end), np.int16)
        for at, piece in self._pieces:
            sound[at : at + len(piece) // 2] = np.frombuffer(piece, "<i2")
        return sound[:samples]


def _after(timestamp: int, earlier: int) -> int:
    """How many samples a timestamp is after another; they wrap at 32 bits."""
    return (timestamp - earlier + _WRAP // 2) % _WRAP - _WRAP // 2


def write_wav(path: Path, left: Track, right: Track) -> None:
    """Write both tracks, the shorter one filled up with silence. Raises ``OSError``."""
    samples = max(left.samples, right.samples)
    stereo = np.stack([left.pcm(samples), right.pcm(samples)], axis=1)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(stereo.astype("<i2").tobytes())


def write_call(path: Path, line: Line, origin_ns: int) -> None:
    """Write what passed on the line, from the answer on. Raises ``OSError``."""
    left, right = Track(origin_ns), Track(origin_ns)
    for stretch in line.stretches:
        left.add(stretch.stream(Direction.SENT))
        right.add(stretch.stream(Direction.RECEIVED))
    write_wav(path, left, right)
