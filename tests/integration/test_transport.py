"""Requests as networks bring them: through NAT, twice, in pieces, too long, or hardly at all."""

import itertools
import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

import pytest

from tests.peers.old_calls import OLD_S, OldCalls
from tests.peers.processes import Node, free_port, node
from tests.peers.raw import Message, RawCaller
from tests.peers.records import of_call, outcome

PING = b"\r\n\r\n"


@pytest.fixture(scope="module")
def tcp_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory, tcp_port: int) -> Iterator[Node]:
    listeners = f'[{{"transport": "tcp", "bind": "127.0.0.1", "port": {tcp_port}}}]'
    folder = tmp_path_factory.mktemp("line")
    with node(folder, SIP__MEDIA_TIMEOUT_S="0", SIP__LISTENERS=listeners) as running:
        yield running


def hang_up(caller: RawCaller) -> None:
    caller.request("BYE")
    caller.expect(status=200, method="BYE")


class Behind(RawCaller):
    """A caller behind NAT, who knows only his private address."""

    @property
    def via(self) -> str:
        return f"SIP/2.0/UDP 10.9.8.7:5060;branch={self.branch};rport"


@pytest.mark.interop(
    "raw UDP", "a private Via with rport", "answered to where it came from, with received and rport"
)
def test_answers_go_where_a_request_came_from(line: Node) -> None:
    """RFC 3581."""
    with Behind(line.address) as caller:
        ok = caller.answered()
        for part in ("10.9.8.7:5060", "received=127.0.0.1", f"rport={caller.port}"):
            assert part in ok.one("via")
        hang_up(caller)


@dataclass(slots=True)
class Unasked(RawCaller):
    """A caller who has moved to another port and does not ask for ``rport``."""

    port_named: int = 0

    @property
    def via(self) -> str:
        return f"SIP/2.0/UDP {self.source}:{self.port_named};branch={self.branch}"


@pytest.mark.interop("raw UDP", "Via without rport", "answered to its port")
def test_without_rport_answers_go_to_the_port_in_via(line: Node) -> None:
    """RFC 3261 18.2.2."""
    with RawCaller(line.address) as named, Unasked(line.address, port_named=named.port) as caller:
        caller.request("OPTIONS")
        assert named.expect(status=200, method="OPTIONS")
        assert caller.receive(0.1) is None


@pytest.mark.interop("raw UDP", "each request twice", "the same answer, one call")
def test_a_repeated_request_gets_the_same_answer_and_makes_no_second_call(line: Node) -> None:
    with RawCaller(line.address) as caller:
        caller.invite()
        first = caller.expect(status=200, method="INVITE")
        caller.repeat()
        again = caller.expect(status=200, method="INVITE")
        assert (again.one("to"), again.body) == (first.one("to"), first.body)
        caller.accept(first)
        for _ in range(2):
            caller.invite()
            caller.repeat()
            bodies = {caller.expect(status=200, method="INVITE").body for _ in range(2)}
            assert bodies == {first.body}
            caller.request("ACK")
        hang_up(caller)
        caller.repeat()
        caller.expect(status=200, method="BYE")
    assert outcome(of_call(line.data, caller.call_id)) == "caller-hung-up"


@pytest.mark.interop("raw UDP", "200 lost", "repeated after 0.5 s, 1 s, and so on")
def test_our_200_is_repeated_until_it_is_acknowledged(line: Node) -> None:
    """RFC 3261 13.3.1.4: after 0.5 s, 1 s more, and so on."""
    with RawCaller(line.address) as caller:
        caller.invite()
        answers = [caller.expect(status=200, method="INVITE") for _ in range(3)]
        waits = [late.at - early.at for early, late in itertools.pairwise(answers)]
        assert waits == pytest.approx([0.5, 1.0], abs=0.2)
        caller.accept(answers[-1])
        assert caller.receive(2.5) is None
        hang_up(caller)


@pytest.mark.interop("raw UDP", "no ACK ever", "BYE after 32 s; the Outcome says why")
def test_a_call_without_any_ack_ends(old_calls: OldCalls) -> None:
    """64 times T1, of RFC 3261 13.3.1.4, and then BYE."""
    after_s, call_id = old_calls.unacknowledged.result(OLD_S)
    assert 30 < after_s < 42
    *_, gone, ending = of_call(old_calls.served.data, call_id)
    assert (gone["event"], gone["by"], gone["reason"]) == ("HungUp", "us", "no ACK")
    assert ending["code"] == "not-acknowledged", ending


@pytest.mark.parametrize("noise", [b"", b"\r\n", PING, b"\0" * 4, b"\0", b" "])
@pytest.mark.interop("raw UDP", "keep-alives of 0, 1, 2 and 4 octets", "nothing")
def test_a_keep_alive_on_udp_is_nothing(line: Node, noise: bytes) -> None:
    """What NAT boxes are fed with, in a call and outside."""
    with RawCaller(line.address) as caller:
        caller.sip.sendto(noise, line.address)
        caller.answered()
        caller.sip.sendto(noise, line.address)
        assert caller.receive(0.1) is None
        hang_up(caller)


