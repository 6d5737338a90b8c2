"""A bad network between caller and node: its figures are right, and a conversation survives it."""

import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any, Final

import pytest

from tests.peers.capture import Stream as Captured
from tests.peers.capture import captured, round_trips_ms, streams
from tests.peers.emodel import equipment, opinion, transmission_rating
from tests.peers.network import Network, Weather
from tests.peers.phone import Phone
from tests.peers.processes import Node, node
from tests.peers.raw import RawCaller
from tests.peers.records import ended, events, outcome
from tests.peers.stream import Stream, tone

pytestmark = pytest.mark.alone

SECONDS: Final = 25.0
WITHIN: Final = 0.10
LOSS: Final = {
    f"{round(100 * loss)} % {how}": Weather(loss=loss, burst=burst, delay_ms=20)
    for loss in (0.01, 0.03, 0.05)
    for how, burst in (("random", 1.0), ("in bursts", 3.0))
}
JITTER: Final = {
    "quiet": Weather(delay_ms=20),
    "60 ms in order": Weather(delay_ms=80, jitter_ms=60, in_order=True),
    "60 ms, overtaking": Weather(delay_ms=80, jitter_ms=60),
}
REORDERED: Final = Weather(delay_ms=50, reorder=0.02)
DUPLICATED: Final = Weather(delay_ms=20, duplicate=0.02)
ALL: Final = {**LOSS, **JITTER, "reordered": REORDERED, "duplicated": DUPLICATED}


@dataclass(frozen=True, slots=True)
class Measured:
    """One call: what the network did, what the node says of it, and what tshark says."""

    network: Network
    quality: dict[str, Any]
    tshark: Captured
    round_trips_ms: list[int]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Measured]:
    """All calls at once in one node, captured at its side of their networks."""
    folder = tmp_path_factory.mktemp("impairment")
    capture = folder / "rtp.pcap"
    with ExitStack() as stack:
        served = stack.enter_context(node(folder))
        with captured(capture, served.rtp_ports):
            networks = {
                name: stack.enter_context(
                    Network(served.address, weather, Weather(delay_ms=weather.delay_ms), seed)
                )
                for seed, (name, weather) in enumerate(ALL.items(), start=20)
            }
            callers = {
                name: stack.enter_context(RawCaller(network.address))
                for name, network in networks.items()
            }
            sending = []
            for caller in callers.values():
                caller.answered()
                sound = tone(SECONDS, level=100)  # too quiet for anybody's voice
                stream = Stream(caller.rtp, caller.remote_rtp, sound)
                sending.append(stack.enter_context(stream))
            for stream in sending:
                stream.wait(SECONDS + 10)
            time.sleep(1.5)  # the node looks once a second
        for caller in callers.values():
            caller.request("BYE")
            caller.expect(status=200, method="BYE")
        records = {
            events(record, "Ringing")[0]["sip_call_id"]: record
            for record in ended(served.data, count=len(callers))
        }
        ports = {name: network.media_port for name, network in networks.items()}
    by_tshark, told = streams(capture, ports.values()), round_trips_ms(capture, ports.values())
    return {
        name: Measured(
            network=networks[name],
            quality=events(records[callers[name].call_id], "Quality")[-1],
            tshark=by_tshark[port],
            round_trips_ms=told[port],
        )
        for name, port in ports.items()
    }


@pytest.mark.parametrize("name", LOSS)
@pytest.mark.interop(
    "a lossy relay, tshark",
    "1, 3 and 5 % loss, random and in bursts",
    "our loss within 10 % of tshark's",
)
def test_loss_is_what_the_network_lost(measured: dict[str, Measured], name: str) -> None:
    call = measured[name]
    lost = call.network.towards_node.counts.lost
    assert lost > 0
    assert call.tshark.lost == pytest.approx(lost, rel=WITHIN)
    assert call.quality["lost"] == pytest.approx(call.tshark.lost, rel=WITHIN)
    assert call.quality["received"] == call.tshark.packets
    assert call.quality["discarded"] <= 0.01 * call.tshark.packets


@pytest.mark.parametrize("name", LOSS)
@pytest.mark.interop("a lossy relay", "bursts of loss", "their length in the record")
def test_losses_in_a_row_are_as_long_as_the_network_made_them(
    measured: dict[str, Measured], name: str
) -> None:
    counts = measured[name].network.towards_node.counts
    mean = counts.lost / counts.bursts
    assert measured[name].quality["burst"] == pytest.approx(mean, rel=WITHIN)


