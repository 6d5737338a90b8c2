"""Digits, hold and the end of a node, on a live call."""

import signal
import time

import pytest

from tests.peers.processes import Node
from tests.peers.raw import PCMU_SDP, RawCaller, audible
from tests.peers.records import ended, events, outcome

SILENCE = b"\xff" * 160


@pytest.mark.interop("raw UDP", "hold while the agent speaks", "playout stands still and goes on")
def test_hold_is_answered_in_the_right_direction_and_playout_stands_still(own_node: Node) -> None:
    with RawCaller(own_node.address) as caller:
        caller.answered()
        assert audible(caller.audio(1.0)) > 20
        for theirs, ours in (("sendonly", "recvonly"), ("inactive", "inactive")):
            caller.invite(sdp=PCMU_SDP + f"a={theirs}\r\n")
            ok = caller.expect(status=200, method="INVITE")
            assert f"a={ours}" in ok.body
            caller.request("ACK")
            caller.audio(0.2)
            assert audible(caller.audio(0.5)) == 0
        caller.invite(sdp=PCMU_SDP + "a=sendrecv\r\n")
        ok = caller.expect(status=200, method="INVITE")
        caller.request("ACK")
        assert audible(caller.audio(1.0)) > 20
        caller.request("BYE")
        caller.expect(status=200, method="BYE")
    (record,) = ended(own_node.data)
    assert len(events(record, "Held")) == 1
    assert len(events(record, "Retrieved")) == 1


@pytest.mark.interop(
    "raw UDP", "SIGTERM during a call", "the call goes on; new ones 503 with Retry-After"
)
def test_sigterm_lets_a_call_end_and_refuses_new_ones_with_retry_after(own_node: Node) -> None:
    with RawCaller(own_node.address) as caller, RawCaller(own_node.address) as late:
        caller.answered()
        own_node.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        late.invite()
        refused = late.expect(status=503, method="INVITE")
        assert int(refused.one("retry-after")) > 0
        late.request("ACK")
        assert len(caller.audio(0.5)) > 20
        caller.request("BYE")
        caller.expect(status=200, method="BYE")
        assert own_node.process.wait(10) == 0
    (record,) = ended(own_node.data)
    assert outcome(record) == "caller-hung-up"


@pytest.mark.interop("raw UDP", "a second SIGTERM", "BYE to all")
def test_a_second_sigterm_ends_every_call_with_bye(own_node: Node) -> None:
    with RawCaller(own_node.address) as caller:
        caller.answered()
        own_node.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        own_node.process.send_signal(signal.SIGTERM)
        caller.respond(caller.expect(method="BYE"), 200, "OK")
        assert own_node.process.wait(10) == 0
    (record,) = ended(own_node.data)
    assert outcome(record) == "node-stopped"


def test_kill_9_loses_no_event_and_the_next_start_closes_the_record(own_node: Node) -> None:
    from tests.peers.processes import node

    with RawCaller(own_node.address) as caller:
        caller.answered()
        caller.audio(0.5)
        own_node.process.kill()
        own_node.process.wait()
    (left,) = (own_node.data / "calls" / "open").glob("*.jsonl")
    assert '"Answered"' in left.read_text()
    assert '"ReplyBegun"' in left.read_text()
    with node(own_node.data.parent):
        (record,) = ended(own_node.data)
    assert outcome(record) == "node-died"
    assert [line["event"] for line in record][:3] == ["Ringing", "Answered", "ReplyBegun"]
