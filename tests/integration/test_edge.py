"""Nodes behind the shipped Kamailio: it tells them the trunk, and finds one that has room."""

import json
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench.load import crowd
from tests.peers.edge import edge
from tests.peers.phone import Phone
from tests.peers.processes import Node, node, wait_for
from tests.peers.raw import RawCaller
from tests.peers.records import ended, events, outcome
from tools.demo.desk import desk

CARRIER, OTHER, STRANGER = "127.0.0.1", "127.0.0.5", "127.0.0.6"
TRUNKS = '[{"name": "carrier"}, {"name": "other", "codecs": ["PCMA"]}]'
SETTINGS = {"TRUNKS": TRUNKS, "SIP__PROXIES": '["127.0.0.1/32"]'}
NAMES = {CARRIER: "carrier", OTHER: "other"}


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[tuple[Node, tuple[str, int]]]:
    """A node that is reached through a proxy alone, and the proxy's address."""
    with (
        node(tmp_path, config=None, **SETTINGS) as served,
        edge(tmp_path, [served.address], NAMES) as proxy,
    ):
        yield served, proxy


@pytest.mark.parametrize("transport", ["u1", "t1"])
@pytest.mark.interop(
    "SIPp behind Kamailio",
    "10 calls over UDP, and over TCP with two Record-Routes",
    "each one's trunk is the proxy's word",
)
def test_calls_through_the_proxy_are_their_carriers(
    behind: tuple[Node, tuple[str, int]], tmp_path: Path, transport: str
) -> None:
    """Over TCP the proxy records two routes, and the node keeps both."""
    served, proxy = behind
    callers = crowd(tmp_path / "sipp", proxy, calls=10, rate=10, seconds=3, transport=transport)
    callers.wait(30)
    records = ended(served.data, count=10)
    assert {events(record, "Ringing")[0]["trunk"] for record in records} == {"carrier"}
    assert {outcome(record) for record in records} == {"caller-hung-up"}


@pytest.mark.interop(
    "raw UDP behind Kamailio",
    "PCMU to a trunk of PCMA; X-Sipagent-Trunk forged; a stranger",
    "488; no effect; 403",
)
def test_a_carrier_behind_the_proxy_has_its_own_rules(
    behind: tuple[Node, tuple[str, int]],
) -> None:
    _, proxy = behind
    pcmu = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    pcmu += "m=audio 9 RTP/AVP 0\r\n"
    with RawCaller(proxy, source=OTHER) as caller:
        caller.request("INVITE", ["X-Sipagent-Trunk: carrier"], pcmu)
        caller.expect(status=488, method="INVITE")
    with RawCaller(proxy, source=STRANGER) as caller:
        caller.invite()
        caller.expect(status=403, method="INVITE")


def test_who_is_no_proxy_is_no_trunk_whatever_he_says(
    behind: tuple[Node, tuple[str, int]],
) -> None:
    served, _ = behind
    with RawCaller(served.address, source=STRANGER) as caller:
        caller.invite(["X-Sipagent-Trunk: carrier"])
        caller.expect(status=403, method="INVITE")


@pytest.mark.interop(
    "Kamailio, baresip as desk", "REFER, NOTIFY and BYE along the recorded route", "transferred"
)
def test_a_transfer_goes_through_the_proxy(tmp_path: Path) -> None:
    """REFER, its NOTIFYs and BYE follow the recorded route."""
    knowledge = Path(__file__).parents[2] / "kb" / "demo"
    with desk(tmp_path / "desk") as supervisor:
        tenant = {
            "name": "demo",
            "numbers": ["+97142000000"],
            "knowledge": str(knowledge),
            "desk": supervisor.uri,
        }
        settings = {**SETTINGS, "TENANTS": json.dumps([tenant])}
        with (
            node(tmp_path, config=None, **settings) as served,
            edge(tmp_path, [served.address], NAMES) as proxy,
        ):
            through = replace(served, port=proxy[1])
            Phone(through, tmp_path / "phone", "@1 let me speak to a human agent").talk()
            (record,) = ended(served.data)
    assert outcome(record) == "transferred"


@pytest.mark.interop(
    "Kamailio before two nodes",
    "one drains, dies; both drain",
    "the other has the calls; 503 with Retry-After",
)
def test_a_node_that_drains_or_dies_leaves_its_callers_to_the_next(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with (
        node(tmp_path / "two", config=None, **SETTINGS) as second,
        node(tmp_path / "one", SIP__DRAIN_S="30", config=None, **SETTINGS) as first,
        edge(tmp_path, [first.address, second.address], NAMES) as proxy,
    ):
        if taken_by(first, proxy):  # they take turns
            one_call(proxy)
        with RawCaller(proxy, proxied=True) as talking:
            talking.answered()
            assert list((first.data / "calls" / "open").glob("*.jsonl"))
            first.process.send_signal(signal.SIGTERM)
            for _ in range(4):
                one_call(proxy)
            talking.request("BYE")
            talking.expect(status=200, method="BYE")
        first.process.wait(10)
        one_call(proxy)
        second.process.send_signal(signal.SIGTERM)
        wait_for("draining", second.log, second.process)
        with RawCaller(proxy, proxied=True) as late:
            late.invite()
            assert late.expect(status=503, method="INVITE", timeout_s=8).one("retry-after")
        before_it = len(ended(first.data, count=1))
        assert before_it <= 4, "only what came before it drained"
        ended(second.data, count=5)


def taken_by(node: Node, proxy: tuple[str, int]) -> bool:
    """Whether the next call is this node's."""
    before = len(list((node.data / "calls").glob("2*/*.jsonl")))
    one_call(proxy)
    time.sleep(0.5)
    return len(list((node.data / "calls").glob("2*/*.jsonl"))) > before


def one_call(proxy: tuple[str, int]) -> None:
    with RawCaller(proxy, proxied=True) as caller:
        caller.answered()
        caller.request("BYE")
        caller.expect(status=200, method="BYE")
