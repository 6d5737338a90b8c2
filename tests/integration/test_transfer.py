"""REFER, and everything that a carrier may answer to it."""

import re
import time
from collections.abc import Iterator
from urllib.parse import unquote

import pytest

from tests.peers.processes import Node, node
from tests.peers.raw import Message, RawCaller
from tests.peers.records import Record, ended, events, outcome

ACTIVE, OVER = "active;expires=60", "terminated;reason=noresource"


@pytest.fixture
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with node(
        tmp_path_factory.mktemp("node"), HANDOFF__ACCEPT_S="1.5", HANDOFF__RING_S="2.5"
    ) as running:
        yield running


def refer(caller: RawCaller, sequence: int = 1) -> Message:
    """Get the agent to transfer us: press 0, hear the prompt, take the REFER."""
    caller.answered()
    time.sleep(0.3)
    caller.key(0, sequence=sequence, timestamp=8000, marker=True)
    return caller.expect(method="REFER", timeout_s=10)


def states(record: Record) -> list[str]:
    return [line["state"] for line in events(record, "TransferStep")]


def back_with_the_agent(caller: RawCaller, record_of: Node, state: str) -> Record:
    """The agent speaks again; then the caller hangs up and the record is whole."""
    caller.nothing(method="BYE", for_s=1.0)
    caller.request("BYE")
    caller.expect(status=200, method="BYE")
    (record,) = ended(record_of.data)
    assert states(record)[-1] == state
    kinds = [line["kind"] for line in events(record, "ReplyBegun")]
    assert kinds[-1] == "desk-unavailable"
    assert outcome(record) == "caller-hung-up"
    return record


def test_refer_to_carries_one_opaque_token_in_three_places(own_node: Node) -> None:
    with RawCaller(own_node.address) as caller:
        request = refer(caller)
        target = request.one("refer-to")
        found = re.fullmatch(
            r"<sip:desk\+([a-z2-7]{32})@127\.0\.0\.1:5070\?"
            r"User-to-User=([^&]+)&X-Sipagent-Token=([a-z2-7]{32})>",
            target,
        )
        assert found is not None, target
        token, user_to_user, header = found[1], unquote(found[2]), found[3]
        assert header == token
        assert user_to_user == f"00{token.encode().hex()};encoding=hex"
        assert len(target) < 300
        assert "+971501234567" not in target
        caller.respond(request, 603, "Decline")


def test_bye_follows_the_final_notify_at_once_and_never_comes_before(own_node: Node) -> None:
    with RawCaller(own_node.address) as caller:
        request = refer(caller)
        caller.respond(request, 202, "Accepted")
        caller.notify("SIP/2.0 100 Trying", ACTIVE)
        caller.expect(status=200, method="NOTIFY")
        caller.notify("SIP/2.0 180 Ringing", ACTIVE)
        caller.expect(status=200, method="NOTIFY")
        caller.nothing(method="BYE", for_s=1.5)
        caller.notify("SIP/2.0 200 OK", OVER)
        sent = time.monotonic()
        bye = caller.expect(method="BYE")
        assert bye.at - sent < 0.5
        caller.respond(bye, 200, "OK")
    (record,) = ended(own_node.data)
    assert states(record) == ["referred", "accepted", "ringing", "answered"]
    assert outcome(record) == "transferred"


@pytest.mark.parametrize(
    ("status", "reason"), [(486, "Busy Here"), (603, "Decline"), (480, "Unavailable")]
)
def test_caller_returns_to_the_agent_when_the_desk_does_not_take_him(
    own_node: Node, status: int, reason: str
) -> None:
    with RawCaller(own_node.address) as caller:
        caller.respond(refer(caller), 202, "Accepted")
        caller.notify("SIP/2.0 100 Trying", ACTIVE)
        caller.notify(f"SIP/2.0 {status} {reason}", OVER)
        record = back_with_the_agent(caller, own_node, "unanswered")
    assert events(record, "TransferStep")[-1]["detail"] == f"{status} {reason}"