@pytest.mark.interop("raw UDP", "OPTIONS", "200 with Allow, Accept, Supported")
def test_options_is_answered_200_with_what_we_can(line: Node) -> None:
    with RawCaller(line.address) as caller:
        caller.request("OPTIONS")
        ok = caller.expect(status=200, method="OPTIONS")
        assert {"INVITE", "ACK", "BYE", "CANCEL", "UPDATE", "REFER"} <= {
            name.strip() for name in ok.one("allow").split(",")
        }
        assert "application/sdp" in ok.one("accept")
        assert "timer" in ok.one("supported")


@pytest.mark.interop("raw UDP", "a request of 8 KB", "answered")
def test_a_request_of_8_kb_is_answered(line: Node) -> None:
    """STIR passports and long route sets; in fragments, where a frame is shorter."""
    with RawCaller(line.address) as caller:
        caller.invite([f"X-Long-{number}: {'x' * 1000}" for number in range(8)])
        assert len(caller.latest) > 8000
        caller.accept(caller.expect(status=200, method="INVITE"))
        hang_up(caller)


def options(number: int, port: int) -> bytes:
    lines = [
        f"OPTIONS sip:127.0.0.1:{port};transport=tcp SIP/2.0",
        f"Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKtcp{number};rport",
        "Max-Forwards: 70",
        "From: <sip:carrier@127.0.0.1>;tag=1",
        "To: <sip:node@127.0.0.1>",
        f"Call-ID: tcp-{number}",
        f"CSeq: {number} OPTIONS",
        "Content-Length: 0",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answers(connection: socket.socket, count: int) -> list[str]:
    """The CSeqs that are answered 200, in their order."""
    text = ""
    connection.settimeout(3)
    while text.count("SIP/2.0 200") < count or not text.endswith("\r\n\r\n"):
        text += connection.recv(65536).decode()
    return re.findall(r"CSeq: (\d+)", text)


@pytest.mark.interop(
    "raw TCP", "requests in pieces, together, and between keep-alives", "each answered once"
)
def test_tcp_brings_requests_in_pieces_together_and_between_keep_alives(
    line: Node, tcp_port: int
) -> None:
    """RFC 3261 18.3 and RFC 5626 3.5.1."""
    with socket.create_connection(("127.0.0.1", tcp_port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        one, two, three = (options(number, tcp_port) for number in (1, 2, 3))
        for part in (PING, one[:40], one[40:200], one[200:]):
            connection.sendall(part)
            time.sleep(0.05)
        assert answers(connection, 1) == ["1"]
        connection.sendall(PING + two + b"\r\n" + three + PING)
        assert answers(connection, 2) == ["2", "3"]
        connection.sendall(PING)
        connection.sendall(options(4, tcp_port))
        assert answers(connection, 1) == ["4"]


@dataclass(slots=True)
class Connected(RawCaller):
    """A caller over TCP, who also listens at the port in his Contact."""

    listening: socket.socket = field(init=False)
    unread: str = ""

    def __enter__(self) -> Self:
        super(Connected, self).__enter__()
        self.sip.close()
        self.sip = socket.create_connection(self.server)
        self.listening = socket.create_server((self.source, 0))
        return self

    def __exit__(self, *_: object) -> None:
        super(Connected, self).__exit__()
        self.listening.close()

    @property
    def via(self) -> str:
        return f"SIP/2.0/TCP {self.source}:{self.port};branch={self.branch};rport"

    @property
    def contact(self) -> str:
        return f"<sip:caller@{self.source}:{self.listening.getsockname()[1]};transport=tcp>"

    def repeat(self) -> None:
        self.sip.sendall(self.latest)

    def receive(self, timeout_s: float) -> Message | None:
        self.sip.settimeout(max(0.001, timeout_s))
        while not (whole := re.match(r"(?s).*?Content-Length: *(\d+).*?\r\n\r\n", self.unread)):
            try:
                self.unread += self.sip.recv(65536).decode()
            except TimeoutError:
                return None
        length = whole.end() + int(whole[1])
        while len(self.unread) < length:
            self.unread += self.sip.recv(65536).decode()
        message = Message.parse(self.unread[:length])
        self.unread = self.unread[length:]
        self.seen.append(message)
        return message

    def talk(self) -> None:
        """A call from its INVITE to its BYE."""
        self.invite(contact=self.contact)
        self.accept(self.expect(status=200, method="INVITE"))
        hang_up(self)


@pytest.mark.interop(
    "raw TCP",
    "a caller who listens at his Contact",
    "nobody connects there; his connection is used",
)
def test_a_tcp_caller_is_not_dialled_at_his_contact(line: Node, tcp_port: int) -> None:
    with Connected(("127.0.0.1", tcp_port)) as caller:
        caller.talk()
        caller.listening.settimeout(0.5)
        with pytest.raises(TimeoutError):
            caller.listening.accept()
