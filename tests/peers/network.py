"""A bad network between a caller and a node: a relay of SIP and RTP that loses and delays.

The caller dials ``Network.address`` instead of the node's. Addresses in SDP are rewritten, so
that all RTP and RTCP passes here; SIP itself is never harmed. All chance comes from a seed, and
what was done to the packets is counted. ``tc netem`` would do the same, where the kernel has it.
"""

import heapq
import random
import re
import selectors
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Self

LOOPBACK: Final = "127.0.0.1"
LONGEST_S: Final = 0.05  # between two looks at whether it is over
MEDIA: Final = re.compile(r"(m=audio |a=rtcp:)(\d+)")


@dataclass(frozen=True, slots=True)
class Weather:
    """What happens to RTP in one direction; the names and meanings are netem's.

    ``loss`` is the share lost; with ``burst`` over 1 it comes in bursts of that mean length
    (Gilbert's model). A packet takes ``delay_ms`` plus or minus ``jitter_ms``, evenly spread; with
    ``in_order`` none overtakes another. ``reorder`` is the share sent at once, without the delay.
    """

    loss: float = 0.0
    burst: float = 1.0
    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    in_order: bool = False
    reorder: float = 0.0
    duplicate: float = 0.0


@dataclass(slots=True)
class Counts:
    """What was done to one direction's RTP."""

    came: int = 0
    lost: int = 0
    bursts: int = 0  # of loss, each one packet or more
    duplicated: int = 0
    hurried: int = 0


class Path:
    """One direction: decides each packet's fate. Owns no clock."""

    def __init__(self, weather: Weather, seed: int) -> None:
        self.weather = weather
        self.counts = Counts()
        self._chance = random.Random(seed)
        self._losing = False
        self._latest = 0.0

    def arrivals(self, now: float) -> list[float]:
        """When the packet that came ``now`` arrives: never, once or twice."""
        weather, chance = self.weather, self._chance
        self.counts.came += 1
        lost, self._losing = self._losing, self._loses()
        if self._losing:
            self.counts.lost += 1
            self.counts.bursts += not lost
            return []
        at = self.late(now)
        if chance.random() < weather.reorder:
            self.counts.hurried += 1
            at = now
        if weather.in_order:
            at = self._latest = max(at, self._latest)
        if chance.random() < weather.duplicate:
            self.counts.duplicated += 1
            return [at, at]
        return [at]

    def late(self, now: float) -> float:
        """When something that is neither lost nor counted arrives."""
        weather = self.weather
        spread = self._chance.uniform(-weather.jitter_ms, weather.jitter_ms)
        return now + max(0.0, weather.delay_ms + spread) / 1000

    def _loses(self) -> bool:
        """Two states: all is lost in one, nothing in the other."""
        loss, burst = self.weather.loss, self.weather.burst
        if not loss:
            return False
        if burst <= 1:
            return self._chance.random() < loss
        change = 1 / burst if self._losing else loss / (1 - loss) / burst
        return self._losing != (self._chance.random() < change)


