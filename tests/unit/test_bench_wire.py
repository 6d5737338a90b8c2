"""Calls read from packets: who was heard when, and what a timetable makes of it."""

import struct
from collections.abc import Sequence

import pytest

from sipagent.text.language import Language
from tests.bench.answers import echo_ms, gaps_ms, turns
from tests.bench.talkers import EVERY_S, LEAD_S, Said, Timetable
from tests.bench.wire import MS, Packet, Wire, answered, calls

LOUD, SILENT = b"\x80\x00" * 80, b"\xff" * 160
CALLERS = (44_000, 44_399)
TIMETABLE = Timetable((Said("one"), Said("two", language=Language.EN)), turns=2)


def _frame(at_us: int, source: int, target: int, data: bytes) -> bytes:
    frame = bytes(34) + struct.pack("!HHHH", source, target, 8 + len(data), 0) + data
    return struct.pack("<IIII", at_us // 10**6, at_us % 10**6, len(frame), len(frame)) + frame


def _rtp(at_us: int, source: int, target: int, payload: bytes, kind: int = 0) -> bytes:
    return _frame(at_us, source, target, struct.pack("!BBHII", 0x80, kind, 1, 0, 5) + payload)


def _pcap(*frames: bytes) -> bytes:
    return b"\xd4\xc3\xb2\xa1" + bytes(20) + b"".join(frames)


def _heard(spoken_ms: Sequence[tuple[int, int]], until_ms: int) -> list[Packet]:
    """A packet each 20 ms, loud from each first moment to each last one, both included."""
    return [
        Packet(at * MS, -20.0 if any(first <= at <= last for first, last in spoken_ms) else -70.0)
        for at in range(0, until_ms, 20)
    ]


def test_calls_are_told_apart_by_the_agents_port_though_callers_share_theirs() -> None:
    found = calls(
        _pcap(
            _rtp(1_000_000, 44_000, 20_000, LOUD),
            _rtp(1_010_000, 44_000, 20_002, SILENT),
            _rtp(1_020_000, 20_000, 44_000, SILENT),
            _rtp(1_030_000, 20_000, 44_000, LOUD, kind=101),  # a key is no sound
        ),
        CALLERS,
    )
    assert sorted(found) == [20_000, 20_002]
    assert [packet.audible for packet in found[20_000].caller] == [True]
    assert [packet.audible for packet in found[20_000].agent] == [False]
    assert found[20_000].caller[0].ns == 1_000_000_000


def test_the_ports_may_be_the_agents() -> None:
    found = calls(_pcap(_rtp(0, 39_000, 20_000, LOUD)), (20_000, 20_010), side="agent")
    assert len(found[20_000].caller) == 1


def test_a_200_to_an_invite_names_the_call_of_a_port() -> None:
    ok = (
        b"SIP/2.0 200 OK\r\nCall-ID: 7@host\r\nCSeq: %d %s\r\n\r\n"
        b"v=0\r\nm=audio 20004 RTP/AVP 0\r\n"
    )
    assert answered(_pcap(_frame(0, 5060, 5061, ok % (1, b"INVITE"))), 5060) == {20_004: "7@host"}
    assert answered(_pcap(_frame(0, 5060, 5061, ok % (2, b"BYE"))), 5060) == {}
    assert answered(_pcap(_frame(0, 5061, 5060, ok % (1, b"INVITE"))), 5060) == {}


def test_the_agent_stands_still_where_its_packets_are_silent_and_not_where_one_is_late() -> None:
    loud = [Packet(at * MS, -20.0) for at in (0, 20, 90)]
    wire = Wire(agent=[*loud, Packet(110 * MS, -80.0), Packet(130 * MS, -20.0)])
    (only,) = wire.standstills
    assert (only.last_ns, only.next_ns) == (90 * MS, 130 * MS)
    assert only.ms == pytest.approx(20)


def test_an_agent_that_is_never_heard_again_stands_still_for_good() -> None:
    wire = Wire(agent=[Packet(0, -20.0), Packet(20 * MS, -80.0)])
    assert wire.standstills[0].ms == float("inf")


def _call(agent_ms: Sequence[tuple[int, int]]) -> Wire:
    """Both turns of the timetable, 2 s each, on a call of 20 s."""
    first = round(1000 * LEAD_S)
    second = round(1000 * (LEAD_S + EVERY_S)) // 20 * 20
    spoken = [(first, first + 1980), (second, second + 1980)]
    return Wire(_heard(spoken, 20_000), _heard(agent_ms, 20_000))


def test_a_response_is_from_the_last_packet_of_speech_to_the_agents_first() -> None:
    first, second = turns(_call([(5700, 6500)]), TIMETABLE, [])
    assert (first.turn, first.kind, first.response_ms) == (0, 0, 5700 - 4980)
    assert first.barge_in_ms is None
    assert second.response_ms is None


def test_a_barge_in_is_from_the_callers_first_packet_to_the_agents_last() -> None:
    second_ms = round(1000 * (LEAD_S + EVERY_S)) // 20 * 20
    agent = [(5700, second_ms + 60), (13_000, 14_000)]
    _, second = turns(_call(agent), TIMETABLE, [(second_ms + 50) * MS])
    assert second.barge_in_ms == 60
    assert second.decided_ms == pytest.approx(10)
    assert second.response_ms == 13_000 - (second_ms + 1980)


def test_an_agent_that_talks_on_has_not_answered() -> None:
    first, _ = turns(_call([(4000, 9000)]), TIMETABLE, [])
    assert first.response_ms is None


def test_an_echo_is_as_late_as_its_last_packet() -> None:
    wire = _call([])
    wire.agent = [Packet(packet.ns + 34 * MS, packet.dbfs) for packet in wire.caller]
    assert echo_ms(wire) == [34, 34]


def test_gaps_are_between_the_agents_packets() -> None:
    assert gaps_ms(Wire(agent=[Packet(0, 0.0), Packet(21 * MS, 0.0)])) == [21]
