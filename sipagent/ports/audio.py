"""What a call hears and plays. Audio is ``int16`` little-endian mono in ``bytes``."""

from dataclasses import dataclass
from typing import Protocol

from sipagent.events import Event
from sipagent.ports.speech import Speech


class Listener(Protocol):
    """Judges one call's speech window by window, on the tick thread. Owns no clock."""

    def feed(self, at_ms: int, window_ms: int, speech: float) -> tuple[Event, ...]:
        """A window began at ``at_ms`` and holds speech with this probability."""
        ...

    def end_turn_after(self, silence_ms: int, ended_ms: int) -> None:
        """End the turn once silence has lasted so long since ``ended_ms``; speech that came
        since then makes it void. From any thread.
        """
        ...


class Hearing(Protocol):
    """What a call has heard so far."""

    @property
    def now_ms(self) -> int:
        """The media clock."""
        ...

    def audio(self, start_ms: int, end_ms: int) -> bytes:
        """The caller's audio between two moments, as far as it is still kept."""
        ...

    def end_turn_after(self, silence_ms: int, ended_ms: int) -> None:
        """End the caller's turn once he has been silent so long since ``ended_ms``."""
        ...

    def keep_from(self, at_ms: int | None) -> None:
        """Keep what was said since then, up to half a minute; None: the last seconds do."""
        ...


@dataclass(frozen=True, slots=True)
class Cut:
    """The words that left on RTP, and those that did not."""

    heard: str
    unheard: str


class Playout(Protocol):
    """The agent's mouth."""

    @property
    def busy(self) -> bool:
        """Whether something queued has not been played yet."""
        ...

    @property
    def paused(self) -> bool: ...

    @property
    def left_ms(self) -> int:
        """How much of what is queued has not been played yet."""
        ...

    @property
    def recent(self) -> str:
        """The last words that have sounded, the present one included."""
        ...

    async def play(self, speech: Speech) -> None: ...

    async def drained(self) -> Cut:
        """Wait until everything queued has been played."""
        ...

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def cut(self) -> Cut:
        """Stop at once and forget what is queued."""
        ...
