"""Calls that we make: who answers, who asks for a password, who sends us elsewhere."""

import hashlib
import re
import socket
import time
from collections.abc import Iterator

import pytest

from tests.peers.dialler import dialling
from tests.peers.dns import Dns, Server
from tests.peers.processes import free_port
from tests.peers.raw import PCMU_SDP, Message, RawCaller

USER, PASSWORD = "alice", "wonderland"
UDP, TCP = "_sip._udp.example.test", "_sip._tcp.example.test"
pytestmark = pytest.mark.usefixtures("old_calls")  # they grow old meanwhile
HERE = {"one.example.test": "127.0.0.1", "two.example.test": "127.0.0.1"}


@pytest.fixture
def desk() -> Iterator[RawCaller]:
    """Who is called."""
    with RawCaller(("127.0.0.1", 9)) as called:
        yield called


def called(desk: RawCaller, port: int, timeout_s: float = 8.0) -> Message:
    """The INVITE of the dialler at ``port``."""
    desk.server = ("127.0.0.1", port)
    return desk.expect(method="INVITE", timeout_s=timeout_s)


def sdp(desk: RawCaller) -> str:
    return PCMU_SDP.format(port=desk.rtp.getsockname()[1])


def uri(desk: RawCaller) -> str:
    return f"sip:desk@127.0.0.1:{desk.port}"


def expect_bye(desk: RawCaller) -> Message:
    bye = desk.expect(method="BYE")
    desk.respond(bye, 200, "OK")
    return bye


@pytest.mark.parametrize("first", ["a", "b"])
@pytest.mark.interop(
    "raw UDP, called",
    "183 and 200 from two branches of a fork",
    "the first 200 has the call; the second gets ACK and BYE",
)
def test_of_two_that_answer_the_first_has_the_call_and_the_other_bye(
    desk: RawCaller, first: str
) -> None:
    """RFC 3261 13.2.2.4: a proxy forked the INVITE, and both branches rang with early media."""
    second = "b" if first == "a" else "a"
    with dialling(uri(desk)) as dialler:
        invite = called(desk, dialler.port)
        for tag in ("a", "b"):
            desk.respond(invite, 183, "Session Progress", tag=tag, body=sdp(desk))
        for tag in (first, second):
            desk.respond(invite, 200, "OK", tag=tag, body=sdp(desk))
        requests = [desk.receive(3.0) for _ in range(3)]
        told = [(one.method, one.one("to")[-1]) for one in requests if one]
        assert sorted(told) == sorted([("ACK", first), ("ACK", second), ("BYE", second)])
        assert requests[2] is not None
        desk.respond(requests[2], 200, "OK")
        assert dialler.expect("Answered")["codec"] == "PCMU"
        assert len(desk.audio(0.5)) > 15
        dialler.hang_up()
        assert expect_bye(desk).one("to").endswith(f"tag={first}")


@pytest.mark.interop(
    "raw UDP, called", "302 to another port", "not followed; the call ends with 302"
)
def test_a_redirection_is_not_followed(desk: RawCaller) -> None:
    with RawCaller(("127.0.0.1", 9)) as other, dialling(uri(desk)) as dialler:
        invite = called(desk, dialler.port)
        contact = f"Contact: <sip:desk@127.0.0.1:{other.port}>"
        desk.respond(invite, 302, "Moved Temporarily", [contact], tag="a")
        desk.expect(method="ACK")
        assert other.receive(0.5) is None
        ended = dialler.expect("HungUp")
        assert (ended["status"], ended["reason"]) == (302, "Moved Temporarily")


def digest(credentials: str, method: str) -> tuple[str, str]:
    """The response that a Digest header has, and the one that it should have (RFC 2617 3.2.2)."""
    given = dict(re.findall(r'(\w+)="?([^",\s]+)"?', credentials))

    def md5(*parts: str) -> str:
        return hashlib.md5(":".join(parts).encode()).hexdigest()

    known = md5(given["username"], given["realm"], PASSWORD)
    asked = md5(method, given["uri"])
    once = given["nonce"], given["nc"], given["cnonce"], given["qop"]
    return given["response"], md5(known, *once, asked)


