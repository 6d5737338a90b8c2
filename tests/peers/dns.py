"""A DNS server for one zone of SRV and A records (RFC 1035, RFC 2782), on port 53 of loopback."""

import socket
import struct
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

A, SRV, IN = 1, 33, 1
FLAGS, NAME_ERROR = 0x8580, 3  # a response, with authority, recursion available
TTL_S = 60


@dataclass(frozen=True, slots=True)
class Server:
    """One SRV record: lower priorities first."""

    priority: int
    host: str
    port: int


@dataclass(slots=True)
class Dns:
    """Serves while the block runs; ``asked`` has the names and types that were asked for."""

    services: Mapping[str, Sequence[Server]]
    hosts: Mapping[str, str]
    address: str = "127.0.0.9"
    asked: list[tuple[str, int]] = field(default_factory=list)
    _socket: socket.socket = field(init=False)
    _thread: threading.Thread = field(init=False)

    def __enter__(self) -> Self:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((self.address, 53))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.sendto(b"", (self.address, 53))
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            query, source = self._socket.recvfrom(512)
            if not query:
                return
            self._socket.sendto(self._answer(query), source)

    def _answer(self, query: bytes) -> bytes:
        labels, at = [], 12
        while size := query[at]:
            labels.append(query[at + 1 : at + 1 + size].decode())
            at += 1 + size
        question = query[12 : at + 5]
        name, (kind,) = ".".join(labels).lower(), struct.unpack("!H", query[at + 1 : at + 3])
        self.asked.append((name, kind))
        records = self._records(name, kind)
        flags = FLAGS if records else FLAGS | NAME_ERROR
        head = struct.pack("!2s5H", query[:2], flags, 1, len(records), 0, 0)
        return head + question + b"".join(records)

    def _records(self, name: str, kind: int) -> list[bytes]:
        if kind == SRV:
            return [
                _record(
                    name, SRV, struct.pack("!3H", one.priority, 1, one.port) + _encoded(one.host)
                )
                for one in self.services.get(name, ())
            ]
        if kind == A and name in self.hosts:
            return [_record(name, A, socket.inet_aton(self.hosts[name]))]
        return []


def _record(name: str, kind: int, data: bytes) -> bytes:
    return _encoded(name) + struct.pack("!2HIH", kind, IN, TTL_S, len(data)) + data


def _encoded(name: str) -> bytes:
    return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"
