"""One SIP leg and its audio, seen from above."""

from collections.abc import Callable, Mapping
from typing import Protocol

from sipagent.events import Event


class PcmPort(Protocol):
    """A call's audio at the bridge: two native rings (D2). All numbers are samples.

    Offsets count what was written since the port opened. Callable from any Python thread.
    """

    def read(self) -> bytes:
        """Everything that arrived since the last read; silence where nobody spoke."""
        ...

    def write(self, pcm: bytes) -> int:
        """Append to what will be played; the offset of the end of what was accepted."""
        ...

    def flush(self) -> int:
        """Drop what was not played yet; the offset of the first sample dropped."""
        ...

    def pause(self) -> int:
        """Play silence and consume nothing; the offset where playout stands."""
        ...

    def resume(self) -> None: ...

    def position(self) -> int:
        """The offset up to which playout has come."""
        ...

    def room(self) -> int:
        """How many samples ``write`` would accept."""
        ...

    def lost(self) -> int:
        """Samples that arrived and were dropped, since nobody had read for too long."""
        ...


class Leg(Protocol):
    """One SIP leg, seen from above: commands, and a sink for its events."""

    @property
    def call_id(self) -> str:
        """Our own id, never PJSIP's."""
        ...

    @property
    def port(self) -> PcmPort:
        """The leg's audio; there once it was answered. Raises ``LegGone``."""
        ...

    def subscribe(self, sink: Callable[[Event], None]) -> None:
        """Send every later event of the leg to ``sink``, on the loop."""
        ...

    async def answer(self) -> None:
        """200 OK. Raises ``LegGone`` where a CANCEL won the race."""
        ...

    async def refuse(self, status: int, retry_after_s: int | None = None) -> None:
        """A final answer other than 2xx."""
        ...

    async def hang_up(self) -> None:
        """End the leg, however far it came. Idempotent."""
        ...

    async def refer(self, target: str, headers: Mapping[str, str]) -> int:
        """REFER to ``target``, with ``headers`` inside Refer-To; its number on this leg.

        Raises ``LegGone``, or ``LegFailed`` where it could not be sent.
        """
        ...
