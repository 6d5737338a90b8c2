# ruff: noqa: N802, N815 - upstream's names
"""Types of the module's own classes; upstream's part is Any.

The classes of pjproject are documented in its own reference.
"""

from typing import Any

from typing_extensions import Buffer

class Error(Exception):
    status: int
    title: str
    reason: str
    srcFile: str
    srcLine: int
    def info(self, multi_line: bool = ...) -> str: ...
    def __str__(self) -> str: ...

class Media:
    def getType(self) -> int: ...

class AudioMedia(Media):
    """A slot of the conference bridge. PJSIP thread only."""

    def getPortInfo(self) -> Any: ...
    def getPortId(self) -> int: ...
    def startTransmit(self, sink: AudioMedia) -> None: ...
    def startTransmit2(self, sink: AudioMedia, param: Any) -> None: ...
    def stopTransmit(self, sink: AudioMedia) -> None: ...
    def adjustRxLevel(self, level: float) -> None: ...
    def adjustTxLevel(self, level: float) -> None: ...
    def getRxLevel(self) -> int: ...
    def getTxLevel(self) -> int: ...

class PcmPort(AudioMedia):
    """Audio of one bridge slot in batches: int16 mono at the port's clock, native byte order.

    `open` and `close` belong to the PJSIP thread. All the rest may be called from any one other
    thread, which PJLIB need not know; nothing of it waits for a lock.

    Offsets are samples in "written space": the first sample ever accepted is 0, and numbers are
    never used again, whether a sample was played or flushed.
    """

    def __init__(self) -> None: ...
    def open(
        self, clock_hz: int, frame_samples: int, rx_ms: int = 2000, tx_ms: int = 60000
    ) -> None:
        """Join the bridge, once in the object's life.

        `rx_ms` and `tx_ms` bound what waits to be read and to be played. Raises Error.
        """

    def close(self) -> None:
        """Leave the bridge. Idempotent; what was heard until then can still be read."""

    def read(self) -> bytes:
        """All that was heard since the last read; silence where nobody transmitted."""

    def write(self, samples: Buffer) -> int:
        """Append, and return the offset of the end of what was accepted.

        A full ring accepts less: compare with the end before plus the samples given. Raises
        ValueError for an odd number of bytes and RuntimeError before `open`.
        """

    def room(self) -> int:
        """Samples that the next `write` would accept."""

    def flush(self) -> int:
        """Drop what was written and not yet played; return the offset of the first sample dropped.

        Exact: samples below that offset have left, those from it on never will. The frame that the
        bridge is copying at that moment either left before or becomes silence.
        """

    def pause(self) -> int:
        """Play silence, keeping what is queued; return the offset of the next sample to play."""

    def resume(self) -> None: ...
    def paused(self) -> bool: ...
    def position(self) -> int:
        """Offset of the next sample to play."""

    def played(self) -> int:
        """Samples that left: neither flushed ones nor silence."""

    def queued(self) -> int:
        """Samples written and not yet played."""

    def frames(self) -> int:
        """Bridge frames since the port joined: the media clock, which no silence stops."""

    def lost(self) -> int:
        """Samples heard but dropped because nobody read."""

class RtpTap:
    """Every RTP packet of a call's media, with the time it was sent or received.

    In `Call.onCreateMediaTransport(self, prm)`: `prm.mediaTp = tap.attach(prm.mediaTp)`. Tap and
    call may end in any order. With SRTP the payload is what the codec made, not what is encrypted.
    """

    def __init__(self, capacity_bytes: int = 4194304) -> None: ...
    def attach(self, transport: int) -> int:
        """Stand before this media transport; the result takes its place. Raises Error."""

    def read(self) -> bytes:
        """Packed records since the last read, oldest first, each `struct` "<QBBBxHHI" and payload.

        The fields: CLOCK_MONOTONIC ns, direction (0 received, 1 sent), marker bit, payload type,
        sequence number, payload length in bytes, RTP timestamp. The payload follows.
        """

    def dropped(self) -> int:
        """Packets not recorded because nobody read."""

def __getattr__(name: str) -> Any: ...
