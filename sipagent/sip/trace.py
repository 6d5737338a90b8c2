"""Writes every SIP message to a pcap file that Wireshark and sngrep open.

The messages come from the gate's tap, which costs nothing while nobody traces. TCP and TLS are
shown as UDP, decrypted: what was said counts here, not how it travelled. They hold callers'
numbers and digits, so the file is its owner's alone.
"""

import os
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import dpkt
import structlog

from sipagent.errors import StartError
from sipagent.sip.gate import Gate

log = structlog.get_logger(__name__)

HEAD: Final = struct.Struct("<QBxHI")  # see native/sip_gate.hpp
LOOK_S: Final = 0.2
LINK_RAW: Final = 101  # LINKTYPE_RAW: packets begin with their IP header
MOST_BYTES: Final = 4 << 30  # of messages: whoever floods us must not fill the disk
LARGEST_BYTES: Final = 60_000  # of a message that a UDP packet can show
SNAPLEN: Final = 65_535
UNKNOWN: Final = "0.0.0.0"  # noqa: S104  # shown where our IPv4 address is not known
NANOSECONDS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Message:
    """``peer`` is "address:port", "[address]:port" for IPv6."""

    ns: int
    sent: bool
    peer: str
    data: bytes


def messages(records: bytes) -> Iterator[Message]:
    """What the tap kept, oldest first."""
    at = 0
    while at < len(records):
        ns, sent, peer, length = HEAD.unpack_from(records, at)
        at += HEAD.size
        where = records[at : at + peer].decode()
        at += peer
        yield Message(ns, bool(sent), where, records[at : at + length])
        at += length


def packet(message: Message, own: tuple[str, int]) -> bytes:
    """An IP packet as if the message had travelled by UDP between ``own`` and its peer."""
    host, _, port = message.peer.rpartition(":")
    peer = (host.strip("[]"), int(port))
    source, target = (own, peer) if message.sent else (peer, own)
    family = socket.AF_INET6 if ":" in peer[0] else socket.AF_INET
    addresses = {
        name: socket.inet_pton(family, _of_family(one[0], family))
        for name, one in (("src", source), ("dst", target))
    }
    udp = dpkt.udp.UDP(sport=source[1], dport=target[1], data=message.data[:LARGEST_BYTES])
    udp.ulen = len(udp)
    if family == socket.AF_INET6:
        return bytes(dpkt.ip6.IP6(nxt=dpkt.ip.IP_PROTO_UDP, plen=len(udp), data=udp, **addresses))
    return bytes(dpkt.ip.IP(p=dpkt.ip.IP_PROTO_UDP, data=udp, **addresses))


def _of_family(address: str, family: socket.AddressFamily) -> str:
    """Our own address as the peer's family has it: a node on ``::`` talks IPv4 too."""
    if family == socket.AF_INET6:
        return address if ":" in address else f"::ffff:{address}"
    return UNKNOWN if ":" in address else address


class Trace:
    """Follows one gate from ``start`` to ``stop``, on a thread of its own."""

    def __init__(self, gate: Gate, file: Path, own: tuple[str, int]) -> None:
        """Raises ``StartError`` where the file cannot be written."""
        self._gate = gate
        self._own = own
        self._path = file
        self._bytes = 0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="sip trace", daemon=True)
        try:
            opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.fchmod(opened, 0o600)
        except OSError as error:
            raise StartError(f"sip.trace: {file}: {error.strerror}; name another file") from None
        self._file = os.fdopen(opened, "wb", buffering=0)
        self._writer = dpkt.pcap.Writer(self._file, snaplen=SNAPLEN, linktype=LINK_RAW)

    def start(self) -> None:
        self._gate.tap(listening=True)
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        self._thread.join()
        self._gate.tap(listening=False)
        self._file.close()

    def _follow(self) -> None:
        try:
            while not self._ending.wait(LOOK_S):
                self._write()
            self._write()
        except Exception as error:  # a full disk ends the trace, never the calls
            self._gate.tap(listening=False)
            log.error("trace ended", file=str(self._path), error=str(error))
        if lost := self._gate.messages_lost():
            log.warning("trace is not whole", file=str(self._path), messages_lost=lost)

    def _write(self) -> None:
        for message in messages(self._gate.messages()):
            self._bytes += len(message.data)
            if self._bytes > MOST_BYTES:
                raise ValueError(f"{MOST_BYTES} bytes of messages are written")
            self._writer.writepkt(packet(message, self._own), ts=message.ns / NANOSECONDS)
