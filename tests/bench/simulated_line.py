"""A call's audio on any clock: both ways in frames of 20 ms, and an echo. Knows no speech."""

from collections.abc import Callable
from typing import Final

RATE_HZ: Final = 8000
FRAME: Final = 160
FRAME_MS: Final = 20


class SimulatedLine:
    """The port ``PcmPort``: frames of 20 ms go both ways as time passes.

    ``sounded_ms``: when each frame left that held something of the agent's.
    """

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._caller = bytearray()
        self._echo, self._echo_frames = b"", 0  # what comes back of each sample, and how late
        self._returns: dict[int, bytes] = {}  # by the frame in which it comes
        self._frames_heard = 0
        self._frames_played = 0
        self._written = bytearray()
        self._at = 0
        self._paused = False
        self.sounded_ms: list[int] = []

    def say(self, pcm: bytes) -> int:
        """The caller says this next; when its first sample is heard, in ms."""
        at_ms = self._frames_heard * FRAME_MS + len(self._caller) // 2 * 1000 // RATE_HZ
        self._caller += pcm
        return at_ms

    def echo(self, pcm: bytes, delay_ms: float) -> None:
        """From now on, what the agent plays comes back as ``pcm`` does at the same sample."""
        self._echo, self._echo_frames = pcm, round(delay_ms / FRAME_MS)

    def _frames(self) -> int:
        return int(self._now_s() * 1000 / FRAME_MS + 1e-6)

    def read(self) -> bytes:
        self._play()
        heard = []
        for frame in range(self._frames_heard, self._frames()):
            said = bytes(self._caller[: 2 * FRAME])
            del self._caller[: 2 * FRAME]
            heard.append(self._returns.pop(frame, said).ljust(2 * FRAME, b"\0"))
        self._frames_heard += len(heard)
        return b"".join(heard)

    def _play(self) -> None:
        """Catch up with the clock."""
        for frame in range(self._frames_played, self._frames()):
            if self._paused or self._at >= len(self._written) // 2:
                continue
            if back := self._echo[2 * self._at : 2 * (self._at + FRAME)]:
                self._returns[frame + self._echo_frames] = back
            self._at = min(len(self._written) // 2, self._at + FRAME)
            self.sounded_ms.append(frame * FRAME_MS)
        self._frames_played = self._frames()

    def write(self, pcm: bytes) -> int:
        self._play()
        self._written += pcm
        return len(self._written) // 2

    def flush(self) -> int:
        self._play()
        dropped_from, self._at = self._at, len(self._written) // 2
        return dropped_from

    def pause(self) -> int:
        self._play()
        self._paused = True
        return self._at

    def resume(self) -> None:
        self._play()
        self._paused = False

    def position(self) -> int:
        self._play()
        return self._at

    def room(self) -> int:
        return 60 * RATE_HZ

    def lost(self) -> int:
        return 0