@pytest.mark.parametrize(
    "name",
    [
        *LOSS,
        "quiet",
        "60 ms in order",
        "60 ms, overtaking",
        "reordered",
    ],
)
@pytest.mark.interop(
    "a lossy relay, tshark", "60 ms of jitter", "within 10 % where packets keep their order"
)
def test_jitter_is_the_mean_of_rfc_3550(measured: dict[str, Measured], name: str) -> None:
    """A third of a millisecond is what PJSIP's clock of 8 kHz, and its rounding, may cost."""
    call = measured[name]
    assert call.quality["jitter_ms"] == pytest.approx(call.tshark.jitter_ms, rel=WITHIN, abs=0.35)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.interop("a lossy relay", "delay", "round trip within 10 %")
def test_the_round_trip_is_the_mean_of_what_rtcp_tells(
    measured: dict[str, Measured], name: str
) -> None:
    """The node has looked up to a second before the last of some twenty reports."""
    call = measured[name]
    assert len(call.round_trips_ms) > 10
    assert call.quality["round_trip_ms"] == pytest.approx(fmean(call.round_trips_ms), rel=WITHIN)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.interop("a lossy relay", "all of it", "MOS as the E-model has it")
def test_the_opinion_is_that_of_the_e_model(measured: dict[str, Measured], name: str) -> None:
    """G.107 in full and G.113's G.711 with concealment, of the figures beside it."""
    told = measured[name].quality
    expected = told["received"] + told["lost"]
    loss = 100 * (told["lost"] + told["discarded"]) / expected
    delay_ms = told["round_trip_ms"] / 2 + 40 + 2 * told["jitter_ms"]
    burst_ratio = max(1.0, told["burst"] * (1 - loss / 100))
    r = transmission_rating(delay_ms, equipment(loss, 0.0, 25.1, burst_ratio))
    assert told["mos"] == pytest.approx(opinion(r), abs=0.05)


def test_the_opinion_falls_with_loss_and_more_with_bursts(measured: dict[str, Measured]) -> None:
    random = [measured[f"{loss} % random"].quality["mos"] for loss in (1, 3, 5)]
    assert measured["quiet"].quality["mos"] > 4.35
    assert sorted(random, reverse=True) == random
    assert random[-1] < 4.0


@pytest.mark.interop("a lossy relay", "packets twice", "neither lost nor late")
def test_duplicates_are_neither_lost_nor_late(measured: dict[str, Measured]) -> None:
    call = measured["duplicated"]
    counts, told = call.network.towards_node.counts, call.quality
    assert counts.duplicated > 10
    assert told["received"] == counts.came + counts.duplicated
    assert (told["lost"], told["discarded"]) == (0, 0)


@pytest.mark.interop("a lossy relay", "packets that overtake others", "few are lost for it")
def test_packets_that_overtake_others_cost_few_of_them(measured: dict[str, Measured]) -> None:
    """Without a prefetch (``PREFETCH_MS``) the buffer refused a tenth to a third at 60 ms."""
    for name, share in (("reordered", 0.01), ("60 ms, overtaking", 0.06)):
        told = measured[name].quality
        assert told["lost"] <= 1
        assert told["discarded"] <= share * told["received"], name


@pytest.mark.interop(
    "the test phone, a lossy relay",
    "3 % loss, 60 ms of jitter, 1 % twice, both ways",
    "question, barge-in and goodbye understood and answered",
)
def test_a_caller_gets_the_answer_through_loss_and_jitter(tmp_path: Path) -> None:
    """3 % lost, 60 ms of jitter, 1 % twice, both ways: heard, answered, interrupted, left."""
    weather = Weather(loss=0.03, delay_ms=80, jitter_ms=60, duplicate=0.01)
    with node(tmp_path) as served, Network(served.address, weather, weather, seed=3) as network:
        through: Node = replace(served, port=network.address[1])
        Phone(
            through,
            tmp_path / "phone",
            "@1 how do i pay my water bill",
            "+2.0 what are your opening hours on friday",
            "goodbye",
        ).talk()
        (record,) = ended(served.data)
    assert network.towards_node.counts.lost > 0
    assert outcome(record) == "goodbye"
    documents = {line["document"] for line in events(record, "ReplyBegun")}
    assert "hours.en.md" in documents
    assert [line["by"] for line in events(record, "Interrupted")].count("speech") >= 1
