"""What an INVITE may be, and how it is answered."""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.processes import Node, node
from tests.peers.raw import PCMU_SDP, RawCaller
from tests.peers.records import ended, events, outcome

TWILIO_SDP = (
    "v=0\r\no=root 1 1 IN IP4 127.0.0.1\r\ns=Twilio Media Gateway\r\nc=IN IP4 127.0.0.1\r\n"
    "t=0 0\r\nm=audio {port} RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=maxptime:20\r\n"
    "a=sendrecv\r\n"
)


def test_an_invite_is_answered_and_audio_flows_at_once(own_node: Node) -> None:
    with RawCaller(own_node.address) as caller:
        began = time.monotonic()
        ok = caller.answered()
        assert ok.at - began < 1.0
        packets = caller.audio(1.0)
        assert 40 <= len(packets) <= 60
        caller.request("BYE")
        caller.expect(status=200, method="BYE")
    (record,) = ended(own_node.data)
    assert outcome(record) == "caller-hung-up"
    assert [line["event"] for line in record][:2] == ["Ringing", "Answered"]
    assert [line["seq"] for line in record] == list(range(len(record)))


@pytest.mark.interop(
    "raw UDP, as Twilio writes",
    "two Record-Routes, the number in Diversion, a private Contact",
    "loose routing exact",
)
def test_a_carriers_invite_keeps_its_route_and_takes_the_number_from_diversion(
    own_node: Node,
) -> None:
    """The Contact is a private address that must never be sent to (RFC 3261 12.2.1.1)."""
    with RawCaller(own_node.address) as caller:
        here = f"127.0.0.1:{caller.port}"
        routes = [f"<sip:{here};lr;ftag=a1;r2=on>", f"<sip:{here};transport=udp;lr;r2=on>"]
        caller.invite(
            [
                *(f"Record-Route: {route}" for route in routes),
                "Diversion: <sip:+97142000000@twilio.com>;reason=unconditional",
                "P-Asserted-Identity: <sip:+971501234567@10.1.2.3;user=phone>",
                "User-Agent: Twilio Gateway",
                "X-Twilio-AccountSid: AC00000000000000000000000000000000",
                "X-Twilio-CallSid: CA00000000000000000000000000000000",
                "Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY",
                "Supported: timer",
                "Min-SE: 120",
            ],
            TWILIO_SDP,
            uri="sip:support@127.0.0.1",
            contact="<sip:+971501234567@172.18.3.4:5060;transport=udp>",
        )
        caller.accept(caller.expect(status=200, method="INVITE"))
        own_node.process.terminate()
        time.sleep(0.2)
        own_node.process.terminate()  # the second one ends the call with BYE
        bye = caller.expect(method="BYE")
        assert bye.start.split()[1].startswith("sip:+971501234567@172.18.3.4:5060")
        assert [route.replace(" ", "") for route in bye.all("route")] in (
            routes,
            [",".join(routes)],
        )
        caller.respond(bye, 200, "OK")
    (record,) = ended(own_node.data)
    ringing = events(record, "Ringing")[0]
    assert ringing["dialled"] == "+97142000000"
    assert ringing["caller"] == "+971501234567"
    assert ringing["trunk"] == "loopback"


def test_an_unknown_number_is_answered_404(own_node: Node) -> None:
    with RawCaller(own_node.address, number="+97149999999") as caller:
        caller.invite()
        caller.expect(status=404, method="INVITE")
        caller.request("ACK")
    (record,) = ended(own_node.data)
    assert outcome(record) == "unknown-number"


@pytest.mark.parametrize("number", ["0097142000000", "97142000000"])
def test_a_number_without_its_plus_finds_its_tenant(shared_node: Node, number: str) -> None:
    with RawCaller(shared_node.address, number=number) as caller:
        caller.answered()
        caller.request("BYE")
        caller.expect(status=200, method="BYE")


def test_no_common_codec_is_answered_488(shared_node: Node) -> None:
    gsm = PCMU_SDP.replace("RTP/AVP 0 101", "RTP/AVP 3 101").replace("0 PCMU", "3 GSM")
    with RawCaller(shared_node.address) as caller:
        caller.invite(sdp=gsm)
        caller.expect(status=488, method="INVITE")
        caller.request("ACK")


def test_a_stranger_is_answered_403(tmp_path_factory: pytest.TempPathFactory) -> None:
    trunks = '[{"name": "carrier", "networks": ["127.0.0.2/32"]}]'
    with node(tmp_path_factory.mktemp("node"), TRUNKS=trunks) as strict:
        with RawCaller(strict.address) as stranger:
            stranger.invite()
            stranger.expect(status=403, method="INVITE")
            stranger.request("ACK")
        with RawCaller(strict.address, source="127.0.0.2") as carrier:
            carrier.answered()
            carrier.request("BYE")
            carrier.expect(status=200, method="BYE")