@pytest.mark.interop("raw UDP, called", "407 and then 401, MD5 with qop=auth", "both answers right")
def test_we_have_the_password_that_is_asked_for_on_the_way_and_at_the_end(desk: RawCaller) -> None:
    """401 of the desk after 407 of a proxy before it: the next INVITE has both answers."""
    with dialling(uri(desk), username=USER, password=PASSWORD) as dialler:
        invite = called(desk, dialler.port)
        assert invite.one("from").startswith(f"sip:{USER}@")
        for status, ask in ((407, "Proxy-Authenticate"), (401, "WWW-Authenticate")):
            challenge = f'{ask}: Digest realm="r{status}", nonce="n{status}", qop="auth"'
            desk.respond(invite, status, "Who are you", [challenge], tag="a")
            desk.expect(method="ACK")
            invite = desk.expect(method="INVITE")
        for header in ("authorization", "proxy-authorization"):
            given, right = digest(invite.one(header), "INVITE")
            assert given == right
        desk.respond(invite, 200, "OK", tag="a", body=sdp(desk))
        desk.expect(method="ACK")
        dialler.hang_up()
        expect_bye(desk)


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.interop("raw UDP, called", "a password that is refused", "given up after a few")
def test_a_password_that_is_refused_ends_the_call(desk: RawCaller, known: bool) -> None:
    with dialling(
        uri(desk), username=USER if known else "", password=PASSWORD if known else ""
    ) as dialler:
        invite: Message | None = called(desk, dialler.port)
        asked = 0
        while invite is not None:
            asked += 1
            assert asked < 6, "it would go on for ever"
            challenge = f'WWW-Authenticate: Digest realm="r", nonce="n{asked}", qop="auth"'
            desk.respond(invite, 401, "Unauthorized", [challenge], tag="a")
            desk.expect(method="ACK")
            invite = desk.receive(0.5)
        assert dialler.expect("HungUp")["status"] == 401


@pytest.mark.interop("raw UDP, called", "CANCEL after 180", "487 acknowledged")
def test_hanging_up_while_it_rings_is_cancel(desk: RawCaller) -> None:
    with dialling(uri(desk)) as dialler:
        invite = called(desk, dialler.port)
        desk.respond(invite, 180, "Ringing", tag="a")
        time.sleep(0.1)
        dialler.hang_up()
        cancel = desk.expect(method="CANCEL")
        assert cancel.one("via") == invite.one("via")
        desk.respond(cancel, 200, "OK", tag="a")
        desk.respond(invite, 487, "Request Terminated", tag="a")
        desk.expect(method="ACK")
        assert dialler.expect("HungUp")["by"] == "us"


@pytest.mark.interop("raw UDP, called", "200 that crosses our CANCEL", "ACK and BYE")
def test_a_200_that_crosses_our_cancel_is_acknowledged_and_hung_up_on(desk: RawCaller) -> None:
    """RFC 3261 9.1."""
    with dialling(uri(desk)) as dialler:
        invite = called(desk, dialler.port)
        desk.respond(invite, 180, "Ringing", tag="a")
        time.sleep(0.1)
        dialler.hang_up()
        cancel = desk.expect(method="CANCEL")
        desk.respond(invite, 200, "OK", tag="a", body=sdp(desk))
        desk.respond(cancel, 200, "OK", tag="a")
        desk.expect(method="ACK")
        expect_bye(desk)


