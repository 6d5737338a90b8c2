"""A caller made of two UDP sockets: says exactly what a test tells it to, and nothing else.

For what no well-behaved peer would send: a carrier's own headers, lost answers, RTP packets
made by hand. It has no timers and repeats nothing.
"""

import itertools
import re
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

_numbers = itertools.count(1)

RTCP = b"\x80"  # its first octet is this or more; SIP's is a letter

PCMU_SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio {port} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\n"
)


@dataclass(frozen=True, slots=True)
class Message:
    """A SIP message as received."""

    start: str
    headers: tuple[tuple[str, str], ...]
    body: str
    at: float

    @classmethod
    def parse(cls, text: str) -> Self:
        head, _, body = text.partition("\r\n\r\n")
        lines = head.split("\r\n")
        pairs = [line.partition(":") for line in lines[1:]]
        headers = tuple((name.strip().lower(), value.strip()) for name, _, value in pairs)
        return cls(lines[0], headers, body, time.monotonic())

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name.lower()]

    def one(self, name: str) -> str:
        return self.all(name)[0]

    @property
    def status(self) -> int:
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        return self.one("cseq").split()[1]


@dataclass(slots=True)
class RawCaller:
    """One call from 127.0.0.1. Use as a context manager."""

    server: tuple[str, int]
    number: str = "+97142000000"
    source: str = "127.0.0.1"
    sip: socket.socket = field(init=False)
    rtp: socket.socket = field(init=False)
    call_id: str = field(init=False)
    to: str = field(init=False)
    branch: str = field(init=False)
    cseq: int = 1
    remote_rtp: tuple[str, int] = ("", 0)
    target: str = ""
    proxied: bool = False  # follow the recorded route
    route: tuple[str, ...] = ()
    latest: bytes = b""
    seen: list[Message] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sip.bind((self.source, 0))
        self.rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.rtp.bind((self.source, 0))
        self.call_id = f"{time.time_ns()}-{next(_numbers)}@0.0.0.0"
        self.to = f"<sip:{self.number}@127.0.0.1>"
        return self

    def __exit__(self, *_: object) -> None:
        self.sip.close()
        self.rtp.close()

    @property
    def port(self) -> int:
        port: int = self.sip.getsockname()[1]
        return port

    @property
    def via(self) -> str:
        return f"SIP/2.0/UDP {self.source}:{self.port};branch={self.branch};rport"

    # ------------------------------------------------------------------ requests

    def request(
        self,
        method: str,
        headers: Sequence[str] = (),
        body: str = "",
        *,
        uri: str = "",
        contact: str = "",
        body_type: str = "application/sdp",
    ) -> None:
        """Send a request; ACK and CANCEL keep the INVITE's branch and number."""
        if method not in ("ACK", "CANCEL"):
            self.branch = f"z9hG4bK{time.time_ns()}"
            self.cseq += 1
        lines = [
            f"{method} {uri or self.target or f'sip:{self.number}@127.0.0.1'} SIP/2.0",
            f"Via: {self.via}",
            "Max-Forwards: 70",
            f"From: <sip:+971501234567@127.0.0.1>;tag={self.call_id[:8]}",
            f"To: {self.to}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {self.cseq} {method}",
            f"Contact: {contact or f'<sip:caller@{self.source}:{self.port}>'}",
            *(f"Route: {hop}" for hop in self.route),
            *headers,
        ]
        if body:
            lines.append(f"Content-Type: {body_type}")
        lines.append(f"Content-Length: {len(body.encode())}")
        text = "\r\n".join(lines) + "\r\n\r\n" + body
        self.latest = text.encode(errors="surrogateescape")
        self.repeat()

    def repeat(self) -> None:
        """Send the latest request once more, as if its answer had been lost."""
        self.sip.sendto(self.latest, self.server)

    def invite(
        self, headers: Sequence[str] = (), sdp: str = PCMU_SDP, *, uri: str = "", contact: str = ""
    ) -> None:
        port = self.rtp.getsockname()[1]
        self.request("INVITE", headers, sdp.format(port=port), uri=uri, contact=contact)

    def answered(self, headers: Sequence[str] = (), sdp: str = PCMU_SDP) -> Message:
        """INVITE, wait for 200, ACK."""
        self.invite(headers, sdp)
        ok = self.expect(status=200, method="INVITE")
        self.accept(ok)
        return ok

    def accept(self, ok: Message, sdp: str = "") -> None:
        """Take the dialog from a 200 and acknowledge it, with our answer if it made the offer."""
        self.to = ok.one("to")
        found = re.search(r"<([^>]+)>", ok.one("contact"))
        assert found is not None
        self.target = found[1]
        self.route = tuple(reversed(ok.all("record-route"))) if self.proxied else ()
        media = re.search(r"m=audio (\d+)", ok.body)
        assert media is not None
        self.remote_rtp = ("127.0.0.1", int(media[1]))
        self.request("ACK", body=sdp)

    def respond(
        self,
        request: Message,
        status: int,
        reason: str,
        headers: Sequence[str] = (),
        *,
        tag: str = "",
        body: str = "",
    ) -> None:
        """Answer a request of the agent's; ``tag`` is ours where the request has none."""
        copied = [
            f"{name}: {value}"
            for name in ("via", "record-route", "from", "to", "call-id", "cseq")
            for value in request.all(name)
        ]
        if tag:
            copied = [f"{line};tag={tag}" if line.startswith("to:") else line for line in copied]
        contact = f"Contact: <sip:caller@{self.source}:{self.port}>"
        kind = ["Content-Type: application/sdp"] if body else []
        length = f"Content-Length: {len(body.encode())}"
        lines = [f"SIP/2.0 {status} {reason}", *copied, contact, *headers, *kind, length]
        self.sip.sendto(("\r\n".join(lines) + "\r\n\r\n" + body).encode(), self.server)

    def notify(self, status_line: str, state: str, event: str = "refer") -> None:
        """A NOTIFY about the agent's REFER; an empty ``status_line`` sends no body."""
        self.request(
            "NOTIFY",
            [f"Event: {event}", f"Subscription-State: {state}"],
            f"{status_line}\r\n" if status_line else "",
            body_type="message/sipfrag;version=2.0",
        )

    # ------------------------------------------------------------------ waiting

    def receive(self, timeout_s: float) -> Message | None:
        """The next message, or None."""
        until = time.monotonic() + timeout_s
        data = RTCP
        while data[:1] >= RTCP:  # of a call whose RTP has the port below
            self.sip.settimeout(max(0.001, until - time.monotonic()))
            try:
                data = self.sip.recv(65536)
            except TimeoutError:
                return None
        message = Message.parse(data.decode())
        self.seen.append(message)
        return message

    def expect(self, *, method: str, status: int = 0, timeout_s: float = 5.0) -> Message:
        """Wait for a response (``status``) or a request of ``method``; others are passed over."""
        until = time.monotonic() + timeout_s
        while (left := until - time.monotonic()) > 0:
            message = self.receive(left)
            if message and message.method == method and message.status == status:
                return message
        seen = [message.start for message in self.seen]
        raise AssertionError(f"no {status or ''} {method} within {timeout_s} s; seen: {seen}")

    def nothing(self, *, method: str, for_s: float) -> None:
        """Assert that no request of ``method`` comes."""
        until = time.monotonic() + for_s
        while (left := until - time.monotonic()) > 0:
            message = self.receive(left)
            assert not (message and message.method == method and not message.status), message

    # ------------------------------------------------------------------ audio

    def key(self, event: int, *, sequence: int, timestamp: int, marker: bool) -> int:
        """One key press as RFC 4733 packets: four updates and three end packets."""
        for step in range(1, 8):
            end = 0x80 if step > 4 else 0
            duration = 160 * min(step, 5)
            payload = bytes([event, end | 10]) + duration.to_bytes(2, "big")
            first = marker and step == 1
            self.send_rtp(payload, sequence=sequence, timestamp=timestamp, kind=101, marker=first)
            sequence += 1
            time.sleep(0.02)
        return sequence

    def send_rtp(
        self, payload: bytes, *, sequence: int, timestamp: int, kind: int = 0, marker: bool = False
    ) -> None:
        head = struct.pack("!BBHII", 0x80, kind | marker << 7, sequence, timestamp, 0x5EED)
        self.rtp.sendto(head + payload, self.remote_rtp)

    def audio(self, seconds: float) -> list[tuple[float, bytes]]:
        """RTP packets that arrive in the next seconds, each with its time."""
        packets = []
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.rtp.settimeout(left)
            try:
                packets.append((time.monotonic(), self.rtp.recv(2048)))
            except TimeoutError:
                break
        return packets


def audible(packets: list[tuple[float, bytes]]) -> int:
    """How many packets hold more than mu-law silence."""
    return sum(len(set(packet[12:]) - {0xFF, 0x7F, 0xFE, 0x7E}) > 4 for _, packet in packets)
