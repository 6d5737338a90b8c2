"""Strangers who send INVITEs as fast as they are told to, from many addresses of 127.66.0.0/16.

    python -m tests.bench.strangers HOST PORT PER_S SECONDS SOURCES

Says how many it sent and how they were answered, as JSON. It repeats and acknowledges nothing.
"""

import json
import selectors
import socket
import sys
import time
from collections import Counter
from typing import Final

MOST_AT_ONCE: Final = 50  # after a wait for a core; what was missed beyond is not made up for
WAIT_S: Final = 0.001
LINGER_S: Final = 1.0
ANSWER: Final = 64  # bytes that hold its status
INVITE: Final = (
    "INVITE sip:+97142000000@{host}:{port} SIP/2.0\r\n"
    "Via: SIP/2.0/UDP {own}:{own_port};branch=z9hG4bK-{{number}};rport\r\n"
    "Max-Forwards: 70\r\n"
    "From: <sip:100@{own}>;tag=stranger-{{number}}\r\n"
    "To: <sip:+97142000000@{host}>\r\n"
    "Call-ID: {{number}}@{own}\r\n"
    "CSeq: 1 INVITE\r\n"
    "Contact: <sip:100@{own}:{own_port}>\r\n"
    "User-Agent: friendly-scanner\r\n"
    "Content-Type: application/sdp\r\n"
    "Content-Length: {length}\r\n\r\n{body}"
)
SDP: Final = (
    "v=0\r\no=- 1 1 IN IP4 {own}\r\ns=-\r\nc=IN IP4 {own}\r\nt=0 0\r\n"
    "m=audio 9 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
)


class Flood:
    """The sockets, and what each says."""

    def __init__(self, server: tuple[str, int], sources: int) -> None:
        self._server = server
        self.answers: Counter[str] = Counter()
        self.sent = 0
        self._selector = selectors.DefaultSelector()
        self._voices: list[tuple[socket.socket, str]] = []
        for number in range(sources):
            one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            one.bind((f"127.66.{number // 250}.{number % 250 + 1}", 0))
            one.setblocking(False)
            self._selector.register(one, selectors.EVENT_READ)
            self._voices.append((one, _invite(one, server)))

    def send(self, count: int) -> None:
        for _ in range(count):
            one, text = self._voices[self.sent % len(self._voices)]
            one.sendto(text.format(number=self.sent).encode(), self._server)
            self.sent += 1

    def hear(self, wait_s: float) -> None:
        """Count the answers that are there, or that come within ``wait_s``."""
        for key, _ in self._selector.select(wait_s):
            assert isinstance(key.fileobj, socket.socket)
            try:
                while True:
                    self.answers[key.fileobj.recv(ANSWER)[8:11].decode(errors="replace")] += 1
            except OSError:  # no more, or nobody listens at the server
                continue


def _invite(one: socket.socket, server: tuple[str, int]) -> str:
    own, own_port = one.getsockname()
    body = SDP.format(own=own)
    return INVITE.format(
        host=server[0], port=server[1], own=own, own_port=own_port, length=len(body), body=body
    )


def main() -> None:
    host, port, per_s, seconds, sources = sys.argv[1:]
    flood = Flood((host, int(port)), int(sources))
    print("Ready.", flush=True)
    began, skipped = time.monotonic(), 0
    while (now := time.monotonic() - began) < float(seconds):
        due = int(now * float(per_s)) - flood.sent - skipped
        flood.send(min(due, MOST_AT_ONCE))
        skipped += max(0, due - MOST_AT_ONCE)
        flood.hear(0.0)
        time.sleep(WAIT_S)
    took = time.monotonic() - began
    until = time.monotonic() + LINGER_S
    while time.monotonic() < until:
        flood.hear(0.1)
    print(json.dumps({"sent": flood.sent, "seconds": took, "answers": flood.answers}), flush=True)


if __name__ == "__main__":
    main()