@pytest.mark.interop("raw UDP, called", "183 with Require: 100rel", "PRACK, then audio")
def test_a_reliable_183_is_acknowledged(desk: RawCaller) -> None:
    """RFC 3262: it has the answer, so the 200 needs none."""
    with dialling(uri(desk)) as dialler:
        invite = called(desk, dialler.port)
        reliably = ["Require: 100rel", "RSeq: 7"]
        desk.respond(invite, 183, "Session Progress", reliably, tag="a", body=sdp(desk))
        prack = desk.expect(method="PRACK")
        assert prack.one("rack") == f"7 {invite.one('cseq')}"
        desk.respond(prack, 200, "OK")
        desk.respond(invite, 200, "OK", tag="a")
        desk.expect(method="ACK")
        dialler.expect("Answered")
        assert len(desk.audio(0.5)) > 15
        dialler.hang_up()
        expect_bye(desk)


@pytest.mark.interop(
    "raw UDP, called", "INVITE of over 1,300 bytes, TCP open on the same port", "stays on UDP"
)
def test_an_invite_longer_than_a_frame_stays_on_udp(desk: RawCaller) -> None:
    """RFC 3261 18.1.1 would change to TCP over 1300 bytes, where a UDP trunk has nobody."""
    long = f"{uri(desk)};x={'y' * 850}"
    with socket.create_server(("127.0.0.1", desk.port)) as tcp, dialling(long) as dialler:
        invite = called(desk, dialler.port)
        assert invite.start.split()[1] == long
        assert invite.one("to").endswith("y>"), "in brackets: the parameter is the URI's"
        desk.respond(invite, 486, "Busy Here", tag="a")
        assert dialler.expect("HungUp")["status"] == 486
        tcp.settimeout(0.1)
        with pytest.raises(TimeoutError):
            tcp.accept()


@pytest.mark.interop("a DNS server of the tests", "SRV by priority", "the first target is called")
def test_a_name_is_called_where_srv_says(desk: RawCaller) -> None:
    """RFC 3263 section 4, with the DNS servers of ``sip.nameservers``."""
    services = {UDP: [Server(20, "two.example.test", 9), Server(10, "one.example.test", desk.port)]}
    with (
        Dns(services, HERE) as dns,
        dialling("sip:desk@example.test", nameservers=[dns.address]) as dialler,
    ):
        invite = called(desk, dialler.port)
        assert invite.start == "INVITE sip:desk@example.test SIP/2.0"
        desk.respond(invite, 486, "Busy Here", tag="a")
        assert dialler.expect("HungUp")["status"] == 486
    assert dns.asked[0][0] == UDP


@pytest.mark.interop("a DNS server of the tests", "a name that nobody knows", "502 at once")
def test_a_name_that_nobody_knows_ends_the_call_at_once() -> None:
    with (
        Dns({}, {}) as dns,
        dialling("sip:desk@example.test", nameservers=[dns.address]) as dialler,
    ):
        assert dialler.expect("HungUp")["status"] == 502


@pytest.mark.interop(
    "a DNS server of the tests",
    "the first of two SRV targets refuses TCP",
    "the second is called (over UDP PJSIP does not try it)",
)
def test_over_tcp_the_second_srv_target_is_called_where_the_first_refuses() -> None:
    """Over UDP, PJSIP knows of no refusal and stays with the first until it gives up."""
    with socket.create_server(("127.0.0.1", 0)) as second:
        port = second.getsockname()[1]
        services = {
            TCP: [
                Server(10, "one.example.test", free_port()),
                Server(20, "two.example.test", port),
            ]
        }
        second.settimeout(8)
        with Dns(services, HERE) as dns:
            to = "sip:desk@example.test;transport=tcp"
            with dialling(to, nameservers=[dns.address], tcp=True) as dialler:
                connection, _ = second.accept()
                with connection:
                    invite = Message.parse(connection.recv(65536).decode())
                    assert invite.start.startswith("INVITE sip:desk@example.test")
                    copied = [
                        f"{name}: {value}"
                        for name in ("via", "from", "to", "call-id", "cseq")
                        for value in invite.all(name)
                    ]
                    lines = ["SIP/2.0 486 Busy Here", *copied, "Content-Length: 0", "", ""]
                    connection.sendall("\r\n".join(lines).encode())
                    assert dialler.expect("HungUp")["status"] == 486
