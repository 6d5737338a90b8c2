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

def symmetric_rtp(on: bool) -> None:
    """Whether a peer whose first RTP packet comes from another host than its SDP names is heard.

    That host is then the peer for good. Off, nobody but the named host is heard.
    """

class GateRules:
    """What the gate goes by; see `SipGate.publish`."""

    answer_strangers: bool
    """Whether requests from no trunk get 403; else they get nothing."""

    stranger_most_per_s: int
    """Above it, a stranger's address is banned: dropped unread. 0 bans nobody."""

    ban_s: int
    max_bytes: int
    max_headers: int
    ready: bool
    """Whether new calls pass and OPTIONS is answered 200; else both get 503 with Retry-After."""

    max_calls: int
    """Live calls, beyond which new ones get 503. 0 is no limit."""

    retry_after_s: int
    def __init__(self) -> None: ...
    def trunk_header(self, header: str) -> None:
        """Where a proxy names the trunk that a call came from; "X-Sipagent-Trunk" by default.

        Raises Error for what is no X- header: PJSIP parses the others.
        """

    def trunk(self, name: str, calls_per_s: float, header: str, secret: str) -> int:
        """Add a trunk; its number, from 0. `calls_per_s` 0 is no limit.

        Where `header` is not empty, an INVITE that lacks `secret` in it is a stranger's.
        """

    def network(self, trunk: int, text: str) -> None:
        """Requests from "192.0.2.0/24" or "2001:db8::/32" are the trunk's; the narrowest counts.

        Raises Error for what is no network or no trunk.
        """

    def proxy(self, text: str) -> None:
        """Requests from this network come through a proxy of ours, which is believed."""

    def trunk_of(self, source: str) -> int:
        """The number of the trunk that "address:port" belongs to, or -1."""

class SipGate:
    """A module before transactions: what it refuses costs no dialog, no call and no socket.

    One for an endpoint. `open`, `close`, `publish`, `ready`, `digits` and `busiest` belong to the
    PJSIP thread. Requests within a live dialog pass from any source.
    """

    def __init__(self) -> None: ...
    def open(self) -> None:
        """Stand before the endpoint, which was created. Raises Error where there is a gate."""

    def close(self) -> None:
        """Idempotent, and harmless after the endpoint's end."""

    def publish(self, rules: GateRules) -> None:
        """Go by these rules from the next request on. Trunks' rates begin anew."""

    def ready(self, on: bool, retry_after_s: int) -> None:
        """Change readiness alone."""

    def admitted(self) -> int:
        """The number of the trunk whose INVITE was let in last, or -1; for `onSelectAccount`."""

    def counts(self) -> dict[str, int]:
        """Since it opened: passed, stranger, banned, not_ready, full, too_fast, not_allowed,
        too_large, pings, keyed, malformed.
        """

    def digits(self) -> list[tuple[str, str, int]]:
        """Digits that came by INFO since the last call: SIP Call-ID, digit, duration in ms or 0."""

    def busiest(self, count: int) -> list[tuple[str, int, int]]:
        """Strangers by requests: address, requests, and until when (CLOCK_MONOTONIC ms) banned."""

    def tap(self, on: bool) -> None:
        """Note all messages, or none; what was noted and not read is dropped with the latter."""

    def messages(self) -> bytes:
        """Packed messages since the last read, oldest first, each `struct` "<QBxHI", the peer's
        address and the message.

        The fields: CLOCK_REALTIME ns, direction (0 received, 1 sent), lengths of address and
        message in bytes.
        """

    def tap_lost(self) -> int:
        """Messages not noted because nobody read."""

def __getattr__(name: str) -> Any: ...