@pytest.mark.parametrize(("status", "reason"), [(603, "Decline"), (405, "Method Not Allowed")])
def test_caller_returns_to_the_agent_when_the_carrier_refuses_refer(
    own_node: Node, status: int, reason: str
) -> None:
    with RawCaller(own_node.address) as caller:
        caller.respond(refer(caller), status, reason)
        back_with_the_agent(caller, own_node, "refused")


def test_caller_returns_to_the_agent_when_nothing_is_heard_of_the_refer(impatient: Node) -> None:
    with RawCaller(impatient.address) as caller:
        refer(caller)
        time.sleep(1.6)
        back_with_the_agent(caller, impatient, "silent")


def test_caller_returns_to_the_agent_when_the_desk_rings_out(impatient: Node) -> None:
    with RawCaller(impatient.address) as caller:
        caller.respond(refer(caller), 202, "Accepted")
        caller.notify("SIP/2.0 180 Ringing", ACTIVE)
        time.sleep(2.6)
        back_with_the_agent(caller, impatient, "silent")


def test_caller_returns_to_the_agent_after_a_final_notify_without_a_body(own_node: Node) -> None:
    with RawCaller(own_node.address) as caller:
        caller.respond(refer(caller), 202, "Accepted")
        caller.notify("", OVER)
        back_with_the_agent(caller, own_node, "unknown")


def test_a_late_200_still_ends_our_leg(impatient: Node) -> None:
    """The desk answered after we had taken the caller back: he is with the desk, not with us."""
    with RawCaller(impatient.address) as caller:
        caller.respond(refer(caller), 202, "Accepted")
        caller.notify("SIP/2.0 180 Ringing", ACTIVE)
        time.sleep(3.5)
        caller.notify("SIP/2.0 200 OK", OVER)
        caller.respond(caller.expect(method="BYE"), 200, "OK")
    (record,) = ended(impatient.data)
    assert states(record)[-2:] == ["silent", "answered"]
    assert outcome(record) == "transferred"


def test_a_notify_that_overtakes_the_202_does_not_cut_the_ringing_short(impatient: Node) -> None:
    with RawCaller(impatient.address) as caller:
        request = refer(caller)
        caller.notify("SIP/2.0 180 Ringing", ACTIVE)
        caller.respond(request, 202, "Accepted")
        time.sleep(1.9)  # past accept_s, within ring_s
        caller.notify("SIP/2.0 200 OK", OVER)
        caller.respond(caller.expect(method="BYE"), 200, "OK")
    (record,) = ended(impatient.data)
    assert states(record) == ["referred", "ringing", "answered"]


def test_a_first_refers_late_failure_is_not_the_second_ones(impatient: Node) -> None:
    with RawCaller(impatient.address) as caller:
        first = refer(caller)
        caller.respond(first, 202, "Accepted")
        time.sleep(2.7)  # given up: the agent speaks again, and we ask again
        caller.key(0, sequence=40, timestamp=64000, marker=True)
        second = caller.expect(method="REFER", timeout_s=10)
        caller.respond(second, 202, "Accepted")
        number = first.one("cseq").split()[0]
        caller.notify("SIP/2.0 487 Request Terminated", OVER, event=f"refer;id={number}")
        caller.nothing(method="BYE", for_s=0.5)
        number = second.one("cseq").split()[0]
        caller.notify("SIP/2.0 200 OK", OVER, event=f"refer;id={number}")
        caller.respond(caller.expect(method="BYE"), 200, "OK")
    (record,) = ended(impatient.data)
    assert states(record)[-3:] == ["referred", "accepted", "answered"]
    assert outcome(record) == "transferred"


def test_a_caller_who_hangs_up_during_the_transfer_is_one_outcome(own_node: Node) -> None:
    with RawCaller(own_node.address) as caller:
        caller.respond(refer(caller), 202, "Accepted")
        caller.request("BYE")
        caller.expect(status=200, method="BYE")
    (record,) = ended(own_node.data)
    assert outcome(record) == "caller-hung-up"
