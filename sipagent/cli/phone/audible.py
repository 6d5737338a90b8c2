"""When a stream of packets can be heard: utterances by level, packet by packet.

Budgets are measured with this (response time, barge-in). Owns no clock: it takes the times of
the packets. Knows nothing of voices or words.
"""

from dataclasses import dataclass
from typing import Final

AUDIBLE_DBFS: Final = -45.0
SUSTAINED_MS: Final = 100.0
QUIET_NS: Final = 500_000_000


@dataclass(frozen=True, slots=True)
class Utterance:
    """From the first audible packet to the last. The times are those of the packets."""

    start_ns: int
    end_ns: int


class Utterances:
    """Tells the utterances of one direction.

    One begins when packets of ``sustained_ms`` of sound in a row were audible, and counts from
    the first of them. It is over after ``QUIET_NS`` without an audible packet.
    """

    def __init__(self, sustained_ms: float = SUSTAINED_MS) -> None:
        self._sustained_ms = sustained_ms
        self._run_ms = 0.0
        self._run_ns = 0
        self._start_ns: int | None = None
        self._end_ns = 0
        self._over: list[Utterance] = []

    @property
    def now(self) -> Utterance | None:
        """The utterance that is not over yet, so far as it was heard."""
        return None if self._start_ns is None else Utterance(self._start_ns, self._end_ns)

    @property
    def all(self) -> list[Utterance]:
        """Those that are over, and the one that is not."""
        return [*self._over, self.now] if self.now else list(self._over)

    def feed(self, ns: int, sound_ms: float, level_dbfs: float) -> None:
        """Take the next packet, of ``sound_ms`` of sound."""
        self.tick(ns)
        if level_dbfs <= AUDIBLE_DBFS:
            self._run_ms = 0.0
            return
        if not self._run_ms:
            self._run_ns = ns
        self._run_ms += sound_ms
        if self._start_ns is None and self._run_ms >= self._sustained_ms:
            self._start_ns = self._run_ns
        if self._start_ns is not None:
            self._end_ns = ns

    def tick(self, ns: int) -> None:
        """Nothing audible came until ``ns``, though packets may have stopped altogether."""
        if self._start_ns is not None and ns - self._end_ns >= QUIET_NS:
            self._over.append(Utterance(self._start_ns, self._end_ns))
            self._start_ns = None
            self._run_ms = 0.0
