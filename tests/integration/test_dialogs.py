"""What a carrier may do in the middle of a call: hold, move the audio, ask twice, come late."""

import re
import socket
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.peers.processes import Node, free_port, node
from tests.peers.raw import PCMU_SDP, Message, RawCaller, audible
from tests.peers.records import Record, ended, events, of_call, outcome
from tests.peers.speech import say

HOLD = Path(__file__).parent.parent / "peers" / "sipp" / "hold.xml"
SENDRECV = PCMU_SDP + "a=sendrecv\r\n"
HELD_2543 = PCMU_SDP.replace("c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0")
GSM = PCMU_SDP.replace("RTP/AVP 0 101", "RTP/AVP 3 101").replace("0 PCMU", "3 GSM")
FAX = PCMU_SDP.split("m=audio", maxsplit=1)[0] + "m=image {port} udptl t38\r\na=T38FaxVersion:0\r\n"
SETTLED_S = 0.15  # what was on its way when the answer came has arrived


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A node that minds no silence on RTP."""
    with node(tmp_path_factory.mktemp("line"), SIP__MEDIA_TIMEOUT_S="0") as running:
        yield running


def change(caller: RawCaller, method: str, sdp: str, headers: Sequence[str] = ()) -> Message:
    """Offer ``sdp`` by re-INVITE or UPDATE, and take the answer."""
    port = caller.rtp.getsockname()[1]
    caller.request(method, headers, sdp.format(port=port))
    ok = caller.expect(status=200, method=method)
    if method == "INVITE":
        caller.request("ACK")
    return ok


def flows(caller: RawCaller) -> bool:
    """Whether RTP comes at its full pace; half of it would be neither."""
    caller.audio(SETTLED_S)
    count = len(caller.audio(0.4))
    assert count == 0 or count > 15, count
    return count > 0


def record_of(served: Node, caller: RawCaller) -> Record:
    """Hang up, and read what was written of the call."""
    caller.request("BYE")
    caller.expect(status=200, method="BYE")
    return of_call(served.data, caller.call_id)


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
@pytest.mark.interop(
    "raw UDP",
    "re-INVITE and UPDATE with sendrecv, sendonly, recvonly, inactive and c=0.0.0.0",
    "the counterpart direction; our RTP stops and comes back",
)
def test_each_direction_is_answered_with_its_counterpart_and_our_rtp_obeys(
    line: Node, method: str
) -> None:
    """RFC 3264 section 6.1, by re-INVITE and by UPDATE (RFC 3311); 0.0.0.0 is RFC 2543's hold."""
    with RawCaller(line.address) as caller:
        caller.answered()
        for theirs, ours, ours_flows in (
            ("recvonly", "sendonly", True),
            ("sendonly", "recvonly", False),
            ("sendrecv", "sendrecv", True),
            ("inactive", "inactive", False),
            ("recvonly", "sendonly", True),
        ):
            ok = change(caller, method, PCMU_SDP + f"a={theirs}\r\n")
            assert f"a={ours}" in ok.body
            assert flows(caller) == ours_flows, theirs
        change(caller, method, HELD_2543)
        assert not flows(caller)
        change(caller, method, PCMU_SDP)
        assert flows(caller)
        record = record_of(line, caller)
    kinds = [row["event"] for row in record if row["event"] in ("Held", "Retrieved")]
    assert kinds == ["Held", "Retrieved"] * 3


@pytest.mark.parametrize(("method", "hold"), [("INVITE", "sendonly"), ("UPDATE", "inactive")])
@pytest.mark.interop(
    "raw UDP",
    "hold and retrieve, then the caller speaks",
    "the agent is heard and hears; nothing was heard on hold",
)
def test_after_hold_both_hear_each_other(line: Node, method: str, hold: str) -> None:
    with RawCaller(line.address) as caller:
        caller.answered()
        change(caller, method, PCMU_SDP + f"a={hold}\r\n")
        say(caller, "Nobody hears this.")
        change(caller, method, SENDRECV)
        caller.audio(SETTLED_S)
        assert audible(caller.audio(0.6)) > 15
        say(caller, ssrc=7)
        record = record_of(line, caller)
    kinds = [row["event"] for row in record]
    assert "SpeechStarted" not in kinds[: kinds.index("Retrieved")]
    assert "SpeechStarted" in kinds[kinds.index("Retrieved") :]


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
@pytest.mark.interop(
    "raw UDP",
    "audio moved to another host by re-INVITE and UPDATE",
    "our RTP follows; only the new host is heard",
)
def test_our_rtp_follows_the_peer_to_another_host_and_only_that_is_heard(
    line: Node, method: str
) -> None:
    with RawCaller(line.address) as caller:
        caller.answered()
        before = caller.rtp
        caller.rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        caller.rtp.bind(("127.0.0.7", 0))
        change(caller, method, SENDRECV.replace("c=IN IP4 127.0.0.1", "c=IN IP4 127.0.0.7"))
        assert flows(caller)
        after, caller.rtp = caller.rtp, before
        caller.audio(SETTLED_S)
        assert not flows(caller)
        caller.key(4, sequence=1, timestamp=8000, marker=True)
        caller.rtp = after
        caller.key(5, sequence=100, timestamp=32000, marker=True)
        before.close()
        record = record_of(line, caller)
    assert [row["digit"] for row in events(record, "DigitPressed")] == ["5"]


