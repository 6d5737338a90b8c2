"""Keys as tones in the audio, and the three ways of sending keys, each seen on the wire."""

import audioop
import re
import select
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from sipagent.dtmf import DBM0, pair, sound
from tests.integration.test_dtmf import KEYS, NO_EVENTS, press, record_of
from tests.peers.phone import Phone
from tests.peers.processes import Node, node
from tests.peers.raw import PCMU_SDP, Message, RawCaller
from tests.peers.records import Record, events
from tests.peers.stream import Packet, Stream, packets

ASIDE = KEYS.replace("0", "")  # 0 asks for a human, and the rest is for nobody
SOME = "19*#AD"


@pytest.fixture(scope="module")
def analogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A node whose trunk has gateways to telephones that know nothing of events."""
    trunk = '[{"name": "old", "networks": ["127.0.0.0/8"], "inband_digits": true}]'
    with node(tmp_path_factory.mktemp("analogue"), TRUNKS=trunk) as served:
        yield served


def speak(served: Node, audio: Sequence[Packet | None], sdp: str = NO_EVENTS) -> Record:
    """The record of a call in which the caller's audio is this."""
    with RawCaller(served.address) as caller:
        caller.answered(sdp=sdp)
        with Stream(caller.rtp, caller.remote_rtp, audio) as stream:
            stream.wait(len(audio) / 50 + 5)
        time.sleep(0.2)
        caller.request("BYE")
        caller.expect(status=200, method="BYE")
        return record_of(served, caller.call_id)


def digits(record: Record) -> str:
    return "".join(line["digit"] for line in events(record, "DigitPressed"))


def tones(keys: str) -> list[Packet | None]:
    """Half a second of silence, then the keys."""
    return [*packets(bytes(8000) + sound(keys, 8000) + bytes(1600))]


@pytest.mark.interop("raw UDP", "16 keys as tones over PCMU", "each once, none taken for speech")
def test_tones_are_digits_that_interrupt_and_nobody_takes_them_for_speech(analogue: Node) -> None:
    record = speak(analogue, tones(KEYS))
    assert digits(record) == KEYS
    assert events(record, "Answered")[0]["digits"] == "inband"
    assert not events(record, "SpeechStarted")
    assert events(record, "Interrupted")[0]["by"] == "digit"  # the 0
    times = [line["at_ms"] for line in events(record, "DigitPressed")]
    assert all(100 <= later - earlier <= 300 for earlier, later in pairwise(times))


@pytest.mark.interop("raw UDP", "the same with every 20th packet lost", "each once")
def test_tones_survive_the_loss_of_every_twentieth_packet(analogue: Node) -> None:
    audio = tones(ASIDE)
    audio[7::20] = [None] * len(audio[7::20])
    assert digits(speak(analogue, audio)) == ASIDE


@pytest.mark.interop("raw UDP", "tones beside telephone events", "each press once")
def test_where_events_were_agreed_on_the_tones_beside_them_do_not_count(analogue: Node) -> None:
    """A gateway may leave the tone in the audio until its event takes over, or all of it."""
    event = press("5", 0)[0]
    audio = tones("5")
    audio[26] = Packet(event.payload, kind=101, marker=True)
    record = speak(analogue, audio, PCMU_SDP)
    assert digits(record) == "5"
    assert events(record, "Answered")[0]["digits"] == "rfc4733"


def test_tones_are_not_listened_to_unless_the_trunk_says_so(shared_node: Node) -> None:
    assert digits(speak(shared_node, tones("159"))) == ""


def test_what_our_phone_keys_our_node_hears(analogue: Node, tmp_path: Path) -> None:
    """In each way of sending; the ends of the phones' calls overlap."""
    ways = {"rfc4733": "rfc4733", "info": "rfc4733", "inband": "inband"}
    phones = [
        Phone(
            analogue,
            tmp_path / way,
            f"@0.2 #{ASIDE}",
            options=("--send-digits", way, "--patience", "0.5"),
        )
        for way in ways
    ]
    for phone, came in zip(phones, ways.values(), strict=True):
        record = record_of(analogue, phone.talk(40).result["sip_call_id"])
        assert digits(record) == ASIDE
        assert events(record, "Answered")[0]["digits"] == came


# ----------------------------------------------------------------------- on the wire


@dataclass(slots=True)
class Received:
    """What a peer of the phone received: requests, and RTP without its header's first octet."""

    invite: Message
    requests: list[Message] = field(default_factory=list)
    rtp: list[bytes] = field(default_factory=list)

    def payloads(self, kind: int) -> list[bytes]:
        return [packet[12:] for packet in self.rtp if packet[1] & 0x7F == kind]


def keyed_by_our_phone(way: str, keys: str, sdp: str, status: int = 0) -> Received:
    """Be called by ``sipagent call``, which keys, hangs up and ends with ``status``."""
    with RawCaller(("127.0.0.1", 0)) as peer:
        command = [sys.executable, "-m", "sipagent", "call", "+97142000000", f"@0.2 #{keys}"]
        options = ["--server", f"127.0.0.1:{peer.port}", "--send-digits", way, "--patience", "0.3"]
        phone = subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL)
        try:
            received = answered(peer, sdp)
            collect(peer, received)
            assert phone.wait(10) == status
        finally:
            phone.kill()
            phone.wait()
    return received