@pytest.fixture
def narrow_node(tmp_path: Path) -> Iterator[Node]:
    """A node that carries two calls: the one that is ending, and the next."""
    with node(tmp_path, SIP__MAX_CALLS="2") as running:
        yield running


@pytest.mark.interop("raw UDP", "CANCEL at any moment of set-up", "one Outcome, no leg left")
def test_cancel_at_any_moment_of_set_up_gives_one_outcome_and_leaves_no_leg(
    narrow_node: Node,
) -> None:
    """CANCEL may come before, during or after our 200 OK; then the caller sends BYE.

    A leg that stayed would make the node refuse the calls after it.
    """
    own_node = narrow_node
    offsets_ms = [*range(10), *range(10, 401, 10)]
    expected: Counter[str] = Counter()
    for offset_ms in offsets_ms:
        with RawCaller(own_node.address) as caller:
            caller.invite()
            time.sleep(offset_ms / 1000)
            caller.request("CANCEL")
            final = None
            while final is None or final.method != "INVITE" or final.status < 200:
                final = caller.receive(5.0)
                assert final is not None
            if final.status == 200:
                caller.accept(final)
                caller.request("BYE")
                caller.expect(status=200, method="BYE")
                expected["caller-hung-up"] += 1
            else:
                assert final.status == 487, final.start
                caller.request("ACK")
                expected["caller-cancelled"] += 1
    records = ended(own_node.data, count=len(offsets_ms))
    assert Counter(outcome(record) for record in records) == expected
    assert set(expected) == {"caller-cancelled", "caller-hung-up"}, "both sides of the race"
    with RawCaller(own_node.address) as caller:  # nothing is left that would refuse it
        caller.answered()
        caller.request("BYE")
        caller.expect(status=200, method="BYE")


def test_bytes_that_are_no_text_in_headers_do_not_cost_the_call(own_node: Node) -> None:
    with RawCaller(own_node.address) as caller:
        caller.answered(["User-Agent: caf\udce9 \x01", "Subject: \udcff\udcfe"])
        assert len(caller.audio(0.5)) > 20
        caller.request("BYE")
        caller.expect(status=200, method="BYE")
    (record,) = ended(own_node.data)
    assert outcome(record) == "caller-hung-up"


@pytest.mark.interop("raw UDP", "INVITE without an offer", "ours in the 200")
def test_an_invite_without_an_offer_is_answered_with_ours(own_node: Node) -> None:
    """A late offer (RFC 3261 13.2.1): our 200 offers, the ACK answers."""
    with RawCaller(own_node.address) as caller:
        caller.invite(sdp="")
        ok = caller.expect(status=200, method="INVITE")
        assert "m=audio" in ok.body
        answer = PCMU_SDP.format(port=caller.rtp.getsockname()[1])
        caller.accept(ok, answer)
        assert len(caller.audio(1.0)) > 30
        caller.request("BYE")
        caller.expect(status=200, method="BYE")
    (record,) = ended(own_node.data)
    assert outcome(record) == "caller-hung-up"


@pytest.mark.parametrize("direction", ["sendonly", "inactive"])
@pytest.mark.interop("raw UDP", "a call that begins on hold", "greeted when it is retrieved")
def test_a_call_that_begins_on_hold_is_greeted_when_it_is_retrieved(
    own_node: Node, direction: str
) -> None:
    with RawCaller(own_node.address) as caller:
        caller.answered(sdp=PCMU_SDP + f"a={direction}\r\n")
        time.sleep(0.5)
        caller.invite(sdp=PCMU_SDP + "a=sendrecv\r\n")
        caller.expect(status=200, method="INVITE")
        caller.request("ACK")
        assert len(caller.audio(1.0)) > 30
        caller.request("BYE")
        caller.expect(status=200, method="BYE")
    (record,) = ended(own_node.data)
    assert outcome(record) == "caller-hung-up"
    kinds = [line["event"] for line in record]
    assert kinds[:2] == ["Ringing", "Answered"]
    assert kinds.index("Held") < kinds.index("Retrieved")


@pytest.mark.interop("raw UDP", "video before audio", "audio answered, video refused")
def test_audio_need_not_be_the_first_media_line(own_node: Node) -> None:
    video = "m=video 40000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\nm=audio"
    with RawCaller(own_node.address) as caller:
        caller.answered(sdp=PCMU_SDP.replace("m=audio", video))
        assert len(caller.audio(1.0)) > 30
        caller.request("BYE")
        caller.expect(status=200, method="BYE")
    (record,) = ended(own_node.data)
    assert outcome(record) == "caller-hung-up"