@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.interop(
    "raw UDP",
    "re-INVITE without an offer, ACK with and without the answer",
    "our offer; audio follows, or stays",
)
def test_a_re_invite_without_an_offer_gets_ours(line: Node, answered: bool) -> None:
    """RFC 3261 14.2. An ACK without the answer it owes us leaves the audio as it was."""
    with RawCaller(line.address) as caller:
        caller.answered()
        caller.invite(sdp="")
        ok = caller.expect(status=200, method="INVITE")
        assert re.search(r"m=audio \d+ RTP/AVP 0 8 101|m=audio \d+ RTP/AVP 0 101", ok.body)
        if answered:
            caller.rtp.close()
            caller.rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            caller.rtp.bind(("127.0.0.1", 0))
        port = caller.rtp.getsockname()[1]
        caller.request("ACK", body=SENDRECV.format(port=port) if answered else "")
        assert flows(caller)
        record_of(line, caller)


@pytest.mark.parametrize("offer", [GSM, FAX], ids=["gsm", "fax"])
@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
@pytest.mark.interop(
    "raw UDP", "re-INVITE and UPDATE with GSM alone, with T.38 alone", "488, the call goes on"
)
def test_an_offer_that_we_cannot_take_is_488_and_the_call_goes_on(
    line: Node, method: str, offer: str
) -> None:
    """RFC 3261 14.2. Carriers offer T.38 when they hear what might be a fax."""
    with RawCaller(line.address) as caller:
        caller.answered()
        caller.request(method, body=offer.format(port=caller.rtp.getsockname()[1]))
        caller.expect(status=488, method=method)
        if method == "INVITE":
            caller.request("ACK")
        assert flows(caller)
        record_of(line, caller)


@pytest.mark.interop(
    "raw UDP", "UPDATE and re-INVITE while our offer is open", "491, or 500 with Retry-After"
)
def test_a_request_that_crosses_a_pending_one_is_told_to_come_again(line: Node) -> None:
    """RFC 3261 14.2 and RFC 3311 5.2: 500 with Retry-After, and 491 while our offer is open."""
    with RawCaller(line.address) as caller:
        caller.answered()
        caller.invite(sdp="")
        caller.expect(status=200, method="INVITE")
        first = caller.cseq, caller.branch
        offer = SENDRECV.format(port=caller.rtp.getsockname()[1])
        caller.request("UPDATE", body=offer)
        caller.expect(status=491, method="UPDATE")
        caller.request("INVITE", body=offer)
        refused = caller.expect(status=500, method="INVITE")
        assert 0 <= int(refused.one("retry-after")) <= 10
        caller.request("ACK")
        last = caller.cseq
        caller.cseq, caller.branch = first
        caller.request("ACK", body=offer)
        caller.cseq = last
        assert flows(caller)
        change(caller, "UPDATE", SENDRECV)
        change(caller, "INVITE", SENDRECV)
        assert flows(caller)
        record_of(line, caller)


@pytest.mark.parametrize("header", ["Supported", "Require"])
@pytest.mark.interop("raw UDP", "100rel supported and required", "200 at once")
def test_100rel_is_no_obstacle(line: Node, header: str) -> None:
    """RFC 3262: our 200 comes at once, so there is nothing to be acknowledged on the way."""
    with RawCaller(line.address) as caller:
        caller.answered([f"{header}: 100rel"])
        assert flows(caller)
        record_of(line, caller)
    assert not [message for message in caller.seen if message.all("rseq")]


@pytest.mark.interop("raw UDP", "an unknown extension required", "420 with Unsupported")
def test_an_extension_that_we_do_not_have_is_420(line: Node) -> None:
    with RawCaller(line.address) as caller:
        caller.invite(["Require: gruu"])
        refused = caller.expect(status=420, method="INVITE")
        assert refused.one("unsupported") == "gruu"
        caller.request("ACK")


@pytest.mark.interop(
    "SIPp",
    "20 calls: hold by re-INVITE, retrieve by UPDATE",
    "each answer has its direction; Held before Retrieved; one Outcome each",
)
def test_sipp_holds_and_retrieves_twenty_calls_at_once(tmp_path: Path) -> None:
    """sipp/hold.xml looks at the direction of each answer."""
    with node(tmp_path, SIP__MEDIA_TIMEOUT_S="0") as served:
        command = [
            *("sipp", f"127.0.0.1:{served.port}", "-sf", str(HOLD), "-s", "+97142000000"),
            *("-i", "127.0.0.1", "-p", str(free_port()), "-m", "20", "-l", "20", "-r", "20"),
            *("-timeout", "20s", "-timeout_error", "-nostdin"),
        ]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr
        records = ended(served.data, count=20)
    for record in records:
        kinds = [row["event"] for row in record]
        assert kinds.index("Held") < kinds.index("Retrieved")
        assert outcome(record) == "caller-hung-up"


@pytest.mark.interop("raw UDP", "OPTIONS within a call", "200")
def test_options_within_a_call_is_answered_200(line: Node) -> None:
    with RawCaller(line.address) as caller:
        caller.answered()
        caller.request("OPTIONS")
        answer = caller.receive(1.0)
        record_of(line, caller)
    assert answer is not None
    assert answer.status == 200


@pytest.mark.interop("raw UDP", "re-INVITE after BYE", "refused; nothing of it stays")
def test_a_re_invite_after_bye_is_refused(line: Node) -> None:
    """RFC 3261 14.2 and 15.1.2; a request without an answer is a transaction that never ends."""
    with RawCaller(line.address) as caller:
        caller.answered()
        record_of(line, caller)
        caller.invite()
        answer = caller.receive(1.0)
        assert answer is not None
        assert answer.status in (481, 500)
