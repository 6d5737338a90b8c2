"""What no well-behaved peer sends, while others talk: nobody notices."""

import re
import socket
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.bench.load import crowd
from tests.peers.processes import node
from tests.peers.raw import Message, RawCaller
from tests.peers.torture import messages, mutations

pytestmark = pytest.mark.alone

TALKING, TALK_S = 20, 45
MUTATIONS, A_SECOND = 10_000, 600
HOSTILE = "127.0.0.9"


class Hostile:
    """Sends datagrams as a trunk would, and ends the calls that come of them."""

    def __init__(self, server: tuple[str, int], source: str = HOSTILE) -> None:
        self.source = source
        self.sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sip.bind((source, 0))
        self.sip.setblocking(False)
        self.server = server
        self.statuses: dict[int, int] = {}

    @property
    def port(self) -> int:
        port: int = self.sip.getsockname()[1]
        return port

    def send(self, datagrams: Iterable[bytes], a_second: float) -> None:
        due = time.monotonic()
        for datagram in datagrams:
            due += 1 / a_second
            self.sip.sendto(datagram, self.server)
            while (left := due - time.monotonic()) > 0:
                self.listen()
                time.sleep(min(left, 0.001))

    def listen(self) -> None:
        while True:
            try:
                text = self.sip.recv(65536).decode(errors="replace")
            except BlockingIOError:
                return
            message = Message.parse(text)
            self.statuses[message.status] = self.statuses.get(message.status, 0) + 1
            if message.status == 200 and "INVITE" in text:
                self._end(message)

    def _end(self, ok: Message) -> None:
        found = re.search(r"(\d+)\s+INVITE", " ".join(ok.all("cseq")))
        contact = re.search(r"<([^>]+)>", " ".join(ok.all("contact")))
        if not found or not contact:
            return
        for method, number in (("ACK", int(found[1])), ("BYE", min(int(found[1]) + 1, 2**31 - 1))):
            lines = [
                f"{method} {contact[1]} SIP/2.0",
                f"Via: SIP/2.0/UDP {self.source}:{self.port};branch=z9hG4bK{time.time_ns()};rport",
                *(f"{name}: {ok.one(name)}" for name in ("from", "to", "call-id")),
                f"CSeq: {number} {method}",
                "Max-Forwards: 70",
                "Content-Length: 0",
            ]
            self.sip.sendto(("\r\n".join(lines) + "\r\n\r\n").encode(), self.server)


def answered_within_a_second(server: tuple[str, int], source: str = "127.0.0.1") -> None:
    began = time.monotonic()
    with RawCaller(server, source=source) as caller:
        caller.answered()
        assert time.monotonic() - began < 1.0
        caller.request("BYE")
        caller.expect(status=200, method="BYE")


@pytest.mark.interop(
    "raw UDP, SIPp",
    "360 hand-made odd messages and 10,000 mutations while 20 calls talk",
    "no call disturbed, a new call within 1 s",
)
def test_torture_disturbs_no_call_and_stops_nothing(tmp_path: Path) -> None:
    """Some 360 hand-made messages and 10,000 mutations at the stack, while 20 calls talk."""
    with node(tmp_path, SIP__MAX_CALLS="500") as served:
        callers = crowd(tmp_path / "sipp", served.address, calls=TALKING, rate=10, seconds=TALK_S)
        time.sleep(3.0)
        hostile = Hostile(served.address)
        hostile.send((message.data for message in messages(hostile.port, source=HOSTILE)), 100)
        answered_within_a_second(served.address)
        hostile.send(mutations(1, MUTATIONS, hostile.port), A_SECOND)
        answered_within_a_second(served.address)
        assert hostile.statuses.get(200, 0) > 50, "it must reach the stack, not the gate alone"
        callers.wait(TALK_S + 60)
        assert served.process.poll() is None
        log = served.log.read_text(errors="replace")
    for fault in ("Traceback", "callback failed", "poll failed", "invite refused", "call failed"):
        assert fault not in log, log[log.index(fault) - 500 : log.index(fault) + 1500]