@dataclass(slots=True)
class Network:
    """The network of one call. Use as a context manager."""

    node: tuple[str, int]
    weather: Weather = Weather()
    back: Weather = Weather()
    seed: int = 1
    towards_node: Path = field(init=False)
    towards_caller: Path = field(init=False)
    _sip: tuple[socket.socket, socket.socket] = field(init=False)  # caller's side, node's side
    _rtp: tuple[socket.socket, socket.socket] = field(init=False)
    _rtcp: tuple[socket.socket, socket.socket] = field(init=False)
    _peers: dict[socket.socket, tuple[str, int]] = field(default_factory=dict)
    _flying: list[tuple[float, int, socket.socket, bytes]] = field(default_factory=list)
    _number: int = 0
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread = field(init=False)

    def __enter__(self) -> Self:
        self.towards_node = Path(self.weather, self.seed)
        self.towards_caller = Path(self.back, self.seed + 1)
        self._sip = (_bound(), _bound())
        self._peers[self._sip[1]] = self.node
        caller_side, node_side = _pair(), _pair()
        self._rtp = (caller_side[0], node_side[0])
        self._rtcp = (caller_side[1], node_side[1])
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        for one in (*self._sip, *self._rtp, *self._rtcp):
            one.close()

    @property
    def address(self) -> tuple[str, int]:
        """Where the caller finds the node."""
        return (LOOPBACK, _port(self._sip[0]))

    @property
    def media_port(self) -> int:
        """From which, and to which, RTP passes between here and the node."""
        return _port(self._rtp[1])

    def _run(self) -> None:
        paths = (self.towards_node, self.towards_caller)
        takes: dict[socket.socket, Callable[[bytes, tuple[str, int]], None]] = {}
        for side in (0, 1):
            takes[self._sip[side]] = partial(self._signal, side)
            takes[self._rtp[side]] = partial(self._media, self._rtp[1 - side], paths[side])
            takes[self._rtcp[side]] = partial(self._report, side, paths[side])
        with selectors.DefaultSelector() as selector:
            for one in takes:
                selector.register(one, selectors.EVENT_READ)
            while not self._stopping.is_set():
                wait = self._flying[0][0] - time.monotonic() if self._flying else LONGEST_S
                for key, _ in selector.select(min(LONGEST_S, max(0.0, wait))):
                    assert isinstance(key.fileobj, socket.socket)
                    takes[key.fileobj](*key.fileobj.recvfrom(65536))
                self._land()

    def _signal(self, side: int, data: bytes, source: tuple[str, int]) -> None:
        """Pass SIP on at once. The side that told its media ports is told ours instead."""
        ours, out = self._sip[side], self._sip[1 - side]
        self._peers[ours] = source
        text = data.decode(errors="surrogateescape")
        told = MEDIA.search(text)
        if told is not None:
            port = int(told[2])
            self._peers[self._rtp[side]] = (source[0], port)
            self._peers[self._rtcp[side]] = (source[0], port + 1)
            rtp, rtcp = _port(self._rtp[1 - side]), _port(self._rtcp[1 - side])
            text = MEDIA.sub(
                lambda found: f"{found[1]}{rtp if found[1].startswith('m') else rtcp}", text
            )
        out.sendto(text.encode(errors="surrogateescape"), self._peers[out])

    def _media(self, out: socket.socket, path: Path, data: bytes, _: tuple[str, int]) -> None:
        for at in path.arrivals(time.monotonic()):
            self._fly(at, out, data)

    def _report(self, side: int, path: Path, data: bytes, source: tuple[str, int]) -> None:
        """RTCP is late as RTP is, and never lost. Its answer goes where it came from."""
        self._peers[self._rtcp[side]] = source
        self._fly(path.late(time.monotonic()), self._rtcp[1 - side], data)

    def _fly(self, at: float, out: socket.socket, data: bytes) -> None:
        self._number += 1
        heapq.heappush(self._flying, (at, self._number, out, data))

    def _land(self) -> None:
        now = time.monotonic()
        while self._flying and self._flying[0][0] <= now:
            _, _, out, data = heapq.heappop(self._flying)
            if out in self._peers:
                out.sendto(data, self._peers[out])


def _port(one: socket.socket) -> int:
    port: int = one.getsockname()[1]
    return port


def _bound(port: int = 0) -> socket.socket:
    """Ports have five digits, so that a rewritten SDP is as long as it was."""
    while True:
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        one.bind((LOOPBACK, port))
        if _port(one) >= 10_000:
            return one
        one.close()


def _pair() -> tuple[socket.socket, socket.socket]:
    """An even port for RTP and the next for RTCP."""
    while True:
        rtp = _bound()
        if _port(rtp) % 2 == 0:
            try:
                return rtp, _bound(_port(rtp) + 1)
            except OSError:
                pass
        rtp.close()