def answered(peer: RawCaller, sdp: str) -> Received:
    """Take the phone's INVITE; its acknowledgement is not looked at."""
    invite = peer.receive(10.0)
    assert invite is not None
    via = re.search(r"UDP ([\d.]+):(\d+)", invite.one("via"))
    assert via is not None
    peer.server = via[1], int(via[2])
    body = sdp.format(port=peer.rtp.getsockname()[1])
    peer.respond(invite, 200, "OK", tag="peer", body=body)
    return Received(invite)


def collect(peer: RawCaller, received: Received) -> None:
    """Answer requests and take RTP, until BYE."""
    until = time.monotonic() + 15
    while time.monotonic() < until:
        ready, _, _ = select.select([peer.sip, peer.rtp], [], [], 0.5)
        if peer.rtp in ready:
            received.rtp.append(peer.rtp.recv(2048))
        if peer.sip in ready:
            request = peer.receive(0.1)
            if request is None or request.method == "ACK" or request.status:
                continue
            received.requests.append(request)
            peer.respond(request, 200, "OK")
            if request.method == "BYE":
                return
    raise AssertionError("the phone did not hang up")


@pytest.mark.interop(
    "raw UDP, called",
    "we key as telephone events",
    "three equal end packets, one timestamp a press",
)
def test_events_on_the_wire_are_those_of_rfc_4733() -> None:
    received = keyed_by_our_phone("rfc4733", KEYS, PCMU_SDP)
    sent = [packet for packet in received.rtp if packet[1] & 0x7F == 101]
    presses = [list(group) for _, group in groupby(sent, key=lambda packet: packet[4:8])]
    assert "".join(KEYS[packets[0][12]] for packets in presses) == KEYS
    starts = [struct.unpack("!I", packets[0][4:8])[0] for packets in presses]
    assert all(later > earlier for earlier, later in pairwise(starts))
    for one in presses:
        assert [packet[1] >> 7 for packet in one] == [1] + [0] * (len(one) - 1)
        durations = [int.from_bytes(packet[14:16], "big") for packet in one]
        assert durations == sorted(durations)
        ends = [packet[13] >> 7 for packet in one]
        assert ends == [0] * (len(one) - 3) + [1] * 3
        assert len(set(durations[-3:])) == 1


def test_events_are_not_sent_to_who_takes_none() -> None:
    received = keyed_by_our_phone("rfc4733", "12", NO_EVENTS, status=1)
    assert [request.method for request in received.requests] == ["BYE"]
    assert {packet[1] & 0x7F for packet in received.rtp} <= {0}


@pytest.mark.interop("raw UDP, called", "we key by INFO", "one request a key")
def test_keys_by_info_are_one_request_each() -> None:
    received = keyed_by_our_phone("info", SOME, PCMU_SDP)
    infos = [request for request in received.requests if request.method == "INFO"]
    assert {info.one("content-type") for info in infos} == {"application/dtmf-relay"}
    assert [info.body for info in infos] == [f"Signal={key}\r\nDuration=160" for key in SOME]
    assert all(0.1 < b.at - a.at < 1 for a, b in pairwise(infos))
    assert not received.payloads(101)


def bursts(audio: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """The stretches of sound, cut out of the silence between them."""
    loud = np.flatnonzero(np.abs(audio) > 300)
    edges = np.flatnonzero(np.diff(loud) > 200)
    starts = [loud[0], *loud[edges + 1]]
    ends = [*loud[edges], loud[-1]]
    return [audio[start : end + 1] for start, end in zip(starts, ends, strict=True)]


def level_dbm0(audio: NDArray[np.float64], hz: float) -> float:
    """The level of one frequency over the middle of a burst."""
    middle = audio[80:-80]
    turn = np.exp(-2j * np.pi * hz * np.arange(len(middle)) / 8000)
    return float(20 * np.log10(2 * np.abs((middle * turn).mean()) / DBM0))


@pytest.mark.interop("raw UDP, called", "we key as tones", "100 ms at -9 and -7 dBm0")
def test_tones_on_the_wire_are_those_of_q_23() -> None:
    received = keyed_by_our_phone("inband", SOME, NO_EVENTS)
    assert "telephone-event" not in received.invite.body
    coded = b"".join(received.payloads(0))
    found = bursts(np.frombuffer(audioop.ulaw2lin(coded, 2), "<i2").astype(np.float64))
    assert len(found) == len(SOME)
    for key, burst in zip(SOME, found, strict=True):
        assert 780 <= len(burst) <= 800  # 100 ms
        low, high = pair(key)
        assert level_dbm0(burst, low) == pytest.approx(-9.0, abs=0.7)
        assert level_dbm0(burst, high) == pytest.approx(-7.0, abs=0.7)
        rest = {697, 770, 852, 941, 1209, 1336, 1477, 1633} - {low, high}
        assert max(level_dbm0(burst, hz) for hz in rest) < -22
