"""What the agent says on its way to the wire, clause by clause."""

import asyncio
from typing import Final

from sipagent.media.ledger import Ledger
from sipagent.ports import Cut, PcmPort, Speech

RECENT_WORDS: Final = 5
SETTLE_S: Final = 0.02  # a frame: the ring moves no faster, and nothing signals when it has


class PortPlayout:
    """Plays speech through a call's port; implements the port ``Playout``."""

    def __init__(self, port: PcmPort, clock_hz: int) -> None:
        self._port = port
        self._clock_hz = clock_hz
        self._ledger = Ledger()
        self._end = 0
        self._paused = False

    @property
    def busy(self) -> bool:
        return self._port.position() < self._end

    @property
    def left_ms(self) -> int:
        return max(0, self._end - self._port.position()) * 1000 // self._clock_hz

    @property
    def recent(self) -> str:
        return self._ledger.recent(self._port.position(), RECENT_WORDS)

    @property
    def paused(self) -> bool:
        return self._paused

    async def play(self, speech: Speech) -> None:
        """Queue a clause. Waits only where a minute of speech is queued already."""
        while self._port.room() < speech.samples:  # noqa: ASYNC110  # a native ring signals nobody
            await asyncio.sleep(SETTLE_S)
        self._end = self._port.write(speech.pcm)
        words = [(word.text, word.end) for word in speech.words]
        self._ledger.wrote(words, start=self._end - speech.samples)

    async def drained(self) -> Cut:
        """Wait until all that was queued has been played; what was heard is all of it."""
        while self.busy:
            left_s = (self._end - self._port.position()) / self._clock_hz
            await asyncio.sleep(max(SETTLE_S, left_s))
        return self._ledger.cut(self._end)

    def pause(self) -> None:
        self._port.pause()
        self._paused = True

    def resume(self) -> None:
        self._port.resume()
        self._paused = False

    def cut(self) -> Cut:
        """Drop what is queued and say what had been heard of it."""
        at = self._port.flush()
        self._end = self._port.position()
        self.resume()
        return self._ledger.cut(at)
